package guard

import (
	"fmt"
	"sync"
	"time"
)

// Scope is whose calls are counted.
type Scope string

// The scopes.
const (
	Agent    Scope = "agent"    // who dials by hand
	Campaign Scope = "campaign" // whose lines are opened
	Trunk    Scope = "trunk"    // by which is called
)

// Key is one agent, campaign or trunk.
type Key struct {
	Scope Scope
	ID    string
}

// Caps limit how many calls a key begins. 0: without limit.
type Caps struct {
	PerMinute int // in any 60 s
	PerDay    int // since midnight where the organisation is
}

// Book counts calls begun. Its methods may be called from any goroutine.
type Book struct {
	zone *time.Location

	mu     sync.Mutex
	counts map[Key]*count
}

// count is one key's.
type count struct {
	day    string      // of n
	n      int         // since that day's midnight
	recent []time.Time // the last minute's, oldest first
}

// NewBook is an empty book of an organisation in zone.
func NewBook(zone *time.Location) *Book { return &Book{zone: zone, counts: map[Key]*count{}} }

// Take counts one call for every key, or none where one of them has reached its cap; the error is a Refusal of the first
// such key.
func (b *Book) Take(at time.Time, caps map[Key]Caps, keys ...Key) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range keys {
		if err := b.full(at, k, caps[k]); err != nil {
			return err
		}
	}
	for _, k := range keys {
		b.count(at, k).add(at)
	}
	return nil
}

// Full says what Take would, and counts nothing.
func (b *Book) Full(at time.Time, caps map[Key]Caps, keys ...Key) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range keys {
		if err := b.full(at, k, caps[k]); err != nil {
			return err
		}
	}
	return nil
}

// Begun counts a call that was begun before the book was opened: stamps tell of it after a restart. Those of a key come
// in the order of their instants.
func (b *Book) Begun(now, at time.Time, k Key) {
	if b.dayOf(at) != b.dayOf(now) && now.Sub(at) >= time.Minute {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.count(now, k)
	if b.dayOf(at) == c.day {
		c.n++
	}
	if now.Sub(at) < time.Minute {
		c.recent = append(c.recent, at)
	}
}

func (b *Book) dayOf(at time.Time) string { return at.In(b.zone).Format(time.DateOnly) }

// Midnight is when the present day began for the organisation.
func (b *Book) Midnight(now time.Time) time.Time {
	y, m, d := now.In(b.zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, b.zone)
}

// count returns the key's count as of now.
func (b *Book) count(now time.Time, k Key) *count {
	c := b.counts[k]
	if c == nil {
		c = &count{}
		b.counts[k] = c
	}
	if day := b.dayOf(now); c.day != day {
		c.day, c.n = day, 0
	}
	old := 0
	for old < len(c.recent) && now.Sub(c.recent[old]) >= time.Minute {
		old++
	}
	c.recent = append(c.recent[:0], c.recent[old:]...)
	return c
}

func (c *count) add(at time.Time) {
	c.n++
	c.recent = append(c.recent, at)
}

func (b *Book) full(at time.Time, k Key, caps Caps) error {
	c := b.count(at, k)
	switch {
	case caps.PerMinute > 0 && len(c.recent) >= caps.PerMinute:
		left := time.Minute - at.Sub(c.recent[len(c.recent)-caps.PerMinute])
		return Refusal{"cap_" + string(k.Scope) + "_minute", fmt.Sprintf("%s may begin %d calls a minute, and has; wait %d s.", owners[k.Scope], caps.PerMinute, int(left.Seconds())+1)}
	case caps.PerDay > 0 && c.n >= caps.PerDay:
		return Refusal{"cap_" + string(k.Scope) + "_day", fmt.Sprintf("%s may begin %d calls a day, and has; a manager can raise that.", owners[k.Scope], caps.PerDay)}
	}
	return nil
}

var owners = map[Scope]string{Agent: "An agent", Campaign: "The campaign", Trunk: "The trunk"} //nolint:gochecknoglobals // read-only table
