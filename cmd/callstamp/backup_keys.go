package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/callstamp/callstamp/store/postgres"
)

// keyFolders hold, below node.data_dir, keys that Callstamp has made: of its
// own certificate, of recordings.
var keyFolders = []string{"tls", "keys"} //nolint:gochecknoglobals // read-only list

// keyFile is what is kept apart from a backup: what would let its finder read
// recordings, pose as the server or call at the owner's cost.
type keyFile struct {
	Backup  string            `json:"backup"`
	Files   map[string][]byte `json:"files"` // below node.data_dir
	Secrets []postgres.Secret `json:"secrets"`
	SHA256  string            `json:"sha256"` // of the rest
}

// apart names in the manifest what is in the key file, without its values.
type apart struct {
	Files   []string `json:"files,omitempty"`
	Secrets int      `json:"secrets,omitempty"` // passwords of trunks
}

// String is for people.
func (a apart) String() string {
	parts := append([]string{}, a.Files...)
	if a.Secrets > 0 {
		parts = append(parts, fmt.Sprintf("%d passwords of trunks", a.Secrets))
	}
	return strings.Join(parts, ", ")
}

func (k keyFile) names() apart {
	return apart{Files: slices.Sorted(maps.Keys(k.Files)), Secrets: len(k.Secrets)}
}

// readKeys reads the files of the folders of keys.
func readKeys(dataDir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, folder := range keyFolders {
		err := filepath.WalkDir(filepath.Join(dataDir, folder), func(path string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) || err == nil && !entry.Type().IsRegular() {
				return nil
			}
			if err != nil {
				return err
			}
			name, err := filepath.Rel(dataDir, path)
			if err != nil {
				return err
			}
			files[filepath.ToSlash(name)], err = os.ReadFile(path)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read keys: %w", err)
		}
	}
	return files, nil
}

// sealed returns the file with its sum.
func (k keyFile) sealed() ([]byte, error) {
	k.SHA256 = ""
	b, err := json.Marshal(k)
	if err != nil {
		return nil, err
	}
	k.SHA256 = fmt.Sprintf("%x", sha256.Sum256(b))
	return json.MarshalIndent(k, "", "  ")
}

// write makes the file; one that is there already is not written over, as
// another backup may need it.
func (k keyFile) write(path string) error {
	b, err := k.sealed()
	if err != nil {
		return fmt.Errorf("write keys: %w", err)
	}
	if err := durableFile(path, append(b, '\n')); err != nil {
		return fmt.Errorf("write keys: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

// readKeyFile reads the keys of one backup.
func readKeyFile(path, backup string) (k keyFile, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return k, fmt.Errorf("read keys: %w", err)
	}
	if err := json.Unmarshal(b, &k); err != nil {
		return k, fmt.Errorf("read keys: %s is damaged: %w", path, err)
	}
	again, err := k.sealed()
	if err != nil || strings.TrimSpace(string(b)) != string(again) {
		return k, errors.Join(fmt.Errorf("read keys: %s is damaged: its sum is another", path), err)
	}
	if k.Backup != backup {
		return k, fmt.Errorf("read keys: %s belongs to backup %s, not to %s", path, k.Backup, backup)
	}
	for name := range k.Files {
		if !filepath.IsLocal(name) {
			return k, fmt.Errorf("read keys: %s names %q, which is not below node.data_dir", path, name)
		}
	}
	return k, nil
}

// restore writes the key files below node.data_dir; one that is there with
// other content stays, and is an error.
func (k keyFile) restore(dataDir string) error {
	for _, name := range slices.Sorted(maps.Keys(k.Files)) {
		path := filepath.Join(dataDir, name)
		if b, err := os.ReadFile(path); err == nil && string(b) == string(k.Files[name]) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("restore keys: %w", err)
		}
		if err := durableFile(path, k.Files[name]); err != nil {
			return fmt.Errorf("restore keys: %w", err)
		}
		if err := syncFolder(filepath.Dir(path)); err != nil {
			return fmt.Errorf("restore keys: %w", err)
		}
	}
	return nil
}
