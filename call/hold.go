package call

import "github.com/callstamp/callstamp/kpi/stamp"

// Hold: the agent and the customer's side hold independently; the call is held
// while either does.

func agentHold(t *turn, in AgentHold) error {
	g := t.s.segment()
	if g.seat.Agent != in.Agent {
		return t.refuse(in, "another agent has the call")
	}
	if g.holdAgent == in.On {
		return nil // a second click
	}
	t.hold(g, stamp.Agent, in.On)
	if in.On {
		t.do(Music{Leg: stamp.CustomerLeg, Name: t.plan.Music})
		return nil
	}
	t.mix()
	return nil
}

// aside reports whether an agent has put the customer aside: on hold, or to ask
// a third party.
func (s *state) aside() bool {
	for i := range s.segments {
		if g := &s.segments[i]; !g.ended && g.holdAgent {
			return true
		}
	}
	return s.phase == stamp.PhaseConsulting
}

// signal tells the far side when the step has put the customer aside, or taken
// them back, however that came about: one who is left on hold sends no sound to
// the next agent, and no key to a survey.
func (t *turn) signal(before bool) {
	if c, now := t.s.customer(), t.s.aside(); now != before && !c.gone() {
		t.do(SignalHold{Leg: c.no, On: now})
	}
}

// remoteHold: the far side plays its own music; we only change what we send,
// which its leg has done in its SDP answer.
func remoteHold(t *turn, in RemoteHold) error {
	g := t.s.segment()
	if in.Leg != stamp.CustomerLeg || g.holdRemote == in.On {
		return nil
	}
	t.hold(g, stamp.Customer, in.On)
	return nil
}

// remoteHoldEarly: nobody takes part yet whom it could concern. The hold is
// kept: the talk that follows begins as held.
func remoteHoldEarly(t *turn, in RemoteHold) error {
	switch {
	case in.Leg != stamp.CustomerLeg || t.s.customer().holds == in.On:
	case in.On:
		t.say(stamp.Customer, stamp.HoldStarted{By: stamp.Customer})
	default:
		t.say(stamp.Customer, stamp.HoldEnded{By: stamp.Customer})
	}
	return nil
}

// hold stamps one side's hold. Only a talk changes its phase by it: a call
// that is connecting or alone takes it up when sound is back.
func (t *turn) hold(g *segment, by stamp.Actor, on bool) {
	after := *g
	after.hold(by, on)
	phase := ""
	if (talking | held).is(t.s.phase) && after.speaking() != t.s.phase {
		phase = after.speaking()
	}
	if on {
		t.begin(phase, by, stamp.HoldStarted{Segment: g.no, By: by})
	} else {
		t.begin(phase, by, stamp.HoldEnded{Segment: g.no, By: by})
	}
}

func agentMute(t *turn, in AgentMute) error {
	g := t.s.part(in.Agent)
	if g == nil {
		return t.refuse(in, "another agent has the call")
	}
	switch {
	case g.muted == in.On:
	case in.On:
		t.say(stamp.Agent, stamp.MuteStarted{Segment: g.no})
	default:
		t.say(stamp.Agent, stamp.MuteEnded{Segment: g.no})
	}
	return nil
}
