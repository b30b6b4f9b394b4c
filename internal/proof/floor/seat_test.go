package floor_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// TestFloorSeat: a second tab sees the call that the desk has, from the ring to
// the end, and commands nothing; the desk notices nothing, and a tab that looks
// on proves no life: with the desk's own page gone the agent is unreachable.
func TestFloorSeat(t *testing.T) {
	h := rig.Open(t, rig.Options{Desks: 1, Uncaptured: true})
	c := seatCrew(t, h, "d01")
	var mu sync.Mutex
	var saw []string
	m, err := robot.Look(context.Background(), robot.Config{Server: h.URL(), Login: "d01", Password: rig.Password}, func(f wire.Frame) {
		mu.Lock()
		defer mu.Unlock()
		saw = append(saw, f.Type+" "+string(f.Body))
	})
	must(t, err)
	t.Cleanup(m.Close)
	sees := func(what ...string) bool {
		mu.Lock()
		defer mu.Unlock()
		for _, s := range saw {
			all := true
			for _, w := range what {
				all = all && strings.Contains(s, w)
			}
			if all {
				return true
			}
		}
		return false
	}
	if !m.Welcome.Mirror || m.Welcome.Presence.State != stamp.StateReady {
		t.Errorf("welcomed with %+v", m.Welcome)
	}
	must(t, m.Say(wire.TypePause, 1, wire.Pause{Reason: "break"}))
	rig.Eventually(t, "the mirror is refused", func() bool { return sees("error", "mirror") }, nil)

	const number = "+84900000041"
	if who := c.served(number); who != "d01" {
		t.Errorf("%s had the call", who)
	}
	for _, what := range [][]string{{"ring", number}, {"call", `"phase":"talking"`}, {"call", `"done":true`}, {"presence", `"state":"ready"`}} {
		rig.Eventually(t, "the mirror sees "+what[0], func() bool { return sees(what...) }, nil)
	}
	if n := len(rig.Payloads[stamp.AgentLogin](h.SQL, "agent.login")); n != 1 {
		t.Errorf("%d logins: a mirror is none", n)
	}
	for _, s := range rig.Payloads[stamp.AgentStateChanged](h.SQL, "agent.state_changed") {
		if s.To == stamp.StatePaused && s.Aux == "break" {
			t.Error("the mirror's pause took effect")
		}
	}
}
