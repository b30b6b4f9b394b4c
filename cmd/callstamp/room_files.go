package main

import (
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// files knows how many file descriptors the process may still open. The soft
// limit is the hard one: Go raises it at the start.
type files struct {
	limit   int           // 0 = nobody knows: there is always room
	reserve int           // kept free for journal, stores, admin socket, names
	open    func() int    // descriptors in use; -1 = nobody knows
	fresh   time.Duration // how long a count is good for

	mu      sync.Mutex
	used    int // as counted, and what was granted since
	counted time.Time
}

// countEvery bounds how often the descriptors are counted: it reads a folder
// with an entry for each.
const countEvery = 100 * time.Millisecond

// maxTrunkConns is how many TCP connections of trunks are kept in all.
const maxTrunkConns = 1024

// newFiles is the process's own; stores are the connections that they may open.
func newFiles(stores int) *files {
	f := &files{open: openFiles, fresh: countEvery}
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err == nil && l.Cur < 1<<30 {
		f.limit = int(l.Cur) //nolint:gosec // below 2³⁰
	}
	f.reserve = reserveOf(f.limit, stores)
	return f
}

// reserveOf is what stays free under a limit: the stores' connections, two
// journal files, a few of each folder and name that is read, and clients of the
// admin socket; of a very small limit a quarter.
func reserveOf(limit, stores int) int { return min(stores+48, limit/4) }

// share is how many connections a listener that admits usual ones may keep: an
// eighth of all descriptors at the most. Trunks need a handful.
func (f *files) share(usual int) int {
	if f.limit == 0 {
		return usual
	}
	return min(usual, max(f.limit/8, 8))
}

// room reports whether want more can be opened with keep still free then, and
// grants them.
func (f *files) room(want, keep int) bool {
	if f.limit == 0 {
		return true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := time.Now(); now.Sub(f.counted) >= f.fresh {
		n := f.open()
		if n < 0 {
			return true
		}
		f.used, f.counted = n, now
	}
	if f.used+want > f.limit-keep {
		return false
	}
	f.used += want
	return true
}

// openFiles counts the descriptors that the process has open.
func openFiles() int {
	dir, err := os.Open("/dev/fd")
	if err != nil {
		return -1
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return -1
	}
	return len(names) - 1 // without the folder itself
}

// spare is a listener that closes connections at once when the descriptors are
// nearly gone, rather than stand still with EMFILE: what is left is for the
// journal and the stores.
type spare struct {
	net.Listener
	files *files
}

// Accept implements net.Listener.
func (s spare) Accept() (net.Conn, error) {
	for {
		conn, err := s.Listener.Accept()
		if err != nil || s.files.room(1, s.files.reserve/4) {
			return conn, err
		}
		_ = conn.Close() // nothing was said on it
	}
}
