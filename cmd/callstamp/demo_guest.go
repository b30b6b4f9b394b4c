package main

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// A guest is a customer who waits in the queue for the person who has just come
// to a desk: whoever presses Go ready hears the phone ring at once, though
// robots and the campaign are faster in everything.

// lobby counts the desks that are open in browsers.
type lobby struct{ desks atomic.Int32 }

// watch counts the WebSockets of desks. Browsers say from which origin they
// come, robots don't.
func (l *lobby) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/desk" && r.Header.Get("Origin") != "" {
			l.desks.Add(1)
			defer l.desks.Add(-1)
		}
		next.ServeHTTP(w, r)
	})
}

// sendGuests keeps one waiting as long as a person wants one.
func (d *demo) sendGuests(ctx context.Context) {
	c := newChance(d.cmd.Seed, 3)
	var h host
	var calls sync.WaitGroup
	defer calls.Wait()
	for p := range d.app.wall.Watch(ctx) {
		if h.wants(p, d.lobby.desks.Load() > 0) {
			s := c.guest(d.cmd.Language)
			calls.Go(func() { d.place(ctx, s) })
		}
	}
}

// host decides from pictures of the floor whether a guest is wanted.
type host struct {
	since  int64 // when the person came, µs since 1970; 0 = nobody is there
	served bool  // the person has had a call
	last   int64 // when a guest was sent
}

const (
	// guestGap is the pause between two guests: a picture shows the last one
	// only after a moment, and robots may take it.
	guestGap = 2 * time.Second
	// guestUntil ends it for a person who only looks: robots would get nothing
	// but guests.
	guestUntil = 3 * time.Minute
)

func (h *host) wants(p wire.Live, present bool) bool {
	switch {
	case !present:
		*h = host{last: h.last}
		return false
	case h.since == 0:
		h.since = p.At
	}
	for _, a := range p.Agents {
		h.served = h.served || a.ID == demoAgent && (a.State == stamp.StateTalking || a.State == stamp.StateWrap)
	}
	if h.served || len(p.Waiting) > 0 || p.At-h.since > guestUntil.Microseconds() || p.At-h.last < guestGap.Microseconds() {
		return false
	}
	h.last = p.At
	return true
}
