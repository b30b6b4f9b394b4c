package call

import "github.com/callstamp/callstamp/kpi/stamp"

// turn is one step in the making: handlers write stamps and effects into it.
// A stamp is applied as it is written, so what follows decides on the state
// that the stamp made.
type turn struct {
	id      stamp.ID
	plan    *Plan
	own     *Plan // the call's, of which plan is what holds in its queue
	s       *state
	seen    stamp.Instant // when the edge saw the input
	stamps  []stamp.Stamp
	effects []Effect
}

// now is the instant of this step's state changes: never before the last one.
func (t *turn) now() stamp.Instant {
	if t.seen.Before(t.s.last) {
		return t.s.last
	}
	return t.seen
}

// say stamps a state change.
func (t *turn) say(by stamp.Actor, f stamp.Fact) { t.begin("", by, f) }

// begin stamps a state change with which the call enters a phase.
func (t *turn) begin(phase string, by stamp.Actor, f stamp.Fact) {
	at := t.now()
	t.add(stamp.Stamp{Instant: at, Late: at.Sub(t.seen), Actor: by, Phase: phase, Fact: f})
}

// saw stamps an observation, which keeps its true instant.
func (t *turn) saw(by stamp.Actor, f stamp.Fact) {
	t.add(stamp.Stamp{Instant: t.seen, Actor: by, Fact: f})
}

func (t *turn) add(x stamp.Stamp) {
	x.Org, x.Call, x.N = t.plan.Org, t.id, t.s.n+1
	x.Subject = stamp.Subject{Kind: stamp.SubjectCall, ID: t.id}
	t.s.apply(x)
	if t.stamps == nil {
		t.stamps = make([]stamp.Stamp, 0, 4)
	}
	t.stamps = append(t.stamps, x)
}

// because names the cause of the step's stamps from the i-th on.
func (t *turn) because(i int, c stamp.Cause) {
	if c == (stamp.Cause{}) {
		return
	}
	for ; i < len(t.stamps); i++ {
		t.stamps[i].Cause = &c
	}
}

// do orders effects.
func (t *turn) do(e ...Effect) { t.effects = append(t.effects, e...) }

// settle closes the call once its legs are gone, no after-call work is open and
// the sound of every agent's leg is accounted for.
func (t *turn) settle() {
	t.settleTape()
	if t.s.phase == stamp.PhaseOver && !t.s.wrapping() && (t.s.accounted() || !t.now().Before(t.s.accountDue())) {
		t.close()
	}
}

func (t *turn) close() {
	t.begin(stamp.PhaseClosed, stamp.System, stamp.CallClosed{Outcome: string(t.s.outcome())})
}
