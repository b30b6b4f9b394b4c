// Package private runs a PostgreSQL and a Redis of one's own, for the demo and for tests: real servers, children of
// this process, reached through a unix socket in a private folder, so that any number of them run side by side.
//
// Nothing stays behind. Stop ends a server and removes what was temporary; where this process dies without calling
// it, the kernel (Linux) signals the server, and a reaper, a shell waiting for its standard input to end, ends it and
// removes the folder. As root PostgreSQL runs as another user, because it refuses to run as root.
package private

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// maxSocketPath is the room for a unix socket's path in sockaddr_un, less one for the terminator (Linux: 108).
// macOS has 104; the smaller one holds everywhere.
const maxSocketPath = 103

// account is the user a server runs as; the zero account is ourselves.
type account struct {
	uid, gid uint32
	other    bool // not ourselves: folders have to be given away and the child needs credentials
}

func (a account) credential() *syscall.Credential {
	if !a.other {
		return nil
	}
	return &syscall.Credential{Uid: a.uid, Gid: a.gid, Groups: []uint32{}}
}

// own makes the folder, or takes the one that is there, and gives it to the account with the given mode.
func (a account) own(dir string, mode os.FileMode) error {
	if err := os.MkdirAll(dir, mode); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if a.other {
		if err := os.Lchown(dir, int(a.uid), int(a.gid)); err != nil {
			return fmt.Errorf("give folder away: %w", err)
		}
	}
	if err := os.Chmod(dir, mode); err != nil { // MkdirAll is subject to the umask
		return fmt.Errorf("set folder mode: %w", err)
	}
	return nil
}

// reaches says whether the account may pass through every folder above path, and into path itself.
func (a account) reaches(path string) bool {
	if !a.other {
		return true
	}
	for dir := path; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || !a.passes(info) {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

// passes reads the execute bit that applies to the account: owner, group or others, the first that matches.
func (a account) passes(info os.FileInfo) bool {
	mode, stat := info.Mode().Perm(), info.Sys().(*syscall.Stat_t)
	switch {
	case stat.Uid == a.uid:
		return mode&0o100 != 0
	case stat.Gid == a.gid:
		return mode&0o010 != 0
	}
	return mode&0o001 != 0
}

// workFolder makes the temporary folder of one server: socket, log, pid file, and data that is not kept. It is short
// enough for a socket's path and every account may pass through it.
func workFolder(a account) (string, error) {
	parent := os.TempDir()
	if len(parent) > 40 || !a.reaches(parent) {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "callstamp-")
	if err != nil {
		return "", fmt.Errorf("make work folder: %w", err)
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		return "", fmt.Errorf("open work folder: %w", err)
	}
	return dir, nil
}
