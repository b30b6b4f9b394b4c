package ledger

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Put takes in one file of a copy: its name in the journal's directory, its
// bytes, and how many there are.
type Put func(name string, size int64, content io.Reader) error

// Copy hands out the journal as a directory that Open takes up: node, boot, and
// each segment as far as it counts, with all that was appended before the call.
// Appending and following go on meanwhile; Prune and Erase wait for it.
func (j *Journal) Copy(ctx context.Context, put Put) error {
	if err := j.Sync(ctx); err != nil {
		return fmt.Errorf("copy journal: %w", err)
	}
	j.files.Lock()
	defer j.files.Unlock()
	return copyFiles(ctx, j.dir, j.shelf.all(), put)
}

// CopyDir is Copy of a journal that no process has open; nobody can open it
// meanwhile. What a process that died has left behind its last frame is copied
// too. The error is ErrLocked where a process has it, fs.ErrNotExist where
// there is none.
func CopyDir(ctx context.Context, dir string, put Put) error {
	if _, err := os.Stat(filepath.Join(dir, "node")); err != nil {
		return fmt.Errorf("copy journal: %w", err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	live, _, err := linked(dir)
	if err != nil {
		return fmt.Errorf("copy journal: %w", err)
	}
	return copyFiles(ctx, dir, live, put)
}

func copyFiles(ctx context.Context, dir string, segments []segment, put Put) error {
	for _, name := range []string{"node", "boot"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			return fmt.Errorf("copy journal: %w", err)
		}
		if err := copyFile(ctx, filepath.Join(dir, name), info.Size(), put); err != nil {
			return err
		}
	}
	for _, s := range segments {
		if err := copyFile(ctx, s.path, s.end, put); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(ctx context.Context, path string, size int64, put Put) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("copy journal: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("copy journal: %w", err)
	}
	defer f.Close()
	if err := put(filepath.Base(path), size, io.NewSectionReader(f, 0, size)); err != nil {
		return fmt.Errorf("copy %s: %w", path, err)
	}
	return nil
}
