package acd

import (
	"errors"
	"testing"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// talking is a session whose agent is in a call.
func talking(t *testing.T) *Machine {
	t.Helper()
	m := New("default", seat1, 0)
	for ms, in := range []Input{Login{}, Ready{}, Seat{Up: true}, moved(stamp.StateTalking, 3)} {
		mustStep(t, m, at(int64(ms)), in)
	}
	return m
}

// A pause that waits for the end of the call says when it was asked for, once.
func TestPauseSaysWhenItWasAskedFor(t *testing.T) {
	m := talking(t)
	mustStep(t, m, at(10), Pause{Reason: "lunch", LimitUS: 3600e6, Unpaid: true})
	got := mustStep(t, m, at(50), moved(stamp.StateReady, 50))[0].Fact.(stamp.AgentStateChanged)
	want := stamp.AgentStateChanged{Agent: "lan", From: "talking", To: "paused", Aux: "lunch", LimitUS: 3600e6, Unpaid: true, RequestedAt: at(10).At}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	mustStep(t, m, at(60), Seat{Up: false})
	if again := mustStep(t, m, at(70), Seat{Up: true})[0].Fact.(stamp.AgentStateChanged); again.RequestedAt != 0 || again.Aux != "lunch" {
		t.Errorf("back in the pause: %+v", again)
	}
}

func TestPauseAtOnceWasNotRequestedBefore(t *testing.T) {
	m := talking(t)
	mustStep(t, m, at(4), moved(stamp.StateReady, 4))
	if f := mustStep(t, m, at(5), Pause{Reason: "lunch"})[0].Fact.(stamp.AgentStateChanged); f.RequestedAt != 0 || f.By != "" {
		t.Errorf("got %+v", f)
	}
}

// A supervisor is refused while the call lasts, unless it may wait; the stamp
// names who it was.
func TestForceInACall(t *testing.T) {
	for to, kind := range map[string]stamp.Kind{stamp.StatePaused: "agent.state_changed", stamp.StateOffline: "agent.logout"} {
		m := talking(t)
		force := Force{To: to, Pause: Pause{Reason: "training"}, By: "boss"}
		if stamps, _, err := m.Step(at(5), force); !errors.Is(err, ErrIllegal) || len(stamps) > 0 {
			t.Errorf("%s in a call: %v", to, err)
		}
		force.After = true
		if stamps := mustStep(t, m, at(6), force); len(stamps) > 0 {
			t.Errorf("%s took effect in the call: %v", to, stamps)
		}
		s := mustStep(t, m, at(9), moved(stamp.StateReady, 9))[0]
		by := stamp.AgentID("")
		switch f := s.Fact.(type) {
		case stamp.AgentStateChanged:
			by = f.By
		case stamp.AgentLogout:
			by = f.Who
		}
		if s.Kind() != kind || by != "boss" || kind == "agent.state_changed" && s.Actor != stamp.Supervisor {
			t.Errorf("%s: %s by %q, actor %s", to, s.Kind(), by, s.Actor)
		}
	}
}

func TestForceKnowsThreeStates(t *testing.T) {
	m := talking(t)
	mustStep(t, m, at(4), moved(stamp.StateReady, 4))
	for _, f := range []Force{{To: "talking", By: "boss"}, {To: stamp.StatePaused, By: "boss"}} {
		if _, _, err := m.Step(at(5), f); !errors.Is(err, ErrIllegal) {
			t.Errorf("%+v: %v", f, err)
		}
	}
}

// What the agent asks for later counts more than what a supervisor asked for
// and has not come true.
func TestLastWishCounts(t *testing.T) {
	m := talking(t)
	mustStep(t, m, at(5), Force{To: stamp.StateOffline, By: "boss", After: true})
	mustStep(t, m, at(6), Ready{})
	mv := call.Move{Seat: seat1, To: stamp.StateReady, At: at(9), Call: "c1"}
	if f := mustStep(t, m, at(9), Moved{mv})[0].Fact.(stamp.AgentStateChanged); f.To != stamp.StateReady || f.By != "" {
		t.Errorf("got %+v", f)
	}
}
