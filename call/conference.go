package call

import "github.com/callstamp/callstamp/kpi/stamp"

// A conference: the customer, the agent and who was consulted hear each other.

func conference(t *turn, in Conference) error {
	switch a := &t.s.ask; {
	case t.s.segment().seat.Agent != in.Agent:
		return t.refuse(in, "another agent has the call")
	case !a.answered:
		return t.refuse(in, "nobody has answered yet")
	}
	a := t.s.ask
	t.say(stamp.Agent, stamp.ConsultEnded{Ask: a.no, End: stamp.AskConferenced})
	f := stamp.ConferenceJoined{Leg: a.leg}
	if g := t.s.second(); g != nil {
		f = stamp.ConferenceJoined{Leg: g.leg, Segment: g.no, Agent: g.seat.Agent}
	}
	t.begin(stamp.PhaseConferencing, stamp.Agent, f)
	t.mix()
	return nil
}

// hangupConference: an agent leaves; the other party goes on with the customer.
func hangupConference(t *turn, in AgentHangup) error {
	g := t.s.part(in.Agent)
	if g == nil {
		return hangupAgain(t, in)
	}
	t.leaveConference(g, stamp.Agent)
	return nil
}

// leaveConference takes an agent out. The first one's customer goes over to who
// stays, as after a consultation.
func (t *turn) leaveConference(g *segment, by stamp.Actor) {
	left := stamp.ConferenceLeft{Leg: g.leg, Segment: g.no, Agent: g.seat.Agent}
	if g != t.s.segment() {
		t.say(by, left)
		t.endPart(g, t.s.standing(t.s.segment()), by)
		t.mix()
		return
	}
	third := t.s.leg(t.s.third)
	w := wants{t.s.asks + 1, stamp.Target{To: string(ToAgent), Name: string(third.agent)}, third.no, Dial{}}
	if third.line {
		w.target = stamp.Target{To: string(ToNumber), Party: third.party, Trunk: third.trunk}
	}
	t.started(stamp.Attended, w, g.no, by)
	t.say(by, left)
	t.leave(g.no, "", by)
	next, into := stamp.PhaseOutside, stamp.SegmentNo(0)
	if other := t.s.segment(); other != nil {
		next, into = t.s.standing(other), other.no
	}
	t.completed(into, third.no, next)
	t.mix()
}

// thirdGone: the outside party has hung up, or is let go.
func (t *turn) thirdGone(no stamp.LegNo, by stamp.Actor) {
	if t.s.phase == stamp.PhaseConferencing {
		t.begin(t.s.standing(t.s.segment()), by, stamp.ConferenceLeft{Leg: no})
		t.mix()
		return
	}
	t.letGo(by, 0)
}
