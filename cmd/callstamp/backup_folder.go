package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// backupFolder is a backup while it is being filled: DIR.tmp, which becomes DIR
// when all in it is on the disk. Nobody ever sees half a DIR.
type backupFolder struct {
	dir, tmp string
	lock     *os.File
	files    []fileSum
}

// fileSum is one file of a backup.
type fileSum struct {
	Path   string `json:"path"` // below the folder, with slashes
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// newBackupFolder makes DIR.tmp. What a backup that died has left of it goes;
// one that another process is filling stays.
func newBackupFolder(dir string) (*backupFolder, error) {
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is there already: a backup is never written over", dir)
	}
	f := &backupFolder{dir: dir, tmp: dir + ".tmp"}
	if err := os.MkdirAll(f.tmp, 0o700); err != nil {
		return nil, fmt.Errorf("make backup folder: %w", err)
	}
	var err error
	if f.lock, err = os.Open(f.tmp); err != nil {
		return nil, fmt.Errorf("make backup folder: %w", err)
	}
	if err := unix.Flock(int(f.lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s (is another backup writing to it?): %w", f.tmp, err), f.lock.Close())
	}
	left, err := os.ReadDir(f.tmp)
	for _, e := range left {
		err = errors.Join(err, os.RemoveAll(filepath.Join(f.tmp, e.Name())))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("clear %s: %w", f.tmp, err), f.lock.Close())
	}
	return f, nil
}

func (f *backupFolder) path(name string) string { return filepath.Join(f.tmp, name) }

// backupFile is a file being written. Close makes it durable and notes its sum.
type backupFile struct {
	folder *backupFolder
	name   string
	file   *os.File
	sum    hash.Hash
	n      int64
}

func (f *backupFolder) create(name string) (*backupFile, error) {
	path := f.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("write backup: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("write backup: %w", err)
	}
	return &backupFile{folder: f, name: name, file: file, sum: sha256.New()}, nil
}

// Write implements io.Writer.
func (b *backupFile) Write(p []byte) (int, error) {
	n, err := b.file.Write(p)
	b.sum.Write(p[:n])
	b.n += int64(n)
	return n, err
}

// Close implements io.Closer.
func (b *backupFile) Close() error {
	if err := errors.Join(b.file.Sync(), b.file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", b.name, err)
	}
	b.folder.files = append(b.folder.files, fileSum{filepath.ToSlash(b.name), b.n, hex.EncodeToString(b.sum.Sum(nil))})
	return nil
}

// add writes a whole file.
func (f *backupFolder) add(name string, content io.Reader) error {
	out, err := f.create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, content)
	return errors.Join(err, out.Close())
}

// finish writes the manifest and its sum, makes every name durable, and gives
// the folder its own.
func (f *backupFolder) finish(m manifest) error {
	m.Files = f.files
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	b = append(b, '\n')
	if err := durableFile(f.path(manifestName), b); err != nil {
		return err
	}
	if err := durableFile(f.path(manifestSum), sumLine(b)); err != nil {
		return err
	}
	err = filepath.WalkDir(f.tmp, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		return syncFolder(path)
	})
	if err == nil {
		err = os.Rename(f.tmp, f.dir)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(f.dir))
	}
	if err != nil {
		return fmt.Errorf("finish backup: %w", err)
	}
	return f.lock.Close()
}

// discard removes what is not finished. After finish it does nothing.
func (f *backupFolder) discard() {
	if f.lock.Close() == nil {
		_ = os.RemoveAll(f.tmp) // the next backup tries again
	}
}

// durableFile writes a new file and makes its bytes durable; its name is its
// folder's business.
func durableFile(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
