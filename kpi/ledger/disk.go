package ledger

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// Disk is what the journal's writer asks of the file system. Tests put faults
// here; everybody else uses the real one.
type Disk interface {
	// Create makes a new file for writing.
	Create(path string) (File, error)
	// Remove deletes a file.
	Remove(path string) error
	// SyncDir makes the names of the files in dir durable.
	SyncDir(dir string) error
	// Free returns how many bytes this process may still write in dir.
	Free(dir string) (int64, error)
	// Reserve makes a file that occupies the given number of bytes on the disk.
	Reserve(path string, bytes int64) error
}

// File is one segment being written.
type File interface {
	io.WriteCloser
	Sync() error
	Truncate(size int64) error
}

type osDisk struct{}

var _ Disk = osDisk{}

func (osDisk) Create(path string) (File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

func (osDisk) Remove(path string) error { return os.Remove(path) }

func (osDisk) SyncDir(dir string) error { return syncDir(dir) }

func (osDisk) Free(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("ask for free space in %s: %w", dir, err)
	}
	return int64(st.Bavail) * int64(st.Bsize), nil //nolint:unconvert // the types differ between systems
}

func (osDisk) Reserve(path string, bytes int64) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make reserve: %w", err)
	}
	err = errors.Join(allocate(f, bytes), f.Close())
	if err != nil {
		return errors.Join(fmt.Errorf("preallocate %s: %w", path, err), os.Remove(path))
	}
	return nil
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open directory: %w", err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	return nil
}

func isFull(err error) bool {
	return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT)
}

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

func writeZeros(f *os.File, bytes int64) error {
	zeros := make([]byte, 1<<20)
	for bytes > 0 {
		n, err := f.Write(zeros[:min(bytes, int64(len(zeros)))])
		if err != nil {
			return err
		}
		bytes -= int64(n)
	}
	return f.Sync()
}
