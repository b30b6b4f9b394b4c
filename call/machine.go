package call

import (
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Machine is one call. It is a value of its stamps: whoever applies the same
// stamps has the same machine. It belongs to one goroutine.
type Machine struct {
	id   stamp.ID
	plan Plan
	s    state
}

// New makes the machine of a call that has not begun: its first input is
// Arrived or Originate.
func New(id stamp.ID, plan Plan) *Machine {
	return &Machine{id: id, plan: plan, s: state{phase: phaseStart}}
}

// Replay rebuilds the machine whose stamps these are, oldest first and from
// the call's first one. The error says which number is missing, or that the
// stamps contradict each other.
func Replay(plan Plan, stamps []stamp.Stamp) (m *Machine, err error) {
	if len(stamps) == 0 {
		return nil, fmt.Errorf("replay call: no stamps")
	}
	defer func() {
		if r := recover(); r != nil { // stamps come from a disk: one that names a part which isn't there
			m, err = nil, fmt.Errorf("replay call %s: %v", stamps[0].Subject.ID, r)
		}
	}()
	m = New(stamps[0].Subject.ID, plan)
	for _, x := range stamps {
		if x.Subject.Kind != stamp.SubjectCall || x.Subject.ID != m.id {
			return nil, fmt.Errorf("replay call %s: stamp of %s", m.id, x.Subject)
		}
		if x.N != m.s.n+1 {
			return nil, fmt.Errorf("replay call %s: stamp %d after %d", m.id, x.N, m.s.n)
		}
		m.s.apply(x)
	}
	return m, nil
}

// Step takes one input, seen at at. It returns the stamps to record and, after
// that, the effects to carry out, in order. The error is ErrIllegal: a person
// asked for what the call can't do now; then nothing has changed. What the
// network says twice or too late is no error and changes nothing.
func (m *Machine) Step(at stamp.Instant, in Input) ([]stamp.Stamp, []Effect, error) {
	do, err := m.handler(in)
	if do == nil {
		return nil, nil, err
	}
	t, aside := turn{id: m.id, plan: m.Plan(), own: &m.plan, s: &m.s, seen: at}, m.s.aside()
	if err := do(&t, in); err != nil {
		return nil, nil, err
	}
	t.settle()
	t.signal(aside)
	return t.stamps, t.effects, nil
}

// handler finds what the input means in the call's phase; nil without an error
// says that it means nothing any more.
func (m *Machine) handler(in Input) (handler, error) {
	k, known := table[kindOf(in)]
	if !known {
		return nil, ErrIllegal{Phase: m.s.phase, Input: in}
	}
	if ofOther(in) && m.s.phase != phaseStart {
		return k.other[indexOf(m.s.phase)], nil
	}
	if do := k.does[indexOf(m.s.phase)]; do != nil {
		return do, nil
	}
	if k.asked || m.s.phase == phaseStart {
		return nil, ErrIllegal{Phase: m.s.phase, Input: in}
	}
	return nil, nil
}

// Plan returns what is configured for the call where it is now: in another queue
// than its first one that queue's. It is not to be written to.
func (m *Machine) Plan() *Plan {
	if n := len(m.s.entries); n > 0 {
		return m.plan.in(m.s.entries[n-1].queue)
	}
	return &m.plan
}

// ID returns the call's id.
func (m *Machine) ID() stamp.ID { return m.id }

// Phase returns the phase the call is in; "" before its first input.
func (m *Machine) Phase() string {
	if m.s.phase == phaseStart {
		return ""
	}
	return m.s.phase
}

// Head returns the instant and the number of the call's last stamp.
func (m *Machine) Head() (stamp.Instant, uint64) { return m.s.last, m.s.n }

// Result returns how the dialed attempt ended, a word of stamp.DialResult; "" of
// a call that came in, or while it lasts.
func (m *Machine) Result() string { return m.s.dial.result }

// Closed reports whether nothing of the call is open any more. No input moves
// a closed call.
func (m *Machine) Closed() bool { return m.s.phase == stamp.PhaseClosed }

// Over reports whether the last leg is gone: what may still be open is
// after-call work.
func (m *Machine) Over() bool { return m.s.phase == stamp.PhaseOver || m.Closed() }
