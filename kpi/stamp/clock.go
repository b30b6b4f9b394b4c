package stamp

import (
	"time"

	"github.com/google/uuid"
)

// Clock turns the edge's time readings into instants of one boot. The wall
// clock is read once, at the start; afterwards At = wall at start + Mono, so a
// step of the machine's clock can't bend a duration.
type Clock struct {
	start  time.Time // with its monotonic reading
	wallUS int64
	boot   uint32
}

// NewClock starts the clock of a boot at start, which must carry a monotonic
// reading (time.Now). boot counts the node's process starts from 1.
func NewClock(start time.Time, boot uint32) *Clock {
	return &Clock{start: start, wallUS: start.UnixMicro(), boot: boot}
}

// Now returns the present instant.
func (c *Clock) Now() Instant { return c.Of(time.Now()) }

// Of returns the instant of a time reading of this process.
func (c *Clock) Of(t time.Time) Instant {
	mono := t.Sub(c.start).Microseconds()
	return Instant{At: c.wallUS + mono, Mono: mono, Boot: c.boot}
}

// Time returns the time at which i is due on this process's clock, for arming
// timers. Instants of other boots are placed by their wall clock.
func (c *Clock) Time(i Instant) time.Time {
	if i.Boot != c.boot {
		return c.start.Add(time.Duration(i.At-c.wallUS) * time.Microsecond)
	}
	return c.start.Add(time.Duration(i.Mono) * time.Microsecond)
}

// NewID makes a UUIDv7 of the present moment. Only edges and owners call it;
// a machine gets its ids as input.
func NewID() ID { return ID(uuid.Must(uuid.NewV7()).String()) }

// TimeOf returns the instant, to the millisecond, at which id was made.
func TimeOf(id ID) (time.Time, error) {
	u, err := uuid.Parse(string(id))
	if err != nil {
		return time.Time{}, err
	}
	sec, nsec := u.Time().UnixTime()
	return time.Unix(sec, nsec).UTC(), nil
}
