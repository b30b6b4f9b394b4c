package floor_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// TestFloorBlend: a seller who serves customers too is not taken for the campaign
// while a customer waits longer than the queue allows, though the seller is free;
// when nobody waits any more the campaign dials.
func TestFloorBlend(t *testing.T) {
	h := rig.Open(t, rig.Options{Sellers: 1, Desks: 1, Uncaptured: true})
	b, c := manager(t, h), &crew{t: t, h: h, plan: brief}
	b.does("PUT", "/api/skills/vi", wire.Skill{Name: "Vietnamese"}) // which nobody has: the customer waits and the seller is free
	b.routing(func(q *wire.QueueRouting) {
		q.Team = []wire.QueueMember{{Agent: "s01", Weight: 1}}
		q.Needs = []wire.Need{{Skill: "vi", Steps: []wire.NeedStep{{Level: 1}}}}
		q.Blend = wire.Blend{MaxWaitUS: 300_000}
	})
	h.Seat()
	k := c.calls("+84900000051")
	rig.Eventually(t, "the customer waits", func() bool { return len(rig.Payloads[stamp.QueueEntered](h.SQL, "queue.entered")) == 1 }, nil)
	rig.Pass(500 * time.Millisecond)
	h.Sell(phonenet.Script{Number: "+84910000051", Ring: 200 * time.Millisecond, Voice: robot.NewMurmur(7, 180)},
		robot.Plan{Talk: time.Second, Wrap: 100 * time.Millisecond})
	rig.Pass(3 * time.Second)
	dialed := func() int { return len(rig.Payloads[stamp.DialAttemptStarted](h.SQL, "dial.attempt_started")) }
	if n := dialed(); n != 0 {
		t.Errorf("%d lines were dialed while a customer waited", n)
	}
	k.leave()
	k.ends(t)
	rig.Eventually(t, "the campaign dials", func() bool { return dialed() == 1 }, nil)
	h.Settle(time.Minute)
}
