package check

import (
	"fmt"
	"testing"
)

// A call from 12:00 to 12:00:40 by the right clock, set an hour back after ten
// seconds and right again after thirty: records and stamps become those of a
// call that nothing happened to.
func TestStraighten(t *testing.T) {
	const s, noon, hour = int64(1_000_000), int64(1_800_000_000_000_000), int64(3_600_000_000)
	at := func(mono int64) int64 { // what the wall shows
		if mono >= 10*s && mono < 30*s {
			return noon + mono - hour
		}
		return noon + mono
	}
	tell := func(kind, of, id string, mono, step int64) *fact {
		a := &fact{Node: "n", Boot: 1, Mono: mono, At: at(mono), Kind: kind}
		a.Subject.Kind, a.Subject.ID, a.Data.StepUS = of, id, step
		return a
	}
	facts := []*fact{
		tell("call.created", "call", "c", 0, 0), tell("agent.login", "agent", "a", 5*s, 0), tell("clock.step", "node", "n.1", 10*s, -hour),
		tell("segment.connected", "call", "c", 20*s, 0), tell("clock.step", "node", "n.1", 30*s, hour), tell("call.released", "call", "c", 40*s, 0),
	}
	old := func(mono int64) int64 { return noon + mono }
	span := func(phase string, from, to int64, step bool) any {
		return map[string]any{"phase": phase, "from": float64(from), "to": float64(to), "step": step}
	}
	db := &store{rows: map[string][]row{
		"records.calls": {{"call": "c", "arrived_at": at(0), "connected_at": at(20 * s), "released_at": at(40 * s), "closed_at": int64(0), "spans": []any{
			span("waiting", at(0), old(10*s), false), span("waiting", at(10*s), at(20*s), true),
			span("talking", at(20*s), old(30*s)-hour, false), span("talking", at(30*s), at(40*s), true),
		}}},
		"records.agent_sessions": {{"session": "a", "login_at": at(5 * s), "states": int64(3)}},
		"records.agent_intervals": {
			{"session": "a", "n": int64(2), "state": "ready", "from": at(10 * s), "to": old(30*s) - hour, "step": true, "closed": true},
			{"session": "a", "n": int64(1), "state": "ready", "from": at(5 * s), "to": old(10 * s), "closed": true},
			{"session": "a", "n": int64(3), "state": "ready", "from": at(30 * s), "to": int64(0), "step": true, "closed": false},
		},
	}}
	if n := straighten(facts, db); n != 2 {
		t.Errorf("%d steps", n)
	}
	for _, a := range facts {
		if a.At != noon+a.Mono {
			t.Errorf("%s at %d, %d µs after noon", a.Kind, a.At, a.At-noon)
		}
	}
	c := db.rows["records.calls"][0]
	if c.int("arrived_at") != noon || c.int("connected_at") != noon+20*s || c.int("released_at") != noon+40*s || c.int("closed_at") != 0 {
		t.Errorf("the call is %v", c)
	}
	if got, want := spanText(c.list("spans")), fmt.Sprintf("waiting %d-%d 0//; talking %d-%d 0//; ", noon, noon+20*s, noon+20*s, noon+40*s); got != want {
		t.Errorf("spans %s, want %s", got, want)
	}
	chain := db.rows["records.agent_intervals"]
	if len(chain) != 1 || chain[0].int("from") != noon+5*s || chain[0].int("to") != 0 || chain[0].int("n") != 1 || db.rows["records.agent_sessions"][0].int("states") != 1 {
		t.Errorf("states %v of %v", chain, db.rows["records.agent_sessions"])
	}
}
