package rig

import (
	"slices"
	"sync"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/robot"
)

// Call is one call as the customer saw it. Instants that never came are zero.
type Call struct {
	Number string
	Fate   string // planned
	Out    bool   // the product called
	Invite time.Time
	Setup  time.Time // the first 18x or 200 of a call in
	End    time.Time
	How    string // hung_up, ended, refused, cancelled, cut
	Code   int    // of a refusal
}

// seen are all calls by the customer's number.
type seen struct {
	mu    sync.Mutex
	calls map[string]*Call
	lost  int // desks, by robots
}

func newSeen() *seen { return &seen{calls: map[string]*Call{}} }

func (s *seen) plan(p *planned) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[p.number] = &Call{Number: p.number, Fate: p.fate, Out: p.out}
}

// take keeps what an act tells; done is when it was done.
func (s *seen) take(a phonenet.Act, done time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.calls[a.Number]
	if c == nil {
		return
	}
	switch a.What {
	case "invite", "called":
		c.Invite = done
	case "progress", "answered":
		if c.Setup.IsZero() {
			c.Setup = done
		}
	case "hung_up", "ended", "refused", "cancelled", "cut":
		c.End, c.How, c.Code = done, a.What, a.Code
	}
}

func (s *seen) desk() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost++
}

// DesksLost is how often a robot lost its desk.
func (h *House) DesksLost() int {
	h.seen.mu.Lock()
	defer h.seen.mu.Unlock()
	return h.seen.lost
}

// Calls are all calls that have begun, in their order.
func (h *House) Calls() []Call {
	h.seen.mu.Lock()
	defer h.seen.mu.Unlock()
	var all []Call
	for _, c := range h.seen.calls {
		if !c.Invite.IsZero() {
			all = append(all, *c)
		}
	}
	slices.SortFunc(all, func(a, b Call) int { return a.Invite.Compare(b.Invite) })
	return all
}

// customer keeps what a customer does and perceives.
func (h *House) customer(a phonenet.Act) {
	n := check.Note{At: a.At.UnixMicro(), Who: "customer", Name: a.Number, What: a.What, Call: a.CallID, Code: a.Code}
	if slices.Contains([]string{"invite", "ring", "answer", "refuse", "cancel", "bye", "key"}, a.What) {
		h.Ledger.Will(n)
		h.seen.take(a, time.Now())
		return
	}
	h.Ledger.Saw(n)
	h.seen.take(a, a.At)
}

// agent keeps what an agent does and perceives.
func (h *House) agent(a robot.Act) {
	n := check.Note{At: a.At.UnixMicro(), Who: "agent", Name: a.Agent, What: a.What, Call: a.Call, Offer: a.Offer, Number: a.Party}
	if a.What == "lost" {
		h.seen.desk()
	}
	if slices.Contains([]string{"unring", "connected", "done", "ready", "lost", "back"}, a.What) {
		h.Ledger.Saw(n)
		return
	}
	h.Ledger.Will(n)
}
