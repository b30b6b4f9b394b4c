package floor_test

import (
	"slices"
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// TestFloorOfferEnds: a desk whose sound fails has missed nothing, and the call
// goes on at once; the agent is unreachable with the reason until the page has
// its microphone again. Who declines rests, and that is theirs.
func TestFloorOfferEnds(t *testing.T) {
	h := rig.Open(t, rig.Options{Desks: 2, Uncaptured: true})
	c, b := seatCrew(t, h, "d01", "d02"), manager(t, h)
	b.routing(func(q *wire.QueueRouting) {
		q.Strategy = "top_down"
		q.Team = []wire.QueueMember{{Agent: "d01", Position: 1, Weight: 1}, {Agent: "d02", Position: 2, Weight: 1}}
	})
	first := func(plan robot.Plan) {
		c.does(func(who string, r wire.Ring) robot.Plan {
			if who == "d01" {
				return plan
			}
			return brief(who, r)
		})
	}
	states := func(to, aux string) (n int) {
		for _, s := range rig.Payloads[stamp.AgentStateChanged](h.SQL, "agent.state_changed") {
			if s.Agent == "d01" && s.To == to && s.Aux == aux {
				n++
			}
		}
		return n
	}
	const silent, declined, broken = "+84900000061", "+84900000062", "+84900000063"
	first(robot.Plan{Fail: "no_microphone", React: 50 * time.Millisecond})
	if who := c.served(silent); who != "d02" {
		t.Errorf("%s has the call, d01 has no microphone", who)
	}
	rig.Eventually(t, "d01 was unreachable and is ready again", func() bool {
		return states(stamp.StateUnreachable, "no_microphone") == 1 && states(stamp.StateReady, "") == 2
	}, nil)
	first(robot.Plan{Decline: true, React: 50 * time.Millisecond})
	if who := c.served(declined); who != "d02" {
		t.Errorf("%s has the call, d01 declined it", who)
	}
	rig.Pass(5 * time.Second) // d01 rests
	first(robot.Plan{Fail: "ice_failed", React: 50 * time.Millisecond})
	if who := c.served(broken); who != "d02" {
		t.Errorf("%s has the call, d01 has no sound", who)
	}
	rig.Eventually(t, "d01 is unreachable", func() bool { return states(stamp.StateUnreachable, "ice_failed") == 1 }, nil)

	var ends []stamp.OfferEnd
	for _, o := range rig.Payloads[stamp.OfferEnded](h.SQL, "offer.ended") {
		ends = append(ends, o.End)
	}
	if want := []stamp.OfferEnd{stamp.OfferNoMicrophone, stamp.OfferDeclined, stamp.OfferICEFailed}; !slices.Equal(ends, want) {
		t.Errorf("offers ended %v, want %v", ends, want)
	}
}
