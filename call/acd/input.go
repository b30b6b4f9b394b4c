package acd

import (
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Input is one thing that happened to an agent session.
type Input interface{ input() }

type (
	// Login opens the session; its first input.
	Login struct {
		Queues []stamp.QueueID
		Skills []stamp.Skill
	}
	// Assign says which queues the agent serves and which skills they have from
	// now on.
	Assign struct {
		Queues []stamp.QueueID
		Skills []stamp.Skill
	}
	// Ready: the agent takes calls.
	Ready struct{}
	// Pause: the agent wants a pause, now or when the call at hand is done.
	Pause struct {
		Reason  string
		LimitUS int64 // how long it may be; 0 = as long as it takes
		Unpaid  bool
	}
	// Force: a supervisor wants the agent ready, paused or offline. In a call that
	// is refused, or takes effect after it.
	Force struct {
		To    string
		Pause Pause // of paused
		By    stamp.AgentID
		After bool // … the call at hand
	}
	// Logout ends the session, now or when the call at hand is done.
	Logout struct{ By string } // agent, supervisor, system
	// Seat: the warm connection came up or broke.
	Seat struct{ Up bool }
	// Heart: the page stopped proving life, or proves it again. On loss the
	// step's instant is the last proof.
	Heart struct{ Beating bool }
	// Mic: the page has a microphone, or has none.
	Mic struct{ There bool }
	// Fault: the page says that its seat is of no use, until another one comes up.
	Fault struct{ Reason string } // no_microphone, ice_failed
	// Reserve: a line is about to be dialed for the agent, or by them: who dials
	// by hand may be on a pause.
	Reserve struct{ Own bool }
	// Unreserve: the dialer has no use for the reservation.
	Unreserve struct{}
	// Moved: a call moves its agent.
	Moved struct{ Move call.Move }
	// Freed: the call that rang the agent is no more.
	Freed struct{}
	// Close ends the session at once: the node stops.
	Close struct{}
	// Tick: the deadline has come.
	Tick struct{}
)

func (Login) input()     {}
func (Assign) input()    {}
func (Force) input()     {}
func (Mic) input()       {}
func (Fault) input()     {}
func (Ready) input()     {}
func (Pause) input()     {}
func (Logout) input()    {}
func (Seat) input()      {}
func (Heart) input()     {}
func (Reserve) input()   {}
func (Unreserve) input() {}
func (Moved) input()     {}
func (Freed) input()     {}
func (Close) input()     {}
func (Tick) input()      {}

// Effect is an order to the Floor.
type Effect interface{ effect() }

type (
	// Changed: the state is another; screens and matching want to know.
	Changed struct{}
	// Lapsed: the agent was reserved for a line and is lost to it.
	Lapsed struct{}
	// Ended: the session is over and can be forgotten.
	Ended struct{}
)

func (Changed) effect() {}
func (Lapsed) effect()  {}
func (Ended) effect()   {}
