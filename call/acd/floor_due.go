package acd

import (
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// What happens on the floor by itself: pages that fall silent, reservations
// that outlive their offers.

// deadline returns when the first session or reservation is due.
func (f *Floor) deadline() (time.Time, bool) {
	var first time.Time
	sooner := func(t time.Time) {
		if first.IsZero() || t.Before(first) {
			first = t
		}
	}
	now := time.Now()
	if !f.wake.IsZero() {
		sooner(f.wake)
	}
	if f.moved {
		sooner(f.standAt)
	}
	for _, a := range f.agents {
		if a.machine.beats {
			sooner(f.missed(a))
		}
		if due, ok := a.machine.Deadline(); ok {
			sooner(f.clock.Time(due))
		}
		if a.held != nil && !a.held.expires.IsZero() {
			sooner(a.held.expires)
		}
		if len(f.waiting) > 0 && a.restTill.After(now) {
			sooner(a.restTill)
		}
	}
	return first, !first.IsZero()
}

// due does what has become due at now. What was said before the deadline comes
// before it, also where the Floor is late itself.
func (f *Floor) due(now time.Time) {
	f.serve()
	f.overdue(now)
}

// overdue does to each session what is due.
func (f *Floor) overdue(now time.Time) {
	for id, a := range f.agents {
		if a.machine.beats && !f.missed(a).After(now) {
			f.silent(a)
		}
		if a.held != nil && !a.held.expires.IsZero() && !a.held.expires.After(now) {
			f.outlived(a, now)
		}
		if err := f.step(a, f.clock.Of(now), Tick{}); err != nil {
			f.log.Error("tick refused", "agent_id", id, "err", err)
		}
	}
}

// missed is when a page that proves nothing any more counts as gone.
func (f *Floor) missed(a *agent) time.Time {
	at := a.beat.Add(f.opts.Unreachable)
	if gone := a.away.Add(f.opts.Unreachable / 2); !a.away.IsZero() && gone.Before(at) {
		return gone
	}
	return at
}

// outlived asks a call once more for its offer, whose time is over. The call
// is the judge as long as it rings the agent and lives; otherwise the agent is
// free.
func (f *Floor) outlived(a *agent, now time.Time) {
	f.log.Error("reservation outlived its offer", "agent_id", a.machine.seat.Agent, "call_id", a.held.call)
	lives := f.calls.Post(a.held.call, now, call.OfferFailed{Offer: a.held.offer, End: stamp.OfferTimedOut})
	if lives && a.machine.state == stamp.StateRinging {
		a.held.expires = now.Add(f.opts.Safety)
		return
	}
	a.held = nil
	if err := f.step(a, f.clock.Of(now), Freed{}); err != nil {
		f.log.Error("agent not freed", "agent_id", a.machine.seat.Agent, "err", err)
	}
}

// silent says that a page has stopped proving life: from its last proof on. An
// offer that stands there fails; the call is its judge.
func (f *Floor) silent(a *agent) {
	f.withdraw(a)
	if err := f.step(a, f.clock.Of(a.beat), Heart{Beating: false}); err != nil {
		f.log.Error("heartbeat loss refused", "err", err)
	}
}

// withdraw tells the call that it rings, or is about to ring, an empty desk.
func (f *Floor) withdraw(a *agent) {
	if a.held != nil {
		f.calls.Post(a.held.call, time.Now(), call.OfferFailed{Offer: a.held.offer, End: stamp.OfferUnreachable})
	}
}
