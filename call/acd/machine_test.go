package acd

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

var seat1 = call.Seat{Agent: "lan", Session: "s1"}

func at(ms int64) stamp.Instant { return stamp.Instant{At: 1e15 + ms*1000, Mono: ms * 1000, Boot: 1} }

func moved(to string, ms int64) Moved {
	return Moved{call.Move{
		Seat: seat1, To: to, At: at(ms), Call: "c1",
		Cause: stamp.Cause{Subject: &stamp.Subject{Kind: stamp.SubjectCall, ID: "c1"}, N: uint64(ms)},
	}}
}

// A story is a list of inputs; the expected states stand beside them.
func TestPresence(t *testing.T) {
	type line struct {
		ms   int64
		in   Input
		want string // state, then aux or next
	}
	for name, story := range map[string][]line{
		"a day": {
			{0, Login{}, "unreachable paused"}, {1, Ready{}, "unreachable"}, {2, Seat{Up: true}, "ready"},
			{3, moved(stamp.StateRinging, 3), "ringing"}, {4, moved(stamp.StateConnecting, 4), "connecting"},
			{5, moved(stamp.StateTalking, 5), "talking"}, {6, Pause{Reason: "lunch"}, "talking paused"},
			{7, moved(stamp.StateWrap, 7), "wrap paused"}, {8, moved(stamp.StateReady, 8), "paused:lunch"},
			{9, Ready{}, "ready"}, {10, Logout{By: "agent"}, "offline"},
		},
		"the page freezes while idle": {
			{0, Login{}, "unreachable paused"}, {1, Ready{}, "unreachable"}, {2, Seat{Up: true}, "ready"},
			{3, Heart{Beating: false}, "unreachable"}, {9, Heart{Beating: true}, "ready"},
		},
		"the page is reloaded in a call": {
			{0, Login{}, "unreachable paused"}, {1, Ready{}, "unreachable"}, {2, Seat{Up: true}, "ready"},
			{3, moved(stamp.StateTalking, 3), "talking"}, {4, Seat{Up: false}, "talking"}, {5, Seat{Up: true}, "talking"},
			{6, moved(stamp.StateReady, 6), "ready"},
		},
		"logout waits for the call": {
			{0, Login{}, "unreachable paused"}, {1, Ready{}, "unreachable"}, {2, Seat{Up: true}, "ready"},
			{3, moved(stamp.StateTalking, 3), "talking"}, {4, Logout{By: "agent"}, "talking offline"},
			{5, moved(stamp.StateReady, 5), "offline"},
		},
		"a page without a microphone": {
			{0, Login{}, "unreachable paused"}, {1, Ready{}, "unreachable"}, {2, Seat{Up: true}, "ready"},
			{3, Mic{There: false}, "unreachable:no_microphone"}, {4, Mic{There: true}, "ready"},
			{5, Fault{Reason: "ice_failed"}, "unreachable:ice_failed"}, {6, Mic{There: true}, "unreachable:ice_failed"},
			{7, Seat{Up: true}, "ready"},
		},
		"forced after the call": {
			{0, Login{}, "unreachable paused"}, {1, Ready{}, "unreachable"}, {2, Seat{Up: true}, "ready"},
			{3, moved(stamp.StateTalking, 3), "talking"},
			{4, Force{To: stamp.StatePaused, Pause: Pause{Reason: "training"}, By: "boss", After: true}, "talking paused"},
			{5, moved(stamp.StateReady, 5), "paused:training"}, {6, Force{To: stamp.StateReady, By: "boss"}, "ready"},
			{7, Force{To: stamp.StateOffline, By: "boss"}, "offline"},
		},
		"paused because the wrap-up ended by itself": {
			{0, Login{}, "unreachable paused"}, {1, Ready{}, "unreachable"}, {2, Seat{Up: true}, "ready"},
			{3, moved(stamp.StateWrap, 3), "wrap"},
			{4, Moved{call.Move{Seat: seat1, To: stamp.StateReady, At: at(4), Pause: "after_call"}}, "paused:after_call"},
		},
		"reserved by the dialer": {
			{0, Login{}, "unreachable paused"}, {1, Ready{}, "unreachable"}, {2, Seat{Up: true}, "ready"},
			{3, Reserve{}, "reserved"}, {4, Unreserve{}, "ready"}, {5, Reserve{}, "reserved"},
			{6, moved(stamp.StateConnecting, 6), "connecting"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := New("default", seat1, 0)
			for _, l := range story {
				if _, _, err := m.Step(at(l.ms), l.in); err != nil {
					t.Fatalf("%T at %d: %v", l.in, l.ms, err)
				}
				p := m.Presence()
				got := p.State
				if p.Aux != "" {
					got += ":" + p.Aux
				}
				if got = strings.TrimSpace(got + " " + p.Next); got != l.want {
					t.Fatalf("after %T at %d: %q, want %q", l.in, l.ms, got, l.want)
				}
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	m := New("default", seat1, 0)
	if _, _, err := m.Step(at(0), Ready{}); !errors.Is(err, ErrIllegal) {
		t.Errorf("ready before login: %v", err)
	}
	mustStep(t, m, at(0), Login{})
	for _, in := range []Input{Login{}, Reserve{}, Pause{}, moved(stamp.StatePaused, 1)} {
		if stamps, _, err := m.Step(at(1), in); !errors.Is(err, ErrIllegal) || len(stamps) > 0 {
			t.Errorf("%T: %v, %d stamps", in, err, len(stamps))
		}
	}
}

// An unreachable agent is logged out by the system at the deadline.
func TestUnreachableIsLoggedOut(t *testing.T) {
	m := New("default", seat1, 1000)
	mustStep(t, m, at(0), Login{})
	due, ok := m.Deadline()
	if !ok || due != at(1) {
		t.Fatalf("deadline %v %v, want 1 ms", due, ok)
	}
	stamps := mustStep(t, m, due, Tick{})
	if out, ok := stamps[0].Fact.(stamp.AgentLogout); !ok || out.By != "system" {
		t.Fatalf("got %+v", stamps)
	}
}

// Whatever comes in, stamps are dense, states meet without a gap, Σ states is
// the login time, and the stamps alone rebuild the session.
func TestLawsOfASession(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		m := New("default", seat1, 0)
		all := mustStep(t, m, at(0), Login{})
		for ms := int64(1); ms < 60 && !m.ended; ms++ {
			stamps, _, err := m.Step(at(max(ms-int64(r.IntN(5)), 0)), randomInput(r, ms)) // the edge may be late
			if err == nil {
				all = append(all, stamps...)
			}
		}
		checkSession(t, fmt.Sprintf("seed %d", seed), all)
		again, err := Replay(seat1, 0, all)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		again.seatUp, again.want, again.pause, again.leave, again.asked, again.fault = m.seatUp, m.want, m.pause, m.leave, m.asked, m.fault
		if !reflect.DeepEqual(again, m) {
			t.Fatalf("seed %d: replay gives %+v, live is %+v", seed, again, m)
		}
		if m.ended {
			continue
		}
		rest, err := Recover(all, at(100))
		if err != nil {
			t.Fatal(err)
		}
		checkSession(t, fmt.Sprintf("seed %d recovered", seed), append(all, rest...))
		if last := rest[len(rest)-1].Fact.(stamp.AgentLogout); !last.Estimated {
			t.Fatal("a recovered end must say that it is estimated")
		}
	}
}

func checkSession(t *testing.T, what string, all []stamp.Stamp) {
	t.Helper()
	var sum int64
	var state string
	var since stamp.Instant
	for i, s := range all {
		if s.N != uint64(i+1) {
			t.Fatalf("%s: stamp %d has N %d", what, i+1, s.N)
		}
		if s.Phase == "" {
			continue
		}
		if f, ok := s.Fact.(stamp.AgentStateChanged); ok && f.From != state {
			t.Fatalf("%s: stamp %d leaves %q, the state was %q", what, s.N, f.From, state)
		}
		if i > 0 {
			d := s.Sub(since)
			if d < 0 {
				t.Fatalf("%s: stamp %d goes back by %d µs", what, s.N, -d)
			}
			sum += d
		}
		state, since = s.Phase, s.Instant
	}
	if login := since.Sub(all[0].Instant); sum != login {
		t.Fatalf("%s: Σ states %d, login %d", what, sum, login)
	}
}

func randomInput(r *rand.Rand, ms int64) Input {
	states := []string{stamp.StateReady, stamp.StateRinging, stamp.StateConnecting, stamp.StateTalking, stamp.StateWrap}
	return []Input{
		Ready{}, Pause{Reason: "tea"}, Seat{Up: r.IntN(3) > 0}, Heart{Beating: r.IntN(3) > 0}, Reserve{}, Unreserve{},
		moved(states[r.IntN(5)], ms), moved(states[r.IntN(5)], max(ms-3, 0)), Tick{}, Mic{There: r.IntN(3) > 0},
		Force{To: states[r.IntN(2)], By: "boss", After: r.IntN(2) == 0}, Force{To: stamp.StatePaused, Pause: Pause{Reason: "training"}, By: "boss"},
		Fault{Reason: "ice_failed"}, Assign{Queues: []stamp.QueueID{"a", "b", "c"}[r.IntN(3):], Skills: []stamp.Skill{{Skill: "vi", Level: 1 + r.IntN(3)}}[r.IntN(2):]},
		Logout{By: "agent"},
	}[min(r.IntN(30), 14)]
}

func mustStep(t *testing.T, m *Machine, at stamp.Instant, in Input) []stamp.Stamp {
	t.Helper()
	stamps, _, err := m.Step(at, in)
	if err != nil {
		t.Fatalf("%T: %v", in, err)
	}
	return stamps
}
