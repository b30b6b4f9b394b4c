package acd

import (
	"errors"
	"fmt"
	"slices"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// ErrIllegal is wrapped by every refusal of a step: the input does not fit the
// state. Nothing was changed.
var ErrIllegal = errors.New("not possible now")

// Machine is one agent session as a pure function. It is not safe for use by
// two goroutines; the Floor owns it.
type Machine struct {
	org     stamp.OrgID
	seat    call.Seat
	graceUS int64 // unreachable so long outside a call = logged out; 0 = never

	n      uint64
	state  string
	since  stamp.Instant // of the last state change: the next never goes before it
	aux    string
	queues []stamp.QueueID
	skills []stamp.Skill
	beats  bool // the page proves life
	ended  bool

	// What the agent asked for; it becomes true when the call lets go. Not
	// stamped by itself: a wish that never comes true is not a fact.
	seatUp bool
	fault  string // why the seat is of no use though it is up: no_microphone, ice_failed
	want   string // StateReady or StatePaused
	pause  Pause  // the wanted one
	leave  string // by whom a logout was asked for
	asked  asked
}

// asked is when and by whom the next state was asked for, until it has come true.
type asked struct {
	at stamp.Instant
	by stamp.AgentID // the supervisor; "" = the agent
}

// New returns the machine of a session that has not begun.
func New(org stamp.OrgID, seat call.Seat, graceUS int64) *Machine {
	return &Machine{org: org, seat: seat, graceUS: graceUS, state: stamp.StateOffline, want: stamp.StatePaused}
}

// Replay rebuilds a session from all its stamps, in order of N.
func Replay(seat call.Seat, graceUS int64, stamps []stamp.Stamp) (*Machine, error) {
	m := New("", seat, graceUS)
	for _, s := range stamps {
		if s.N != m.n+1 {
			return nil, fmt.Errorf("replay agent session %s: stamp %d after %d", seat.Session, s.N, m.n)
		}
		m.org = s.Org
		m.apply(s)
	}
	return m, nil
}

// Step takes one input at its instant and returns the stamps of what it meant
// and the orders that follow. On an error nothing has changed.
func (m *Machine) Step(at stamp.Instant, in Input) ([]stamp.Stamp, []Effect, error) {
	if m.ended {
		return nil, nil, fmt.Errorf("%w: the session is over", ErrIllegal)
	}
	if _, opening := in.(Login); opening != (m.n == 0) {
		return nil, nil, fmt.Errorf("%w: a session begins with one login", ErrIllegal)
	}
	d := &decision{m: m, at: at}
	if err := d.decide(in); err != nil {
		return nil, nil, err
	}
	return d.stamps, d.effects, nil
}

// apply is the only code that changes what stamps tell.
func (m *Machine) apply(s stamp.Stamp) {
	m.n = s.N
	if s.Phase != "" {
		m.state, m.since, m.aux = s.Phase, s.Instant, ""
	}
	switch f := s.Fact.(type) {
	case stamp.AgentLogin:
		m.queues, m.skills, m.beats = f.Queues, f.Skills, true
	case stamp.AgentQueueJoined:
		m.queues = append(slices.Clip(m.queues), f.Queue)
	case stamp.AgentQueueLeft:
		m.queues = slices.DeleteFunc(slices.Clone(m.queues), func(q stamp.QueueID) bool { return q == f.Queue })
	case stamp.AgentSkillChanged:
		m.skills = with(m.skills, stamp.Skill{Skill: f.Skill, Level: f.Level})
	case stamp.AgentStateChanged:
		m.aux = f.Aux
	case stamp.AgentHeartbeatLost:
		m.beats = false
	case stamp.AgentHeartbeatBack:
		m.beats = true
	case stamp.AgentLogout:
		m.ended = true
	}
}

// Deadline returns when Tick is due: the logout of an unreachable agent.
func (m *Machine) Deadline() (stamp.Instant, bool) {
	if m.state != stamp.StateUnreachable || m.graceUS == 0 || m.ended {
		return stamp.Instant{}, false
	}
	return m.since.Add(m.graceUS), true
}

// busy reports whether a call or a line has a claim on the agent.
func (m *Machine) busy() bool {
	switch m.state {
	case stamp.StateReserved, stamp.StateRinging, stamp.StateConnecting, stamp.StateConsulting, stamp.StateTalking, stamp.StateWrap:
		return true
	}
	return false
}

// reachable reports whether a call could be brought to the agent.
func (m *Machine) reachable() bool { return m.beats && m.seatUp && m.fault == "" }

// Presence is what screens show of a session.
type Presence struct {
	Seat    call.Seat
	State   string
	Since   stamp.Instant
	Aux     string // reason of the pause
	Next    string // asked for, comes true after the call: paused, offline
	Sound   bool   // the warm connection is up
	Queues  []stamp.QueueID
	Reached bool // the page proves life
}

// Presence returns the picture of the session.
func (m *Machine) Presence() Presence {
	p := Presence{
		Seat: m.seat, State: m.state, Since: m.since, Aux: m.aux, Sound: m.seatUp, Queues: m.queues, Reached: m.beats,
	}
	if m.busy() || m.state == stamp.StateUnreachable {
		switch {
		case m.leave != "":
			p.Next = stamp.StateOffline
		case m.want == stamp.StatePaused:
			p.Next = stamp.StatePaused
		}
	}
	return p
}
