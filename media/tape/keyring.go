package tape

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Keyring holds the keys under which the tapes' own keys are sealed: files of a
// folder, "recordings-<id>.key", 64 hexadecimal digits each. The last by name is
// in use; the others open what was recorded under them. Who puts another file
// there, or calls Rotate, has begun another key.
type Keyring struct{ dir string }

const (
	keyPrefix, keySuffix = "recordings-", ".key"
	keyLen               = 32
)

// OpenKeyring returns the folder's keyring and makes its first key.
func OpenKeyring(dir string) (*Keyring, error) {
	k := &Keyring{dir: dir}
	ids, err := k.IDs()
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		if _, err := k.Rotate(time.Now()); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// IDs are the keys' names, the one in use last.
func (k *Keyring) IDs() ([]string, error) {
	entries, err := os.ReadDir(k.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("list keys of recordings: %w", err)
	}
	var ids []string
	for _, e := range entries {
		id, ok := strings.CutPrefix(e.Name(), keyPrefix)
		id, isKey := strings.CutSuffix(id, keySuffix)
		if ok && isKey {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// Rotate makes another key, which new tapes use from now on.
func (k *Keyring) Rotate(now time.Time) (id string, err error) {
	if err := os.MkdirAll(k.dir, 0o700); err != nil {
		return "", fmt.Errorf("make key of recordings: %w", err)
	}
	id = now.UTC().Format("20060102T150405.000000Z")
	key := make([]byte, keyLen)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	f, err := os.OpenFile(k.path(id), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("make key of recordings: %w", err)
	}
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", fmt.Errorf("make key of recordings: %w", err)
	}
	return id, nil
}

func (k *Keyring) path(id string) string { return filepath.Join(k.dir, keyPrefix+id+keySuffix) }

// load reads a key. ErrKey: it is not there.
func (k *Keyring) load(id string) (cipher.AEAD, error) {
	if id == "" || !filepath.IsLocal(id) || strings.ContainsAny(id, `/\`) {
		return nil, fmt.Errorf("key %q: %w", id, ErrKey)
	}
	text, err := os.ReadFile(k.path(id))
	if err != nil {
		return nil, fmt.Errorf("key %s: %w (%w)", id, ErrKey, err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keyLen {
		return nil, fmt.Errorf("key %s: the file has not %d hexadecimal digits: %w", id, 2*keyLen, ErrKey)
	}
	return newGCM(key)
}

// seal makes a data key and seals it under the key in use.
func (k *Keyring) seal() (key []byte, id string, sealed []byte, err error) {
	ids, err := k.IDs()
	if err != nil {
		return nil, "", nil, err
	}
	if len(ids) == 0 {
		return nil, "", nil, fmt.Errorf("no key in %s: %w", k.dir, ErrKey)
	}
	id = ids[len(ids)-1]
	master, err := k.load(id)
	if err != nil {
		return nil, "", nil, err
	}
	key = make([]byte, keyLen)
	nonce := make([]byte, master.NonceSize())
	_, _ = rand.Read(key)
	_, _ = rand.Read(nonce)
	return key, id, master.Seal(nonce, nonce, key, []byte(id)), nil
}

// open gives the data key back. ErrKey, ErrSealed.
func (k *Keyring) open(id string, sealed []byte) ([]byte, error) {
	master, err := k.load(id)
	if err != nil {
		return nil, err
	}
	if len(sealed) < master.NonceSize() {
		return nil, fmt.Errorf("open key: %w", ErrTape)
	}
	key, err := master.Open(nil, sealed[:master.NonceSize()], sealed[master.NonceSize():], []byte(id))
	if err != nil || len(key) != keyLen {
		return nil, fmt.Errorf("open key under %s: %w", id, ErrSealed)
	}
	return key, nil
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("set up AES: %w", err)
	}
	return cipher.NewGCM(block)
}
