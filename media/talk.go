package media

import (
	"slices"
	"sync"
	"time"
)

// Talk is what two sides make of their time together: who speaks, both, nobody. It counts only while it runs.
type Talk struct {
	customer, agent *Ear

	mu      sync.Mutex
	running bool
	began   time.Time // first ran
	at      time.Time // of the last turn
	who     [2]bool   // active: customer, agent
	stats   TalkStats
}

// TalkStats are the times of a talk; the four add up to Length.
type TalkStats struct {
	Length                   time.Duration // it ran
	Customer, Agent          time.Duration // one alone is active
	Both, Nobody             time.Duration
	DeadAir                  time.Duration // Nobody's parts of DeadAirFrom or more, counted from the last voice
	DeadAirs, Overlaps       int
	FirstCustomer            time.Duration // from its beginning to their first voice; 0: none
	FirstAgent               time.Duration
	customerSpoke, agentSaid bool
}

// NewTalk begins to listen to both ears; it does not run yet.
func NewTalk(customer, agent *Ear) *Talk {
	t := &Talk{customer: customer, agent: agent}
	for _, e := range []*Ear{customer, agent} {
		e.mu.Lock()
		e.talks = append(slices.Clone(e.talks), t)
		e.mu.Unlock()
	}
	return t
}

// Run starts and stops the count: a hold, a gap, a consultation are none of the talk.
func (t *Talk) Run(on bool, at time.Time) {
	who := [2]bool{t.customer.isActive(), t.agent.isActive()} // an Ear's lock comes before ours
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running == on {
		return
	}
	if on {
		t.at, t.who = at, who
		if t.began.IsZero() {
			t.began = at
		}
	} else {
		t.passLocked(at)
	}
	t.running = on
}

// End stops listening and gives the account.
func (t *Talk) End(at time.Time) TalkStats {
	for _, e := range []*Ear{t.customer, t.agent} {
		e.mu.Lock()
		e.talks = slices.DeleteFunc(slices.Clone(e.talks), func(other *Talk) bool { return other == t })
		e.mu.Unlock()
	}
	t.Run(false, at)
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stats
}

// turn is a side that begins or ends to be active. Its Ear's lock is held.
func (t *Talk) turn(e *Ear, active bool, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.running {
		return
	}
	t.passLocked(at)
	side := 0
	if e == t.agent {
		side = 1
	}
	t.who[side] = active
	if !active {
		return
	}
	if t.who[0] && t.who[1] {
		t.stats.Overlaps++
	}
	first, said := &t.stats.FirstCustomer, &t.stats.customerSpoke
	if side == 1 {
		first, said = &t.stats.FirstAgent, &t.stats.agentSaid
	}
	if !*said {
		*first, *said = max(at.Sub(t.began), time.Microsecond), true
	}
}

// passLocked counts the time up to at.
func (t *Talk) passLocked(at time.Time) {
	d := at.Sub(t.at)
	if d <= 0 {
		return // the other side's reader was a moment faster
	}
	t.at = at
	s := &t.stats
	s.Length += d
	switch t.who {
	case [2]bool{true, true}:
		s.Both += d
	case [2]bool{true, false}:
		s.Customer += d
	case [2]bool{false, true}:
		s.Agent += d
	default:
		s.Nobody += d
		if silence := d + activityHangover; silence >= DeadAirFrom {
			s.DeadAir += silence
			s.DeadAirs++
		}
	}
}
