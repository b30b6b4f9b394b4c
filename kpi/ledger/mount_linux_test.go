package ledger

import (
	"fmt"
	"testing"

	"golang.org/x/sys/unix"
)

// mountSmall makes dir a disk of its own for the test, which takes root.
func mountSmall(t *testing.T, dir string, bytes int) error {
	t.Helper()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes)); err != nil {
		return err
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	return nil
}
