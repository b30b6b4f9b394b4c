package postgres_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// routed is acme with everything that says who takes which call.
func routed() postgres.Seed {
	s := acme()
	r := postgres.DefaultRouting("support")
	r.Strategy, r.HeadStartUS, r.Ring, r.LastAgentUS, r.BlendMinLevel, r.WrapCode = "ring_all", 5e6, 3, 20e6, 80, "resolved"
	s.Skills = []postgres.Skill{{ID: "en", Name: "English"}, {ID: "vi", Name: "Vietnamese"}}
	s.AgentSkills = map[stamp.AgentID][]stamp.Skill{"an": {{Skill: "en", Level: 4}, {Skill: "vi", Level: 9}}}
	s.Routing = []postgres.QueueRouting{r}
	s.Needs = []postgres.QueueNeed{{Queue: "support", Skill: "vi", AfterUS: []int64{0, 30e6}, Level: []int32{8, 0}}}
	s.AuxReasons = []postgres.AuxReason{{Code: "lunch", NameVI: "Nghỉ trưa", NameZH: "午餐", NameEN: "Lunch", LimitUS: 3600e6, Active: true}}
	return s
}

func TestRoutingIsReadBack(t *testing.T) {
	t.Parallel()
	store, ctx, want := fresh(t), t.Context(), routed()
	ok(t, store.Seed(ctx, "seed", want))
	ok(t, store.Seed(ctx, "seed", want))
	same := func(what string, got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	same("skills", must(store.Skills(ctx))(t), want.Skills)
	same("agent skills", must(store.AgentSkills(ctx))(t), []postgres.AgentSkill{{"an", "en", 4}, {"an", "vi", 9}})
	same("routing", must(store.QueueRoutings(ctx))(t), want.Routing)
	same("needs", must(store.QueueNeeds(ctx))(t), want.Needs)
	same("reasons", must(store.AuxReasons(ctx))(t), want.AuxReasons)
	same("members", must(store.QueueMembers(ctx))(t), []postgres.QueueMember{{"support", "an", 0, 1}})
}

// What is taken away is gone from wherever it counted, and the history tells.
func TestRoutingIsTakenAway(t *testing.T) {
	t.Parallel()
	store, ctx := fresh(t), t.Context()
	ok(t, store.Seed(ctx, "seed", routed()))
	ok(t, store.SetAgentSkills(ctx, "bo", "an", []stamp.Skill{{Skill: "vi", Level: 2}}))
	equal(t, "skills of an", len(must(store.AgentSkills(ctx))(t)), 1)
	ok(t, store.DeleteSkill(ctx, "bo", "vi"))
	equal(t, "skills of an", len(must(store.AgentSkills(ctx))(t)), 0)
	equal(t, "needs", len(must(store.QueueNeeds(ctx))(t)), 0)
	if err := store.DeleteSkill(ctx, "bo", "vi"); !errors.Is(err, postgres.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	ok(t, store.SetQueueMembers(ctx, "bo", "support", nil))
	equal(t, "members", len(must(store.QueueMembers(ctx))(t)), 0)
	ok(t, store.SetQueueMembers(ctx, "bo", "support", []postgres.QueueMember{{Agent: "an", Position: 2, Weight: 7}}))
	equal(t, "members", must(store.QueueMembers(ctx))(t)[0], postgres.QueueMember{Queue: "support", Agent: "an", Position: 2, Weight: 7})
	changes := must(store.History(ctx, "agent_skills", "an/vi", 10))(t)
	if len(changes) != 3 || changes[2].Actor != "seed" || changes[1].Actor != "bo" || changes[0].New != nil {
		t.Errorf("history of a skill: %+v", changes)
	}
}

// Numbers of customers are told to whoever listens, and stand in no history.
func TestCallers(t *testing.T) {
	t.Parallel()
	store, ctx := fresh(t), t.Context()
	ok(t, store.Seed(ctx, "seed", routed()))
	an := stamp.AgentID("an")
	ok(t, store.PutCaller(ctx, "bo", postgres.Caller{Number: "+84900000009", VIP: true, Agent: &an}))
	callers := must(store.Callers(ctx))(t)
	if len(callers) != 1 || !callers[0].VIP || *callers[0].Agent != "an" {
		t.Errorf("callers: %+v", callers)
	}
	equal(t, "history", len(must(store.History(ctx, "callers", "", 10))(t)), 0)
	ok(t, store.DeleteCaller(ctx, "bo", "+84900000009"))
	if err := store.DeleteCaller(ctx, "bo", "+84900000009"); !errors.Is(err, postgres.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
}

// Of all who spoke with a number it is the last one; who has been erased is
// nobody's.
func TestLastAgents(t *testing.T) {
	t.Parallel()
	store := booked(t, busyDay(33, false))
	sql(t, store.DSN(), fmt.Sprintf(`UPDATE records.calls SET party = 'p1';
		INSERT INTO parties (organisation_id, id, number) VALUES ('%s', 'p1', '+84900000001'), ('%[1]s', 'p2', '')`, org))
	want := query[string](t, store.DSN(), `SELECT agent FROM records.segments WHERE connected_at <> 0 ORDER BY connected_at DESC LIMIT 1`)
	got := must(store.LastAgents(t.Context(), time.UnixMicro(0), 10))(t)
	if len(got) != 1 || got[0].Number != "+84900000001" || string(got[0].Agent) != want[0] {
		t.Errorf("last agents %+v, want %v", got, want)
	}
	if late := must(store.LastAgents(t.Context(), time.Now().AddDate(10, 0, 0), 10))(t); len(late) != 0 {
		t.Errorf("of the future: %+v", late)
	}
	sql(t, store.DSN(), `UPDATE parties SET number = ''`)
	if gone := must(store.LastAgents(t.Context(), time.UnixMicro(0), 10))(t); len(gone) != 0 {
		t.Errorf("erased: %+v", gone)
	}
}
