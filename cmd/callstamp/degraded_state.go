package main

import (
	"cmp"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/callstamp/callstamp/api/wire"
)

// trouble is a cause at work.
type trouble struct {
	cause

	name  string    // of what, where a cause may be at work in several places
	since time.Time // when it was first seen
	looks int       // how often in a row
	err   error     // for the log, never for a page: errors name hosts
}

func (t trouble) told() bool { return t.looks >= t.cause.looks }

type troubleKey struct{ id, name string }

// degraded is the one source of what is not as it should be, for /readyz,
// metrics, the wall, the desks and the log. Any goroutine may use it.
type degraded struct {
	log     *slog.Logger
	changed func([]wire.Degraded) // when the list of what is told has changed; must not wait

	mu      sync.Mutex
	now     map[troubleKey]trouble
	looked  map[troubleKey]bool // of now, what the last look has seen
	rebuilt time.Time           // when the live figures were last made anew
}

func newDegraded(log *slog.Logger, changed func([]wire.Degraded)) *degraded {
	return &degraded{log: log, changed: changed, now: map[troubleKey]trouble{}, looked: map[troubleKey]bool{}}
}

// raise tells of a cause that its finder will clear. Raising twice is allowed.
func (d *degraded) raise(at time.Time, id, name string, err error) {
	d.change(func() { d.seeLocked(at, id, name, err, causeOf(id).looks) })
}

// clear takes back what was raised.
func (d *degraded) clear(id, name string) {
	d.change(func() { d.goneLocked(troubleKey{id, name}) })
}

// sighting is a cause seen in one look.
type sighting struct {
	id, name string
	err      error
}

// look takes in all that one look has seen; what the look before saw and this
// one does not is over.
func (d *degraded) look(at time.Time, seen []sighting) {
	d.change(func() {
		looked := map[troubleKey]bool{}
		for _, s := range seen {
			looked[troubleKey{s.id, s.name}] = true
			d.seeLocked(at, s.id, s.name, s.err, 1)
		}
		for k := range d.looked {
			if !looked[k] {
				d.goneLocked(k)
			}
		}
		d.looked = looked
	})
}

func (d *degraded) seeLocked(at time.Time, id, name string, err error, looks int) {
	k := troubleKey{id, name}
	t, known := d.now[k]
	if !known {
		t = trouble{cause: causeOf(id), name: name, since: at}
	}
	before := t.told()
	t.looks += looks
	t.err = err
	d.now[k] = t
	if t.told() && !before {
		d.log.Warn("degraded", "id", id, "name", name, "means", t.means, "do", t.do, "err", err)
	}
}

func (d *degraded) goneLocked(k troubleKey) {
	if t, ok := d.now[k]; ok && t.told() {
		d.log.Info("not degraded any more", "id", k.id, "name", k.name, "since", t.since)
	}
	delete(d.now, k)
}

// change does under the lock what may change the list, and tells of it.
func (d *degraded) change(do func()) {
	d.mu.Lock()
	before := d.listLocked()
	do()
	after := d.listLocked()
	d.mu.Unlock()
	if d.changed != nil && !slices.Equal(before, after) {
		d.changed(after)
	}
}

// list returns what is told, the worst first.
func (d *degraded) list() []wire.Degraded {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.listLocked()
}

func (d *degraded) listLocked() []wire.Degraded {
	order := map[string]int{}
	for i, c := range causes() {
		order[c.id] = i
	}
	all := []wire.Degraded{}
	for t := range maps.Values(d.now) {
		if t.told() {
			all = append(all, wire.Degraded{
				ID: t.id, Name: t.name, Since: t.since.UnixMicro(), Unready: t.unready, Means: t.means, Do: t.do,
			})
		}
	}
	slices.SortFunc(all, func(a, b wire.Degraded) int {
		return cmp.Or(cmp.Compare(order[a.ID], order[b.ID]), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// rebuiltFor is how long pages are told that the live figures were made anew.
const rebuiltFor = 10 * time.Minute

// made notes when the live figures were made anew.
func (d *degraded) made(at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rebuilt = at
}

// rebuiltAt returns when the live figures were made anew, µs since 1970; 0:
// not lately.
func (d *degraded) rebuiltAt(now time.Time) int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rebuilt.IsZero() || now.Sub(d.rebuilt) > rebuiltFor {
		return 0
	}
	return d.rebuilt.UnixMicro()
}

// forDesks is what concerns agents.
func forDesks(all []wire.Degraded) []wire.Degraded {
	return slices.DeleteFunc(slices.Clone(all), func(d wire.Degraded) bool { return !causeOf(d.ID).agents })
}
