package call

import "github.com/callstamp/callstamp/kpi/stamp"

// The outside party's leg: a line that was opened for an ask. What the network
// says of it comes under the same names as of the customer's.

func partySent(t *turn, in LegSent) error {
	l := t.s.leg(in.Leg)
	if l == nil || l.gone() {
		return nil
	}
	t.say(stamp.System, stamp.LegInviteSent{Leg: in.Leg, Trunk: l.trunk})
	if a := &t.s.ask; a.leg == in.Leg && a.kind == stamp.Blind && !a.left {
		t.leave(a.segment, stamp.PhaseOutside, stamp.Agent)
		t.do(Music{Leg: stamp.CustomerLeg, Name: t.plan.Music})
	}
	return nil
}

func partyRang(t *turn, in LegRang) error {
	if l := t.s.leg(in.Leg); l != nil && l.line && !l.gone() {
		t.say(stamp.Network, stamp.LegRinging(in))
	}
	return nil
}

// partyAnswered: the outside party is there. An answer that crossed our CANCEL
// is released as an answered leg.
func partyAnswered(t *turn, in LegAnswered) error {
	l := t.s.leg(in.Leg)
	if l == nil || !l.line || l.answered {
		return nil
	}
	if l.gone() {
		t.do(Release{Leg: in.Leg})
		return nil
	}
	a, role := &t.s.ask, RoleConsulted
	if a.kind == stamp.Blind {
		role = RoleOutside
	}
	t.say(stamp.Outside, stamp.LegAnswered{Leg: in.Leg, Role: role, Codec: in.Codec})
	if a.kind == stamp.Blind {
		t.completed(0, in.Leg, "")
		t.mix()
		return nil
	}
	t.consultAnswered(in.Leg, nil)
	return nil
}

func partyRejected(t *turn, in LegRejected) error {
	l := t.s.leg(in.Leg)
	if l == nil || !l.line || l.gone() {
		return nil
	}
	t.say(stamp.Network, stamp.LegRejected(in))
	if t.s.ask.leg == in.Leg {
		t.askFailed(askEndOfSIP(in.Code), stamp.Outside)
	}
	return nil
}

// askEndOfSIP reads the final response of an outside party.
func askEndOfSIP(code int) stamp.AskEnd {
	switch outcomeOfSIP(code) {
	case Busy:
		return stamp.AskBusy
	case NoAnswer:
		return stamp.AskTimedOut
	case Invalid:
		return stamp.AskUnknown
	case Rejected:
		return stamp.AskDeclined
	}
	return stamp.AskFailed
}

// partyGone: the outside party's dialog is over, by their BYE or the network's
// fault. After our own release it says nothing new.
func partyGone(t *turn, in LegGone) error {
	l := t.s.leg(in.Leg)
	if l == nil || !l.line || l.gone() {
		return nil
	}
	by := in.By
	if by == stamp.Customer {
		by = stamp.Outside
	}
	from := len(t.stamps)
	t.say(by, stamp.LegEnded{Leg: in.Leg, By: by})
	t.because(from, in.Cause)
	switch a := &t.s.ask; {
	case a.leg == in.Leg && a.answered:
		t.askFailed(stamp.AskHungUp, by)
	case a.leg == in.Leg:
		t.askFailed(stamp.AskFailed, by)
	case t.s.third == in.Leg:
		t.thirdGone(in.Leg, by)
	}
	return nil
}

// drop ends an outside party's leg by what fits its state.
func (t *turn) drop(no stamp.LegNo, by stamp.Actor) {
	l := t.s.leg(no)
	switch {
	case l.gone():
		return
	case l.answered:
		t.say(by, stamp.LegEnded{Leg: no, By: by})
		t.do(Part{Leg: no})
	default:
		t.say(by, stamp.LegCancelled{Leg: no, By: by})
	}
	t.do(Release{Leg: no})
}

// dropThird ends the leg of a conference's or a transfer's outside party.
func (t *turn) dropThird(by stamp.Actor) {
	l := t.s.leg(t.s.third)
	if l == nil {
		return
	}
	if t.s.phase == stamp.PhaseConferencing {
		t.say(by, stamp.ConferenceLeft{Leg: l.no, Agent: l.agent, Segment: t.s.segmentOfLeg(l.no)})
	}
	if l.line {
		t.drop(l.no, by)
	}
}

// segmentOfLeg is the part whose leg it is, 0 for a line.
func (s *state) segmentOfLeg(no stamp.LegNo) stamp.SegmentNo {
	for i := range s.segments {
		if s.segments[i].leg == no {
			return s.segments[i].no
		}
	}
	return 0
}
