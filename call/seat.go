package call

import "github.com/callstamp/callstamp/kpi/stamp"

// The agent's leg is a browser, which reloads and changes networks. The
// customer's leg is ours and stays; the gap is a phase of its own.

func seatLost(t *turn, in SeatLost) error {
	g := t.s.segment()
	if g.seat.Agent != in.Agent {
		return nil
	}
	if !t.s.leg(g.leg).lost.IsZero() {
		return nil
	}
	if t.s.direction == stamp.Out && g.connected.IsZero() {
		t.abandonLine()
		return nil
	}
	t.begin(stamp.PhaseAlone, stamp.Network, stamp.LegLost{Leg: g.leg})
	t.do(Music{Leg: stamp.CustomerLeg, Name: t.plan.Music})
	return nil
}

// seatBack: bridge again; the agent is back when heard. While the agent holds
// the customer nothing may be bridged, so there the connection is enough.
func seatBack(t *turn, in SeatBack) error {
	g := t.s.segment()
	if g.seat.Agent != in.Agent {
		return nil
	}
	if g.holdAgent {
		t.back(g)
		return nil
	}
	t.do(together(t.s.customer(), t.s.leg(g.leg)))
	return nil
}

// seatLostShared: one of several agents is lost. The others go on, and what the
// customer hears stays as it is.
func seatLostShared(t *turn, in SeatLost) error {
	if g := t.s.part(in.Agent); g != nil && t.s.leg(g.leg).lost.IsZero() {
		t.say(stamp.Network, stamp.LegLost{Leg: g.leg})
	}
	return nil
}

// seatBackShared: the connection is enough.
func seatBackShared(t *turn, in SeatBack) error {
	g := t.s.part(in.Agent)
	if g == nil || t.s.leg(g.leg).lost.IsZero() {
		return nil
	}
	t.say(stamp.Agent, stamp.LegBack{Leg: g.leg, GapUS: t.now().Sub(t.s.leg(g.leg).lost)})
	t.mix()
	return nil
}

// lostDue is when the first of several agents has been lost for too long.
func (s *state) lostDue(p *Plan) stamp.Instant {
	var first stamp.Instant
	for i := range s.segments {
		lost := s.leg(s.segments[i].leg).lost
		if s.segments[i].ended || lost.IsZero() {
			continue
		}
		if first.IsZero() || lost.Before(first) {
			first = lost
		}
	}
	if first.IsZero() {
		return first
	}
	return first.Add(p.GraceUS)
}

// lostOver: an agent of several does not come back. Who is consulted gets the
// customer of one who consulted; without an answer the customer is alone.
func lostOver(t *turn) {
	for i := range t.s.segments {
		g := &t.s.segments[i]
		lost := t.s.leg(g.leg).lost
		if g.ended || lost.IsZero() || t.now().Before(lost.Add(t.plan.GraceUS)) {
			continue
		}
		switch {
		case t.s.phase == stamp.PhaseConferencing:
			t.leaveConference(g, stamp.System)
		case g == t.s.segment() && t.s.ask.answered:
			t.complete(stamp.System)
		default:
			t.endConsult(stamp.AskLost, stamp.System)
		}
		return
	}
}

// back returns to the phase that the gap broke into.
func (t *turn) back(g *segment) {
	phase := stamp.PhaseConnecting
	if !g.connected.IsZero() {
		phase = g.speaking()
	}
	t.begin(phase, stamp.Agent, stamp.LegBack{Leg: g.leg, GapUS: t.now().Sub(t.s.leg(g.leg).lost)})
	t.connectIfHeard()
}

// graceOver: the agent does not come back. A customer who called goes to the
// queue again, on the old place; one whom we called is let go.
func graceOver(t *turn) {
	t.closeAsk(stamp.System)
	if t.s.direction == stamp.Out {
		t.endSegment("", stamp.System)
		t.letGo(stamp.System, 0)
		return
	}
	if t.s.entry() == nil {
		t.endSegment("", stamp.System)
		t.enter()
		return
	}
	t.endSegment(stamp.PhaseWaiting, stamp.System) // never connected: still the same stay
	t.enqueue()
}
