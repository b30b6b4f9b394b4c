package acd

import (
	"errors"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// ErrAbsent says that the agent has no session.
var ErrAbsent = errors.New("the agent is not logged in")

// What Run does, one case a function. All of it runs in the Floor's goroutine.

func (f *Floor) serve() {
	for _, do := range f.box.Take() {
		do()
	}
}

// end ends every session, also one that a wrap-up still binds: the wrap-up
// stays open in its call and waits for the agent's next login.
func (f *Floor) end(now time.Time) {
	f.serve()
	for id, a := range f.agents {
		if err := f.step(a, f.clock.Of(now), Close{}); err != nil {
			f.log.Error("session not ended", "agent_id", id, "err", err)
		}
	}
}

func (f *Floor) login(at time.Time, id stamp.AgentID, queues []stamp.QueueID) Presence {
	if a := f.agents[id]; a != nil {
		f.beat(at, id)
		return a.machine.Presence()
	}
	seat := call.Seat{Agent: id, Session: stamp.NewID()}
	known, configured := f.policy.Agents[id]
	if configured { // newer than what the edge has read
		queues = known.serves()
	}
	a := &agent{machine: New(f.opts.Org, seat, f.opts.Logout.Microseconds()), beat: at}
	f.agents[id] = a
	_ = f.step(a, f.clock.Of(at), Login{Queues: queues, Skills: known.Skills})
	if m, ok := f.claims[id]; ok { // wrap-up left over from before a crash
		delete(f.claims, id)
		m.Seat, m.At = seat, f.clock.Of(at)
		_ = f.step(a, m.At, Moved{m})
	}
	return a.machine.Presence()
}

func (f *Floor) tell(id stamp.AgentID, at stamp.Instant, in Input) error {
	a := f.agents[id]
	if a == nil {
		return ErrAbsent
	}
	return f.step(a, at, in)
}

// step moves one session: stamps first, then what follows from them.
func (f *Floor) step(a *agent, at stamp.Instant, in Input) error {
	stamps, effects, err := a.machine.Step(at, in)
	if err != nil {
		return err
	}
	if len(stamps) > 0 {
		f.sink.Record(stamps, nil)
		f.count(a.machine.seat.Agent, stamps)
	}
	for _, e := range effects {
		switch e.(type) {
		case Changed:
			f.screens.Presence(a.machine.Presence())
		case Lapsed:
			if a.lost != nil {
				a.lost(a.machine.seat)
			}
		case Ended:
			f.withdraw(a)
			delete(f.agents, a.machine.seat.Agent)
		}
	}
	if a.machine.state != stamp.StateReserved {
		a.lost = nil
	}
	return nil
}

func (f *Floor) beat(at time.Time, id stamp.AgentID) {
	a := f.agents[id]
	if a == nil {
		return
	}
	a.beat, a.away = at, time.Time{}
	if err := f.step(a, f.clock.Of(at), Heart{Beating: true}); err != nil {
		f.log.Error("heartbeat refused", "agent_id", id, "err", err)
	}
}

func (f *Floor) move(m call.Move) {
	a := f.agents[m.Seat.Agent]
	if a == nil {
		f.claim(m)
		return
	}
	if m.To == stamp.StateRinging && a.machine.state == stamp.StateUnreachable {
		f.withdraw(a) // the page fell silent since it was chosen
		return
	}
	m.Seat = a.machine.seat // a recovered call knows the session before the crash
	if m.To == stamp.StateConnecting {
		f.accepted(a, m)
	}
	if a.held != nil && (m.To != stamp.StateReady || a.held.offer == m.Offer) && m.To != stamp.StateRinging {
		a.held = nil
	}
	if m.End == stamp.OfferUnreachable {
		a.away = f.clock.Time(m.At) // its next proof of life takes that back
	}
	if m.Rest || m.End == stamp.OfferDeclined || m.End == stamp.OfferTimedOut {
		a.restTill = f.clock.Time(m.At).Add(f.opts.Rest)
	}
	if err := f.step(a, m.At, Moved{m}); err != nil {
		f.log.Error("move refused", "agent_id", m.Seat.Agent, "call_id", m.Call, "to", m.To, "err", err)
	}
}

// claim keeps a recovered call's wrap-up for an agent who is not logged in.
// Nothing else of a call outlives the session that it was for.
func (f *Floor) claim(m call.Move) {
	if m.To != stamp.StateWrap {
		delete(f.claims, m.Seat.Agent)
		return
	}
	f.claims[m.Seat.Agent] = m
}
