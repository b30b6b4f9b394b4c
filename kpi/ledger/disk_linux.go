package ledger

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// allocate gives f real blocks. A file system without fallocate gets zeros.
func allocate(f *os.File, bytes int64) error {
	err := unix.Fallocate(int(f.Fd()), 0, 0, bytes)
	if err == unix.EOPNOTSUPP {
		return writeZeros(f, bytes)
	}
	return err
}

// settle makes f durable and forgets the kernel's copy of it, so that what is
// read next comes from the disk: after a failed fsync Linux keeps pages that
// the disk never got and calls them clean.
func settle(f *os.File) error {
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync %s: %w", f.Name(), err)
	}
	_ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) // advice: a file system may not know it
	return nil
}
