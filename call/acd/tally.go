package acd

import (
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// tally is what the strategies compare of an agent. It comes from the Floor's
// own stamps and outlives the session, but not the process: after a restart all
// begin at nothing, as at midnight.
type tally struct {
	day    int           // year and day in the organisation's zone, as 2026·1000 + 327
	calls  int           // connected on that day
	talkUS int64         // ended on that day
	since  stamp.Instant // of the talk under way
	rung   uint64        // the number of the last offer
}

// tally returns the agent's, as of the day of now.
func (f *Floor) tally(id stamp.AgentID, now time.Time) *tally {
	t := f.tallies[id]
	if t == nil {
		t = &tally{}
		f.tallies[id] = t
	}
	zone := f.opts.Zone
	if zone == nil {
		zone = time.UTC
	}
	local := now.In(zone)
	if day := local.Year()*1000 + local.YearDay(); day != t.day {
		t.day, t.calls, t.talkUS = day, 0, 0
	}
	return t
}

// count adds what stamps of a session tell.
func (f *Floor) count(id stamp.AgentID, stamps []stamp.Stamp) {
	for _, s := range stamps {
		c, ok := s.Fact.(stamp.AgentStateChanged)
		if !ok || c.From == c.To {
			continue
		}
		t := f.tally(id, f.clock.Time(s.Instant))
		if c.From == stamp.StateTalking {
			t.talkUS += s.Sub(t.since)
		}
		if c.To == stamp.StateTalking {
			t.calls, t.since = t.calls+1, s.Instant
		}
	}
}

// A level looks at the last calls of a queue, and at none that is older.
const (
	levelCalls = 50
	levelAge   = 30 * time.Minute
	// usualTargetUS is the service level of a queue that names none, 20 s.
	usualTargetUS = 20_000_000
)

// level is how the last calls of a queue were served: a ring.
type level struct {
	calls [levelCalls]served
	next  int
}

type served struct {
	at     time.Time
	inTime bool
}

func (f *Floor) levelOf(q stamp.QueueID) *level {
	l := f.levels[q]
	if l == nil {
		l = &level{}
		f.levels[q] = l
	}
	return l
}

func (l *level) add(at time.Time, inTime bool) {
	l.calls[l.next] = served{at, inTime}
	l.next = (l.next + 1) % levelCalls
}

// percent is the share that was answered in time; -1 where there were no calls.
func (l *level) percent(now time.Time) int {
	n, good := 0, 0
	for _, c := range l.calls {
		if c.at.IsZero() || now.Sub(c.at) > levelAge {
			continue
		}
		n++
		if c.inTime {
			good++
		}
	}
	if n == 0 {
		return -1
	}
	return 100 * good / n
}

// serve counts a call that leaves its queue. One that goes before the target
// was up says nothing of the service.
func (f *Floor) served(at time.Time, w call.Waiting, answered bool) {
	if w.Entry == 0 { // an agent who asks for another is no customer
		return
	}
	target := f.policy.Queues[w.Queue].TargetUS
	if target <= 0 {
		target = usualTargetUS
	}
	inTime := f.clock.Of(at).Sub(w.Since) <= target
	if answered || !inTime {
		f.levelOf(w.Queue).add(at, answered && inTime)
	}
}

// accepted counts the call that an agent has taken and rings nobody else for it.
func (f *Floor) accepted(a *agent, m call.Move) {
	if a.held == nil || a.held.offer != m.Offer {
		return
	}
	w := a.held.waiting
	left := len(f.lines()[w.Queue]) - 1 // itself is still held
	delete(f.waiting, place{w.Call, w.Entry})
	f.served(f.clock.Time(m.At), w, true)
	f.paceOf(w.Queue).Accepted(m.At, left)
	f.shift(f.clock.Time(m.At))
}

// dequeue forgets a call that wants nobody any more.
func (f *Floor) dequeue(at time.Time, p place) {
	w, there := f.waiting[p]
	for _, a := range f.agents {
		if !there && a.held != nil && (a.held.call == p.call && a.held.waiting.Entry == p.entry) {
			w, there = a.held.waiting, true
		}
	}
	delete(f.waiting, p)
	if there {
		f.served(at, w, false)
		f.shift(at)
	}
}
