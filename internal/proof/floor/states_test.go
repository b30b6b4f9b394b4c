package floor_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// TestFloorStates: a supervisor is refused while an agent talks, unless it may
// wait; the stamp says who asked for it and when. Wrap-up has its longest
// length, at which the missing result is set and the agent is paused. A call is
// taken from a desk that does not answer and moved to another queue.
func TestFloorStates(t *testing.T) {
	h := rig.Open(t, rig.Options{Desks: 1, Agents: 1, Uncaptured: true})
	c, b := seatCrew(t, h, "d01", "a01"), manager(t, h)
	b.does("PUT", "/api/aux-reasons/coaching", wire.AuxReason{
		Names: map[string]string{"en": "Coaching", "vi": "Huấn luyện", "zh-Hant": "輔導"}, LimitUS: 600e6, Position: 9,
	})
	b.routing(func(q *wire.QueueRouting) {
		q.Wrap = wire.WrapRule{TransferredUS: -1, MostUS: 1e6, Code: "other"}
	})
	const talked, moved = "+84900000031", "+84900000032"
	c.does(func(string, wire.Ring) robot.Plan {
		return robot.Plan{React: 100 * time.Millisecond, Talk: 2 * time.Second, Wrap: time.Minute} // longer than it may be
	})
	k := c.calls(talked)
	rig.Eventually(t, "they talk", func() bool { return len(c.who("connected", talked)) > 0 }, nil)
	forced := wire.Forced{State: "paused", Reason: "coaching"}
	if code := b.Do("POST", "/api/agents/d01/state", forced, nil); code != 409 {
		t.Errorf("a pause in a call: %d, want 409", code)
	}
	forced.After = true
	b.does("POST", "/api/agents/d01/state", forced)
	k.ends(t)
	pause := func(aux string) (f stamp.AgentStateChanged) {
		rig.Eventually(t, "d01 is paused for "+aux, func() bool {
			for _, s := range rig.Payloads[stamp.AgentStateChanged](h.SQL, "agent.state_changed") {
				if s.To == "paused" && s.Aux == aux {
					f = s
				}
			}
			return f.To != ""
		}, nil)
		return f
	}
	if f := pause("coaching"); f.By != "boss" || f.RequestedAt == 0 || f.LimitUS != 600e6 || !f.Unpaid || f.From != "wrap" {
		t.Errorf("forced after the call: %+v", f)
	}
	if set := rig.Payloads[stamp.DispositionSet](h.SQL, "disposition.set"); len(set) != 1 || set[0].Code != "other" {
		t.Errorf("results %+v, want the queue's own for the missing one", set)
	}
	b.does("POST", "/api/agents/d01/state", wire.Forced{State: "ready"})
	if who := c.servedWith("+84900000033"); who != "d01" {
		t.Errorf("%s had the call", who)
	}
	pause(stamp.AuxAfterCall)

	b.does("POST", "/api/agents/d01/state", wire.Forced{State: "ready"})
	c.does(func(who string, r wire.Ring) robot.Plan {
		if who == "d01" {
			return robot.Plan{LetRing: true}
		}
		return brief(who, r)
	})
	c.calls(moved)
	rig.Eventually(t, "it rings at d01", func() bool { return len(c.who("ringing", moved)) > 0 }, nil)
	b.does("POST", "/api/calls/"+c.call(moved)+"/requeue", wire.Requeue{Queue: "service"})
	rig.Eventually(t, "a01 has it", func() bool { return len(c.who("connected", moved)) > 0 }, nil)
	if m := rig.Payloads[stamp.QueueMoved](h.SQL, "queue.moved"); len(m) != 1 || m[0].By != "boss" || m[0].From != "desks" || m[0].To != "service" {
		t.Errorf("moved %+v", m)
	}
	b.does("POST", "/api/agents/d01/state", wire.Forced{State: "offline"})
	rig.Eventually(t, "d01 is logged out by the boss", func() bool {
		out := rig.Payloads[stamp.AgentLogout](h.SQL, "agent.logout")
		return len(out) == 1 && out[0].Agent == "d01" && out[0].By == "supervisor" && out[0].Who == "boss"
	}, nil)
}
