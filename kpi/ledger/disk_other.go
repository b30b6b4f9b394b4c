//go:build unix && !linux

package ledger

import (
	"fmt"
	"os"
)

func allocate(f *os.File, bytes int64) error { return writeZeros(f, bytes) }

func settle(f *os.File) error {
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync %s: %w", f.Name(), err)
	}
	return nil
}
