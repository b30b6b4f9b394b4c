package main

import (
	"log/slog"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

const (
	// ofLimit is how much of a cgroup's memory the process sets itself as its
	// limit: the rest is for what Go does not count, the kernel's buffers of our
	// sockets above all.
	ofLimit = 0.9
	// pressedFrom and freeFrom are the parts of the limit that are in use for
	// good when new calls are turned away, and welcome again. At the first one
	// the collector already works more than the calls do. They are close to each
	// other, since what a burst has made grow does not all come back: a process
	// that lives between them must not stay shut for good.
	pressedFrom = 0.85
	freeFrom    = 0.82
	// sweepEvery bounds how often memory that seems short is collected for it.
	// What was alive is known as of the last collection only, and after a burst of
	// logins, each of which takes tens of MiB, the next one may be minutes off.
	sweepEvery = time.Second
	// weighEvery bounds how often the memory is looked at.
	weighEvery = 100 * time.Millisecond
)

// limitMemory gives Go's collector the limit of the cgroup that the process
// runs in, unless GOMEMLIMIT has set one. Without any the process has no limit.
func limitMemory(log *slog.Logger) {
	if debug.SetMemoryLimit(-1) != math.MaxInt64 {
		return
	}
	limit, ok := cgroupMemory(os.DirFS("/"))
	if !ok {
		return
	}
	own := int64(float64(limit) * ofLimit)
	debug.SetMemoryLimit(own)
	log.Info("memory limit", "bytes", own, "cgroup_bytes", limit)
}

// memory says whether the process is short of it.
type memory struct {
	read  func() (used, limit uint64) // limit math.MaxInt64 or more = none
	fresh time.Duration

	sweep func() // collects, so that what is in use is known anew

	mu    sync.Mutex
	asked time.Time
	swept time.Time
	short bool
}

func newMemory() *memory { return &memory{read: usedMemory, fresh: weighEvery, sweep: runtime.GC} }

// pressed reports whether what is in use for good comes near the limit.
func (m *memory) pressed() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if now.Sub(m.asked) < m.fresh {
		return m.short
	}
	m.asked = now
	used, limit := m.read()
	if limit >= math.MaxInt64 {
		m.short = false
		return false
	}
	edge := pressedFrom
	if m.short {
		edge = freeFrom
	}
	m.short = float64(used) >= edge*float64(limit)
	if m.short && now.Sub(m.swept) >= sweepEvery {
		m.swept = now
		go m.sweep()
	}
	return m.short
}

// usedMemory is what no collection gives back: the objects that the last one
// found alive, and all that is not heap. Against Go's own limit.
func usedMemory() (used, limit uint64) {
	s := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}, {Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"},
		{Name: "/gc/gomemlimit:bytes"},
	}
	metrics.Read(s)
	v := func(i int) uint64 { return s[i].Value.Uint64() }
	return v(0) - v(1) - v(2) - v(3) - v(4) + v(5), v(6)
}
