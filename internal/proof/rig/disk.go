package rig

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// Disk is a small file system of a scenario's own, which can be filled.
type Disk struct {
	Dir     string
	ballast string
}

// NewDisk mounts a file system of size bytes in memory; it is gone when the
// test ends. The error says that this machine does not allow it. Use it inside
// OwnNetwork, whose mounts nobody else sees.
func NewDisk(t testing.TB, size int64) (*Disk, error) {
	t.Helper()
	dir, err := os.MkdirTemp("", "callstamp-disk-") // not t.TempDir: PostgreSQL's user has to get in
	if err != nil {
		return nil, err
	}
	must(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { _ = os.Remove(dir) })
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0777", size)); err != nil {
		return nil, fmt.Errorf("mount a small disk: %w", err)
	}
	t.Cleanup(func() { must(t, unix.Unmount(dir, unix.MNT_DETACH)) })
	return &Disk{Dir: dir, ballast: filepath.Join(dir, "ballast")}, nil
}

// Free is how many bytes may still be written.
func (d *Disk) Free() (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(d.Dir, &s); err != nil {
		return 0, fmt.Errorf("look at disk: %w", err)
	}
	return int64(s.Bavail) * s.Bsize, nil
}

// Fill writes until nothing fits any more.
func (d *Disk) Fill() error {
	f, err := os.OpenFile(d.ballast, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("fill disk: %w", err)
	}
	defer f.Close()
	for block := make([]byte, 1<<20); len(block) >= 512; {
		_, err := f.Write(block)
		switch {
		case errors.Is(err, unix.ENOSPC):
			block = block[:len(block)/2]
		case err != nil:
			return fmt.Errorf("fill disk: %w", err)
		}
	}
	return nil
}

// Empty gives the space back.
func (d *Disk) Empty() error {
	if err := os.Remove(d.ballast); err != nil {
		return fmt.Errorf("empty disk: %w", err)
	}
	return nil
}
