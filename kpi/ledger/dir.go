package ledger

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// ErrLocked says that another process writes to the directory.
var ErrLocked = errors.New("journal is in use by another process")

// lockDir makes dir and locks it until the returned file is closed.
func lockDir(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make journal directory: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = ErrLocked
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", dir, err), f.Close())
	}
	return f, nil
}

// nodeOf returns the node whose journal dir is. A directory without segments
// gets a new node; one that has segments must have its node still.
func nodeOf(dir string, empty bool) (stamp.NodeID, error) {
	path := filepath.Join(dir, "node")
	b, err := os.ReadFile(path)
	switch {
	case err == nil:
		return parseNode(path, b)
	case !isMissing(err):
		return "", fmt.Errorf("read node: %w", err)
	case !empty:
		return "", fmt.Errorf("read node: %w: the segments beside it belong to a node that can't be named", err)
	}
	node := stamp.NodeID("n-" + strings.ToLower(rand.Text()[:12])) // 60 random bits
	return node, replaceFile(path, []byte(node+"\n"))
}

func parseNode(path string, b []byte) (stamp.NodeID, error) {
	node := stamp.NodeID(strings.TrimSpace(string(b)))
	if node == "" || len(node) > maxNode {
		return "", fmt.Errorf("read node: %s holds %d characters, allowed are 1 to %d", path, len(node), maxNode)
	}
	return node, nil
}

// countBoot returns the number of this process start, durably counted.
func countBoot(dir string) (uint32, error) {
	path := filepath.Join(dir, "boot")
	b, err := os.ReadFile(path)
	if err != nil && !isMissing(err) {
		return 0, fmt.Errorf("read boot: %w", err)
	}
	var last uint64
	if err == nil {
		if last, err = strconv.ParseUint(strings.TrimSpace(string(b)), 10, 31); err != nil {
			return 0, fmt.Errorf("read boot: %s: %w", path, err)
		}
	}
	boot := uint32(last) + 1
	return boot, replaceFile(path, fmt.Appendf(nil, "%d\n", boot))
}

// replaceFile writes path whole or not at all, durably.
func replaceFile(path string, content []byte) error {
	next := path + ".new"
	f, err := os.OpenFile(next, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(next, path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return syncDir(filepath.Dir(path))
}

func segmentPath(dir string, number uint32) string {
	return filepath.Join(dir, fmt.Sprintf("%08d.seg", number))
}

// segmentNumbers returns the numbers of all segment files, ascending.
func segmentNumbers(dir string) ([]uint32, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	if err != nil {
		return nil, fmt.Errorf("list segments: %w", err)
	}
	numbers := make([]uint32, 0, len(paths))
	for _, path := range paths {
		n, err := strconv.ParseUint(strings.TrimSuffix(filepath.Base(path), ".seg"), 10, 32)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("list segments: %s is not a segment's name", path)
		}
		numbers = append(numbers, uint32(n))
	}
	slices.Sort(numbers)
	return numbers, nil
}
