package call

import "github.com/callstamp/callstamp/kpi/stamp"

// A consultation: the agent speaks with a third party, the customer hears music.

func consult(t *turn, in Consult) error {
	g := t.s.segment()
	if g.seat.Agent != in.Agent {
		return t.refuse(in, "another agent has the call")
	}
	w, why := t.wish(in.Agent, in.To, in.Outside)
	switch {
	case why != "":
		return t.refuse(in, why)
	case in.To.Kind == ToMenu:
		return t.refuse(in, "nobody can be spoken with in a menu")
	case in.To.Kind == ToQueue && !t.plan.has(in.To):
		return t.refuse(in, "there is no queue "+in.To.ID)
	}
	if g.holdAgent {
		t.say(stamp.Agent, stamp.HoldEnded{Segment: g.no, By: stamp.Agent}) // each second once
	}
	t.begin(stamp.PhaseConsulting, stamp.Agent, stamp.ConsultStarted{
		Ask: w.ask, Segment: g.no, Agent: in.Agent, Target: w.target, Leg: w.leg,
	})
	t.do(Music{Leg: stamp.CustomerLeg, Name: t.plan.Music})
	t.seek(w.dial)
	return nil
}

// openConsulted begins the part of an agent who is consulted: they speak with
// the agent who asked, and may get the customer later.
func (t *turn) openConsulted(f stamp.SegmentOpened) {
	t.opened("", f, RoleConsulted)
	g := t.s.second()
	t.consultAnswered(g.leg, g)
	t.do(Presence{Seat: g.seat, To: stamp.StateConsulting, Offer: f.Offer, Segment: g.no})
}

// consultAnswered lets agent and third party hear each other.
func (t *turn) consultAnswered(leg stamp.LegNo, g *segment) {
	f, by := stamp.ConsultAnswered{Ask: t.s.ask.no, Leg: leg}, stamp.Outside
	if g != nil {
		f.Segment, f.Agent, by = g.no, g.seat.Agent, stamp.Agent
	}
	t.say(by, f)
	t.mix()
}

// endAsk: the agent takes back the customer, or gives up a transfer.
func endAsk(t *turn, in EndConsult) error {
	if g := t.s.segment(); g == nil || g.seat.Agent != in.Agent {
		return t.refuse(in, "another agent has the call")
	}
	if t.s.ask.no == 0 {
		return nil // it has ended by itself
	}
	t.askFailed(stamp.AskCancelled, stamp.Agent)
	return nil
}

// hangupConsult: who is consulted leaves. The agent who has the customer says
// first what is to become of them.
func hangupConsult(t *turn, in AgentHangup) error {
	switch g := t.s.part(in.Agent); {
	case g == nil:
		return hangupAgain(t, in)
	case g == t.s.segment():
		return t.refuse(in, "the customer waits; take them back, or complete the transfer")
	}
	t.endConsult(stamp.AskHungUp, stamp.Agent)
	return nil
}

// endConsult brings the agent and the customer back together.
func (t *turn) endConsult(end stamp.AskEnd, by stamp.Actor) {
	no := t.s.ask.no
	t.withdraw(by)
	if g := t.s.second(); g != nil {
		t.endPart(g, "", by)
	}
	g := t.s.segment()
	t.begin(t.s.standing(g), by, stamp.ConsultEnded{Ask: no, End: end})
	t.mix()
}

// standing is the phase of a call that only this agent and the customer are in.
func (s *state) standing(g *segment) string {
	switch {
	case !s.leg(g.leg).lost.IsZero():
		return stamp.PhaseAlone
	case g.connected.IsZero():
		return stamp.PhaseConnecting
	}
	return g.speaking()
}

// complete: the agent gives the customer to whom they consult.
func complete(t *turn, in CompleteTransfer) error {
	g := t.s.segment()
	switch a := &t.s.ask; {
	case g.seat.Agent != in.Agent:
		return t.refuse(in, "another agent has the call")
	case !a.answered && a.offer == "" && a.leg == 0:
		return t.refuse(in, "nobody has been found yet")
	}
	t.complete(stamp.Agent)
	return nil
}

// complete gives the customer to who is consulted; one who has not answered yet
// gets them as a blind transfer.
func (t *turn) complete(by stamp.Actor) {
	a := t.s.ask
	t.say(by, stamp.ConsultEnded{Ask: a.no, End: stamp.AskTransferred})
	how := stamp.Attended
	if !a.answered {
		how = stamp.Blind
	}
	t.started(how, wants{a.no, a.target, a.leg, Dial{}}, a.segment, by)
	if !a.answered {
		phase := stamp.PhaseOffering
		if a.leg != 0 {
			phase = stamp.PhaseOutside
		}
		t.leave(a.segment, phase, by)
		return
	}
	t.leave(a.segment, "", by)
	t.handedOver(by)
}

// handedOver: the third party of an attended transfer has the customer.
func (t *turn) handedOver(by stamp.Actor) {
	g := t.s.segment()
	if g == nil {
		t.completed(0, t.s.ask.leg, stamp.PhaseOutside)
		t.mix()
		return
	}
	t.completed(g.no, g.leg, t.s.standing(g))
	if t.s.customer().holds {
		t.say(stamp.System, stamp.HoldStarted{Segment: g.no, By: stamp.Customer})
	}
	t.mix()
	t.do(Presence{Seat: g.seat, To: stamp.StateConnecting, Segment: g.no})
}
