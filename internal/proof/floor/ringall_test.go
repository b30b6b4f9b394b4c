package floor_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// TestFloorRingAll: all desks ring, the first who accepts has the call, the others
// have missed nothing: they ring for the next call at once. Only who lets it
// ring to the end has.
func TestFloorRingAll(t *testing.T) {
	h := rig.Open(t, rig.Options{Desks: 3, Uncaptured: true})
	c, b := seatCrew(t, h, "d01", "d02", "d03"), manager(t, h)
	b.routing(func(q *wire.QueueRouting) { q.Strategy = "ring_all" })
	quick := func(login string) func(string, wire.Ring) robot.Plan {
		return func(who string, r wire.Ring) robot.Plan {
			if who != login {
				return robot.Plan{LetRing: true}
			}
			p := brief(who, r)
			p.React = time.Second // all ring by then
			return p
		}
	}
	const first, second, third = "+84900000021", "+84900000022", "+84900000023"
	c.does(quick("d02"))
	if who := c.served(first); who != "d02" {
		t.Errorf("%s has the call, d02 accepted", who)
	}
	c.rings(first, "d01", "d02", "d03")
	c.does(quick("d01"))
	if who := c.served(second); who != "d01" {
		t.Errorf("%s has the call, d01 accepted", who)
	}
	c.rings(second, "d01", "d02", "d03")

	ends := map[stamp.OfferEnd]int{}
	for _, o := range rig.Payloads[stamp.OfferEnded](h.SQL, "offer.ended") {
		ends[o.End]++
	}
	if ends[stamp.OfferElsewhere] != 4 || len(ends) != 1 {
		t.Errorf("offers ended %v, want 4 answered elsewhere", ends)
	}
	if n := len(rig.Payloads[stamp.OfferAccepted](h.SQL, "offer.accepted")); n != 2 {
		t.Errorf("%d offers accepted of two calls", n)
	}

	b.routing(func(q *wire.QueueRouting) { q.Ring = 2 })
	k := c.calls(third)
	rig.Eventually(t, "two of three ring", func() bool { return len(c.who("ringing", third)) == 2 }, nil)
	rig.Pass(time.Second)
	if rung := c.who("ringing", third); len(rung) != 2 {
		t.Errorf("%v ring, two may", rung)
	}
	k.leave()
	k.ends(t)
}
