package stamp

import (
	"sync"
	"time"
)

// WallFunc reads a wall clock: the machine's (Wall), or one that a test turns.
type WallFunc func() time.Time

// Clock turns the edge's time readings into instants of one boot: Mono since
// its start, and At = wall at start + Mono. A step of the machine's clock can't
// bend a duration; it moves At from the instant on at which Rebase finds it.
// Any goroutine may use it.
type Clock struct {
	start time.Time // with its monotonic reading
	wall  WallFunc
	boot  uint32

	mu    sync.RWMutex // held by Rebase until its step is recorded
	bases []base       // ascending; the first holds from the start
}

// base is what the wall showed, or would have shown, at Mono 0 by the clock as
// it was set from the instant mono on.
type base struct{ mono, wallUS int64 }

const (
	// slack is how far the machine's clock may be from ours. It is below the
	// smallest step that any keeper of time makes (ntpd 128 ms, timesyncd 400 ms,
	// chrony and a leap second 1 s), and slewing never adds up to it: the kernel
	// slews the monotonic clock alike. Where it doesn't, a slow drift is taken
	// over each time it has come to this much.
	slack = 100 * time.Millisecond
	// glance is the longest that one reading of both clocks may take to be
	// believed: a thread that was off the processor between them tells a step
	// that was none.
	glance = 10 * time.Millisecond
)

// NewClock starts the clock of a boot at start, which must carry a monotonic
// reading (time.Now). boot counts the node's process starts from 1.
func NewClock(start time.Time, boot uint32) *Clock {
	return &Clock{start: start, wall: Wall, boot: boot, bases: []base{{0, start.UnixMicro()}}}
}

// NewClockBy starts the clock of a boot now, by a wall clock that may step.
func NewClockBy(wall WallFunc, boot uint32) *Clock {
	c := NewClock(time.Now(), boot)
	c.wall, c.bases[0].wallUS = wall, wall().UnixMicro()
	return c
}

// Now returns the present instant.
func (c *Clock) Now() Instant { return c.Of(time.Now()) }

// Of returns the instant of a time reading of this process: At is as the clock
// was set at that time.
func (c *Clock) Of(t time.Time) Instant {
	mono := t.Sub(c.start).Microseconds()
	c.mu.RLock()
	defer c.mu.RUnlock()
	i := len(c.bases) - 1
	for i > 0 && mono < c.bases[i].mono {
		i--
	}
	return Instant{At: c.bases[i].wallUS + mono, Mono: mono, Boot: c.boot}
}

// Time returns the time at which i is due on this process's clock, for arming
// timers. Instants of other boots are placed by their wall clock.
func (c *Clock) Time(i Instant) time.Time {
	if i.Boot != c.boot {
		return c.start.Add(time.Duration(i.At-c.zero()) * time.Microsecond)
	}
	return c.start.Add(time.Duration(i.Mono) * time.Microsecond)
}

// Shown returns when i is, µs since 1970, by the clock as it is set now: what a
// page counts seconds from or to. The zero instant is 0.
func (c *Clock) Shown(i Instant) int64 {
	if i.IsZero() || i.Boot != c.boot {
		return i.At
	}
	return c.zero() + i.Mono
}

func (c *Clock) zero() int64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.bases[len(c.bases)-1].wallUS
}

// Rebase compares the clock with the wall. Where they are further apart than a
// tenth of a second, the instants from now on show the new wall, and record is
// given the first of them and new wall − old wall in µs. Nobody gets an instant
// of the new wall before record has returned, so that its stamp comes first; it
// must not ask the clock anything.
func (c *Clock) Rebase(record func(at Instant, stepUS int64)) {
	ahead, ok := c.ahead()
	if !ok || ahead.Abs() < slack {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Since(c.start).Microseconds()
	next := base{now, c.bases[len(c.bases)-1].wallUS + ahead.Microseconds()}
	c.bases = append(c.bases, next)
	record(Instant{At: next.wallUS + now, Mono: now, Boot: c.boot}, ahead.Microseconds())
}

// ahead is by how much the wall is ahead of the clock; false where no reading of
// both was quick enough.
func (c *Clock) ahead() (time.Duration, bool) {
	for range 3 {
		from := time.Since(c.start)
		wall := c.wall()
		took := time.Since(c.start) - from
		if took <= glance {
			ours := c.zero() + (from + took/2).Microseconds()
			return time.Duration(wall.UnixMicro()-ours) * time.Microsecond, true
		}
	}
	return 0, false
}
