package floor_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// TestFloorRouting: a manager changes the strategy while agents are logged in,
// the next call follows it, and the stamp of its offer says why; a VIP goes
// before who came earlier, by the stamped head start.
func TestFloorRouting(t *testing.T) {
	h := rig.Open(t, rig.Options{Desks: 3, Uncaptured: true})
	c, b := seatCrew(t, h, "d01", "d02", "d03"), manager(t, h)
	b.routing(func(q *wire.QueueRouting) {
		q.Strategy, q.VIPUS = "top_down", 60e6
		q.Team = []wire.QueueMember{{Agent: "d03", Position: 1, Weight: 1}, {Agent: "d01", Position: 2, Weight: 1}, {Agent: "d02", Position: 3, Weight: 1}}
	})
	for _, number := range []string{"+84900000001", "+84900000002"} {
		if who := c.served(number); who != "d03" {
			t.Errorf("%s rings first, the order begins with d03", who)
		}
	}
	b.routing(func(q *wire.QueueRouting) { q.Strategy = "fewest_calls" })
	first, second := c.served("+84900000003"), c.served("+84900000004")
	if first == second || first == "d03" || second == "d03" {
		t.Errorf("%s and %s had the next calls; d03 has had two, the others none", first, second)
	}

	for _, login := range []string{"d01", "d02", "d03"} {
		b.does("POST", "/api/agents/"+login+"/state", wire.Forced{State: "paused", Reason: "training"})
	}
	b.does("PUT", "/api/callers/+84900000006", wire.Caller{VIP: true})
	plain := c.calls("+84900000005")
	rig.Eventually(t, "the first call waits", func() bool { return len(rig.Payloads[stamp.QueueEntered](h.SQL, "queue.entered")) == 5 }, nil)
	vip := c.calls("+84900000006")
	rig.Eventually(t, "both calls wait", func() bool { return len(rig.Payloads[stamp.QueueEntered](h.SQL, "queue.entered")) == 6 }, nil)
	b.does("POST", "/api/agents/d01/state", wire.Forced{State: "ready"})
	vip.ends(t)
	plain.ends(t)
	if v, p := c.when("ringing", vip.number), c.when("ringing", plain.number); !v.Before(p) {
		t.Errorf("the VIP rings at %s, who came before at %s", v, p)
	}
	if e := rig.Payloads[stamp.QueueEntered](h.SQL, "queue.entered"); e[4].VIP || !e[5].VIP {
		t.Errorf("entries %+v", e[4:])
	}
	whys := map[string]int{}
	for _, o := range rig.Payloads[stamp.OfferCreated](h.SQL, "offer.created") {
		whys[o.Why]++
	}
	if whys["top_down"] != 2 || whys["fewest_calls"] != 4 || len(whys) != 2 {
		t.Errorf("offers say %v", whys)
	}
	h.Settle(time.Minute)
	if _, err := h.Balanced(); err != nil {
		t.Error(err)
	}
}
