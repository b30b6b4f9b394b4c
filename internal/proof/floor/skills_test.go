package floor_test

import (
	"slices"
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// TestFloorSkills: a call that asks for a skill waits for who has it, for less of
// it after a while; what agents are able to do and where they serve changes at
// once, for those who are logged in, with stamps.
func TestFloorSkills(t *testing.T) {
	h := rig.Open(t, rig.Options{Desks: 2, Uncaptured: true})
	c, b := seatCrew(t, h, "d01", "d02"), manager(t, h)
	b.does("PUT", "/api/skills/vi", wire.Skill{Name: "Vietnamese"})
	const relaxes = 2 * time.Second
	b.routing(func(q *wire.QueueRouting) {
		q.Needs = []wire.Need{{Skill: "vi", Steps: []wire.NeedStep{{Level: 8}, {AfterUS: relaxes.Microseconds(), Level: 5}}}}
	})
	b.does("PUT", "/api/agents/d01/skills", []wire.Able{{Skill: "vi", Level: 5}})
	inForce(t, h, "agent.skill_changed", 1) // and what was changed before it
	const first, second, third = "+84900000011", "+84900000012", "+84900000013"
	if who := c.served(first); who != "d01" {
		t.Errorf("%s has the call that asks for Vietnamese", who)
	}
	entered, offered := entryOf(t, h, 0), offerOf(t, h, 0)
	if waited := offered.Sub(entered); waited < relaxes || waited > relaxes+time.Second {
		t.Errorf("it rang after %s, the need relaxes after %s", waited, relaxes)
	}

	b.does("PUT", "/api/agents/d02/skills", []wire.Able{{Skill: "vi", Level: 9}})
	inForce(t, h, "agent.skill_changed", 2)
	if who := c.served(second); who != "d02" {
		t.Errorf("%s has the call, d02 has had the skill since", who)
	}
	if waited := offerOf(t, h, 1).Sub(entryOf(t, h, 1)); waited > time.Second {
		t.Errorf("the second call rang after %s", waited)
	}

	b.routing(func(q *wire.QueueRouting) {
		q.Needs = nil
		q.Team = slices.DeleteFunc(q.Team, func(m wire.QueueMember) bool { return m.Agent == "d02" })
	})
	inForce(t, h, "agent.queue_left", 1)
	if who := c.served(third); who != "d01" {
		t.Errorf("%s has the call, d02 left the queue", who)
	}
	if left := rig.Payloads[stamp.AgentQueueLeft](h.SQL, "agent.queue_left"); left[0].Agent != "d02" || left[0].Queue != "desks" {
		t.Errorf("left %+v", left)
	}
	changed := rig.Payloads[stamp.AgentSkillChanged](h.SQL, "agent.skill_changed")
	want := []stamp.AgentSkillChanged{{Agent: "d01", Skill: "vi", Level: 5}, {Agent: "d02", Skill: "vi", Level: 9}}
	if !slices.Equal(changed, want) {
		t.Errorf("skills changed %+v", changed)
	}
}

// inForce waits until the node has stamped a change of configuration for the
// n-th time: what is stored holds a moment later.
func inForce(t *testing.T, h *rig.House, kind string, n int) {
	t.Helper()
	rig.Eventually(t, kind+" is stamped", func() bool { return len(rig.Payloads[struct{}](h.SQL, kind)) >= n }, nil)
}

// entryOf and offerOf are when the n-th call entered its queue and first rang.
func entryOf(t *testing.T, h *rig.House, n int) time.Time { return instantOf(t, h, "queue.entered", n) }
func offerOf(t *testing.T, h *rig.House, n int) time.Time { return instantOf(t, h, "offer.created", n) }

func instantOf(t *testing.T, h *rig.House, kind string, n int) time.Time {
	t.Helper()
	rig.Eventually(t, "a stamp "+kind, func() bool { return len(rig.Payloads[struct{}](h.SQL, kind)) > n }, nil)
	return h.SQL.Rows(`SELECT at FROM stamps WHERE kind = $1 ORDER BY node, seq`, kind)[n]["at"].(time.Time)
}
