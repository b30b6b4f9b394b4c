package acd

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// How the Floor matches: what it knows becomes a Snapshot, each Pair an offer.

// match offers what can be offered. The agent is reserved before the call
// hears of it; the call's own stamp makes the ringing a fact.
func (f *Floor) match() {
	f.wake = time.Time{}
	if len(f.waiting) == 0 {
		return
	}
	now := time.Now()
	s := f.snapshot(now)
	if len(s.Idle) == 0 {
		return // who becomes ready is an event of its own
	}
	for _, p := range Match(s) {
		f.offer(now, p)
	}
	if us, ok := Wake(s); ok {
		f.wake = now.Add(time.Duration(us) * time.Microsecond)
	}
}

func (f *Floor) snapshot(now time.Time) Snapshot {
	s := Snapshot{
		Now: f.clock.Of(now), Waiting: make([]call.Waiting, 0, len(f.waiting)), Idle: f.idle(now), Queues: f.policy.Queues,
		Here: map[stamp.AgentID][]stamp.QueueID{}, Open: map[stamp.ID]int{}, Seed: rand.Uint32() | 1, //nolint:gosec // lots, no secret
	}
	for _, w := range f.waiting {
		s.Waiting = append(s.Waiting, w)
	}
	for id, a := range f.agents {
		if a.held != nil {
			s.Open[a.held.call]++
		}
		if (a.machine.busy() || a.machine.state == stamp.StateReady) && !a.restTill.After(now) {
			s.Here[id] = a.machine.queues
		}
	}
	return s
}

// offer reserves the agent and tells the call. One that rings several agents
// stays in the line, for those who come free meanwhile, until one has accepted.
func (f *Floor) offer(now time.Time, p Pair) {
	if f.give(now, p) {
		return
	}
	at := place{p.Waiting.Call, p.Waiting.Entry}
	if f.policy.Queues[p.Waiting.Queue].Strategy != RingAll {
		delete(f.waiting, at)
	}
	a, offer := f.agents[p.Seat.Agent], stamp.NewID()
	f.rung++
	f.tally(p.Seat.Agent, now).rung = f.rung
	a.held = &reservation{offer, p.Waiting.Call, p.Waiting, f.expiry(now, p.Waiting.OfferUS)}
	var in call.Input = call.Matched{Offer: offer, Entry: p.Waiting.Entry, Seat: p.Seat, Why: p.Why, Seed: p.Seed}
	if p.Waiting.Entry == 0 { // an agent asks for one
		in = call.Found{Ask: p.Waiting.Ask, Offer: offer, Seat: p.Seat}
		delete(f.waiting, at)
	}
	if !f.calls.Post(p.Waiting.Call, now, in) {
		a.held = nil
		delete(f.waiting, at)
	}
}

// expiry is when a reservation made at now for an offer of us ends.
func (f *Floor) expiry(now time.Time, us int64) time.Time {
	if us <= 0 {
		return time.Time{}
	}
	return now.Add(time.Duration(us)*time.Microsecond + f.opts.Safety)
}

// idle lists who could be rung now.
func (f *Floor) idle(now time.Time) []Idle {
	var idle []Idle
	for id, a := range f.agents {
		m := a.machine
		if m.state == stamp.StateReady && a.held == nil && a.away.IsZero() && !a.restTill.After(now) {
			t := f.tally(id, now)
			idle = append(idle, Idle{
				Seat: m.seat, Since: m.since, Queues: f.policy.places(id, m.queues), Skills: m.skills,
				Rung: t.rung, Calls: t.calls, TalkUS: t.talkUS,
			})
		}
	}
	return idle
}

// reservable lists who of the queue's agents may be taken for calls out now, in
// the order of its strategy.
func (f *Floor) reservable(now time.Time, queue stamp.QueueID) []Idle {
	idle := f.idle(now)
	loads := f.loads(now, idle)
	line := Order(f.policy.Queues[queue], queue, idle, rand.Uint32()) //nolint:gosec // lots, no secret
	return slices.DeleteFunc(line, func(a Idle) bool { return !f.spare(a, loads) })
}

// spare reports whether all queues of the agent can do without them, and if so
// counts them out.
func (f *Floor) spare(a Idle, loads map[stamp.QueueID]*Load) bool {
	for _, m := range a.Queues {
		if ok, _ := f.policy.Queues[m.Queue].Blend.Allows(*loads[m.Queue]); !ok {
			return false
		}
	}
	for _, m := range a.Queues {
		loads[m.Queue].Free--
	}
	return true
}

// loads tells how each queue of somebody idle stands.
func (f *Floor) loads(now time.Time, idle []Idle) map[stamp.QueueID]*Load {
	loads := map[stamp.QueueID]*Load{}
	for _, a := range idle {
		for _, m := range a.Queues {
			if loads[m.Queue] == nil {
				loads[m.Queue] = &Load{Level: f.levelOf(m.Queue).percent(now)}
			}
			loads[m.Queue].Free++
		}
	}
	at := f.clock.Of(now)
	see := func(w call.Waiting) {
		if l := loads[w.Queue]; l != nil && w.Entry != 0 {
			l.Waiting++
			l.LongestUS = max(l.LongestUS, at.Sub(w.Since))
		}
	}
	for _, w := range f.waiting {
		see(w)
	}
	for _, a := range f.agents {
		if a.held != nil {
			if _, too := f.waiting[place{a.held.call, a.held.waiting.Entry}]; !too {
				see(a.held.waiting)
			}
		}
	}
	return loads
}

func (f *Floor) reserve(at time.Time, queue stamp.QueueID, n int, lost func(call.Seat)) []call.Seat {
	line := f.reservable(at, queue)
	var seats []call.Seat
	for _, i := range line[:min(n, len(line))] {
		if err := f.tell(i.Seat.Agent, f.clock.Of(at), Reserve{}); err == nil {
			f.agents[i.Seat.Agent].lost = lost
			seats = append(seats, i.Seat)
		}
	}
	return seats
}
