package call

import "github.com/callstamp/callstamp/kpi/stamp"

// The agent's leg is a browser, which reloads and changes networks. The
// customer's leg is ours and stays; the gap is a phase of its own.

func seatLost(t *turn, in SeatLost) error {
	g := t.s.segment()
	if g.seat.Agent != in.Agent {
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
	t.bridge(g)
	return nil
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
