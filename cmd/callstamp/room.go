package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/callstamp/callstamp/call/switchboard"
)

// shortage is what there is no room for one more call of; "" = there is room.
type shortage string

// The shortages, the cheapest to ask first. Each is a name of roomShort.
const (
	shortCalls  shortage = "calls"  // calls.max
	shortPorts  shortage = "ports"  // media.rtp_ports
	shortFiles  shortage = "files"  // file descriptors
	shortMemory shortage = "memory" // of the process or its cgroup
)

func shortages() []shortage { return []shortage{shortCalls, shortPorts, shortFiles, shortMemory} }

// Error says it in words, for a campaign's page and the log.
func (s shortage) Error() string {
	return map[shortage]string{
		shortCalls: "calls.max is reached", shortPorts: "the RTP ports are in use",
		shortFiles: "file descriptors are short", shortMemory: "memory is short",
	}[s]
}

// shownFor is how long a shortage is told after it has turned a call away: room
// comes and goes with every call.
const shownFor = 5 * time.Second

// share is what of calls and ports is left for those who call us: the dialer
// must not turn customers away.
func share(all int) int { return all - max(all/20, 1) }

// room turns new calls away before something that calls in progress, the
// journal or the stores need comes to its end. Any goroutine may use it.
type room struct {
	maxCalls int                    // 0 = as many as there is room for
	talking  func() int             // calls that have a leg
	ports    func() (free, all int) // pairs; all = 0: as many as the system has
	files    *files
	memory   *memory

	// entering is held while a call takes what it was told there is room for.
	entering sync.Mutex
	refused  map[shortage]*refusals
}

// refusals counts who was turned away for one shortage.
type refusals struct {
	in, out, pages atomic.Uint64
	last           atomic.Int64 // by time.Now, ns since 1970
}

func newRoom(maxCalls int, talking func() int, ports func() (free, all int), f *files, m *memory) *room {
	r := &room{maxCalls: maxCalls, talking: talking, ports: ports, files: f, memory: m, refused: map[shortage]*refusals{}}
	for _, s := range shortages() {
		r.refused[s] = &refusals{}
	}
	return r
}

// roomOf is the room of the process as it is configured.
func roomOf(a *app, board *late[*switchboard.Switchboard]) *room {
	stores := a.config.Postgres.MaxConns + redisConns()
	return newRoom(a.config.Calls.Max, func() int { return board.get().Talking() }, func() (free, all int) {
		bound, all := a.engine.Ports()
		return all - bound, all
	}, newFiles(stores), newMemory())
}

// redisConns are the connections that the client keeps at the most: its
// library's default.
func redisConns() int { return 10 * runtime.GOMAXPROCS(0) }

// full says why no page can come in now, "" if it can (api.DeskDeps.Full).
func (a *app) full() string {
	if short := a.room.page(); short != "" {
		return short.Error()
	}
	return ""
}

// in says what is short for one more call of a customer.
func (r *room) in() shortage {
	s := r.judge(r.maxCalls, 0)
	r.count(s, func(c *refusals) { c.in.Add(1) })
	return s
}

// out says what is short for one more call to a customer.
func (r *room) out() shortage {
	s := r.dialing()
	r.count(s, func(c *refusals) { c.out.Add(1) })
	return s
}

// dialing is out for a campaign that has not claimed a lead yet: nobody is
// turned away, so nobody is counted.
func (r *room) dialing() shortage {
	_, pairs := r.ports()
	s := r.judge(share(r.maxCalls), pairs-share(pairs))
	r.count(s, func(*refusals) {})
	return s
}

// page says what is short for one more page of an agent. One that comes back
// in a call has more room than a new call.
func (r *room) page() shortage {
	s := shortage("")
	switch {
	case !r.files.room(1, r.files.reserve/2):
		s = shortFiles
	case r.memory.pressed():
		s = shortMemory
	}
	r.count(s, func(c *refusals) { c.pages.Add(1) })
	return s
}

// judge is the one decision: as many calls as most, and more than keep pairs.
func (r *room) judge(most, keep int) shortage {
	free, all := r.ports()
	switch {
	case r.maxCalls > 0 && r.talking() >= most:
		return shortCalls
	case all > 0 && free <= keep:
		return shortPorts
	case !r.files.room(filesPerCall, r.files.reserve):
		return shortFiles
	case r.memory.pressed():
		return shortMemory
	}
	return ""
}

func (r *room) count(s shortage, which func(*refusals)) {
	if s == "" {
		return
	}
	c := r.refused[s]
	which(c)
	c.last.Store(time.Now().UnixNano())
}

// enter carries out do, which takes the ports of one call, unless the last have
// gone since the call was judged: calls that come at the same instant enter one
// after the other.
func (r *room) enter(do func()) shortage {
	r.entering.Lock()
	defer r.entering.Unlock()
	if free, all := r.ports(); all > 0 && free <= 0 {
		return shortPorts
	}
	do()
	return ""
}

// short are the shortages that turned somebody away just now.
func (r *room) short(now time.Time) (all []string) {
	for _, s := range shortages() {
		if last := r.refused[s].last.Load(); last > 0 && now.UnixNano()-last < shownFor.Nanoseconds() {
			all = append(all, string(s))
		}
	}
	return all
}
