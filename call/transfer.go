package call

import "github.com/callstamp/callstamp/kpi/stamp"

// Blind transfer: the agent is free at once, the target takes the customer or
// does not. An agent and a number are made sure of first, so that a customer is
// not let go for somebody who can't even be rung.

func transfer(t *turn, in Transfer) error {
	g := t.s.segment()
	if g.seat.Agent != in.Agent {
		return t.refuse(in, "another agent has the call")
	}
	w, why := t.wish(in.Agent, in.To, in.Outside)
	if why != "" {
		return t.refuse(in, why)
	}
	t.started(stamp.Blind, w, g.no, stamp.Agent)
	switch in.To.Kind {
	case ToQueue, ToMenu:
		t.give(in.To)
	default:
		t.seek(w.dial)
	}
	return nil
}

// started stamps that a segment's agent wants to give the customer away.
func (t *turn) started(how string, w wants, from stamp.SegmentNo, by stamp.Actor) {
	g := &t.s.segments[from-1]
	t.say(by, stamp.TransferStarted{
		Ask: w.ask, How: how, Segment: g.no, Agent: g.seat.Agent, Queue: g.queue, Target: w.target, Leg: w.leg,
	})
}

// completed stamps that the target has the customer.
func (t *turn) completed(into stamp.SegmentNo, leg stamp.LegNo, phase string) {
	a := &t.s.ask
	t.begin(phase, stamp.System, stamp.TransferCompleted{
		Ask: a.no, How: a.kind, Segment: a.segment, Agent: t.s.segments[a.segment-1].seat.Agent, Target: a.target, Into: into, Leg: leg,
	})
}

// leave ends the part of the agent who gives the customer away.
func (t *turn) leave(no stamp.SegmentNo, phase string, by stamp.Actor) {
	t.partEnds(&t.s.segments[no-1], phase, by, true)
}

// give leads the call to a queue or menu, which takes it at once: what a closed
// queue makes of it is its own affair. A place that isn't there leaves the
// customer with the agent.
func (t *turn) give(to Destination) {
	if !t.plan.has(to) {
		t.askFailed(stamp.AskUnknown, stamp.System)
		return
	}
	t.leave(t.s.ask.segment, stamp.PhaseArriving, stamp.Agent)
	t.completed(0, 0, "")
	t.do(Music{Leg: stamp.CustomerLeg, Name: t.plan.Music})
	t.lead(to)
}

// transferFailed: where the agent has gone already the call goes back to them.
func (t *turn) transferFailed(why stamp.AskEnd, by stamp.Actor) {
	t.withdraw(by)
	f := t.failure(why)
	if !t.s.ask.left {
		t.say(by, f)
		return
	}
	f.Returns = t.s.asks + 1
	phase := ""
	if t.s.phase != stamp.PhaseOffering {
		phase = stamp.PhaseOffering
		t.do(Music{Leg: stamp.CustomerLeg, Name: t.plan.Music})
	}
	t.begin(phase, by, f)
	t.seekReturn()
}

func (t *turn) failure(why stamp.AskEnd) stamp.TransferFailed {
	a := &t.s.ask
	return stamp.TransferFailed{
		Ask: a.no, How: a.kind, Segment: a.segment, Agent: t.s.segments[a.segment-1].seat.Agent, Target: a.target, Reason: why,
	}
}

// seekReturn asks for the agent to whom the call goes back. A wrap-up of this
// very call ends for it, unless its disposition is still owed.
func (t *turn) seekReturn() {
	g := &t.s.segments[t.s.ask.segment-1]
	if g.wrap.open && (!g.wrap.needed || g.disposition != "") {
		t.endWrap(g, "system")
	}
	t.seek(Dial{})
}

// notTaken: the agent does not take the call back. A customer who called goes to
// the queue, on the old place; one whom we called is let go.
func (t *turn) notTaken() {
	t.withdraw(stamp.System)
	if t.plan.Queue == "" {
		t.letGo(stamp.System, 0)
		return
	}
	t.enter()
}
