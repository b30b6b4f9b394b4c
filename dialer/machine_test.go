package dialer

import (
	"fmt"
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

func TestPace(t *testing.T) {
	for name, c := range map[string]struct {
		in   Snapshot
		want Decision
	}{
		"nobody ready":       {Snapshot{}, Decision{0, "no agent is ready"}},
		"a line per agent":   {Snapshot{Ready: 3}, Decision{3, "3 agents ready, a line each"}},
		"one":                {Snapshot{Ready: 1}, Decision{1, "1 agent ready, a line each"}},
		"the cap":            {Snapshot{Ready: 3, Lines: 4, MaxLines: 5}, Decision{1, "3 agents ready, room for 1 line of 5"}},
		"the cap is reached": {Snapshot{Ready: 3, Lines: 5, MaxLines: 5}, Decision{0, "3 agents ready, room for 0 lines of 5"}},
		"over the cap":       {Snapshot{Ready: 3, Lines: 9, MaxLines: 5}, Decision{0, "3 agents ready, room for 0 lines of 5"}},
		"halted":             {Snapshot{Ready: 3, Halted: true, Why: "disk"}, Decision{0, "halted: disk"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Pace(c.in); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func at(ms int64) stamp.Instant { return stamp.Instant{At: 1e15 + ms*1000, Mono: ms * 1000, Boot: 1} }

func seats(n int) (s []call.Seat) {
	for i := range n {
		s = append(s, call.Seat{Agent: stamp.AgentID(fmt.Sprint("a", i))})
	}
	return s
}

func leads(n int) (c Claim) {
	for i := range n {
		c.Leads = append(c.Leads, Lead{ID: stamp.LeadID(fmt.Sprint("l", i)), Attempt: stamp.ID(fmt.Sprint("t", i))})
	}
	return c
}

// tell renders a step as a supervisor would read it.
func tell(t *testing.T, m *Machine, ms int64, in Input) (out string) {
	t.Helper()
	stamps, effects, err := m.Step(at(ms), in)
	if err != nil {
		t.Fatalf("%T: %v", in, err)
	}
	for _, s := range stamps {
		out += fmt.Sprintf("%d %s; ", s.N, s.Kind())
		if p, ok := s.Fact.(stamp.DialPacing); ok {
			out += fmt.Sprintf("%d, %s; ", p.Dial, p.Because)
		}
	}
	for _, e := range effects {
		switch e := e.(type) {
		case Release:
			out += fmt.Sprintf("release %d; ", len(e.Seats))
		case Withdraw:
			out += fmt.Sprintf("withdraw %d; ", len(e.Leads))
		case ClaimLeads:
			out += fmt.Sprintf("claim %d; ", e.N)
		case Replace:
			out += fmt.Sprintf("replace at %s; ", e.Attempt)
		case Reassign:
			out += fmt.Sprintf("%s from %s to %q; ", e.Attempt, e.Lost, e.Seat.Agent)
		case Reserve:
			out += fmt.Sprintf("reserve %d; ", e.N)
		case Open:
			out += fmt.Sprintf("open %s for %s; ", e.Lead.ID, e.Seat.Agent)
		}
	}
	return out
}

func TestARun(t *testing.T) {
	m := NewMachine(Campaign{ID: "k", Mode: Progressive, MaxLines: 2}, "run1")
	for i, line := range []struct {
		ms   int64
		in   Input
		want string
	}{
		{0, Start{}, "1 campaign.started; "},
		{1, Ready{0}, "2 dial.pacing; 0, no agent is ready; "},
		{2, Ready{0}, ""}, // the same is not said twice
		{3, Ready{3}, "claim 2; "},
		{4, Ready{3}, ""}, // one turn at a time
		{5, Claimed{leads(2)}, "reserve 2; "},
		{6, Seats{seats(2)}, "3 dial.pacing; 2, 2 agents ready, a line each; open l0 for a0; open l1 for a1; "},
		{7, Ready{1}, "4 dial.pacing; 0, 1 agent ready, room for 0 lines of 2; "},
		{8, LineEnded{"t0", "connected"}, ""},
		{9, Ready{1}, "claim 1; "},
		{10, Claimed{leads(1)}, "reserve 1; "},
		{11, Seats{}, "withdraw 1; "}, // somebody was quicker
		{12, Ready{1}, "claim 1; "},
		{13, Claimed{Claim{Skipped: []Skip{{"l7", "dnc"}}}}, "5 dial.lead_skipped; 6 dial.pacing; 0, no lead may be dialed now; "},
		{14, Ready{1}, ""}, // an empty list is not asked again at once
		{10_012, Ready{1}, ""},
		{10_013, Ready{1}, "claim 1; "},
		{10_014, ClaimFailed{"x"}, "7 dial.pacing; 0, no leads: x; "},
		{12_013, Ready{1}, ""},
		{12_014, Halt{true, "disk"}, ""},
		{12_015, Ready{1}, "8 dial.pacing; 0, halted: disk; "},
		{12_016, Halt{}, ""},
		{12_017, Ready{1}, "claim 1; "},
		{12_018, Claimed{leads(1)}, "reserve 1; "},
		{12_019, Stop{"manager"}, "9 campaign.stopped; "},
		{12_020, Seats{seats(1)}, "release 1; withdraw 1; "},
		{12_021, LineEnded{"t1", "connected"}, ""},
	} {
		if got := tell(t, m, line.ms, line.in); got != line.want {
			t.Fatalf("line %d, %T:\n got %q\nwant %q", i, line.in, got, line.want)
		}
	}
	if !m.settled() || len(m.lines) != 0 {
		t.Errorf("after the end: settled %v, lines %d", m.settled(), len(m.lines))
	}
	if _, _, err := m.Step(at(20_000), Stop{}); err == nil {
		t.Error("a run that is over was stopped again")
	}
}

// Lines whose agents are lost: the next one takes over; where nobody is left the
// line is given up; who comes too late goes back. After the stop, too.
func TestLostAgents(t *testing.T) {
	m := NewMachine(Campaign{ID: "k", Mode: Progressive}, "run1")
	s := seats(4)
	for i, line := range []struct {
		in   Input
		want string
	}{
		{Start{}, "1 campaign.started; "},
		{Ready{2}, "claim 2; "},
		{Claimed{leads(2)}, "reserve 2; "},
		{Seats{s[:2]}, "2 dial.pacing; 2, 2 agents ready, a line each; open l0 for a0; open l1 for a1; "},
		{SeatLost{s[3]}, ""},
		{SeatLost{s[0]}, "replace at t0; "},
		{Replacement{"t0", s[2:3]}, `t0 from a0 to "a2"; `},
		{SeatLost{s[0]}, ""}, // said twice
		{SeatLost{s[1]}, "replace at t1; "},
		{LineEnded{"t1", "busy"}, ""},
		{Replacement{"t1", s[3:4]}, "release 1; "},
		{Stop{"manager"}, "3 campaign.stopped; "},
		{SeatLost{s[2]}, "replace at t0; "},
		{Replacement{"t0", nil}, `t0 from a2 to ""; `},
		{LineEnded{"t0", "cancelled"}, ""},
	} {
		if got := tell(t, m, int64(i), line.in); got != line.want {
			t.Fatalf("line %d, %T:\n got %q\nwant %q", i, line.in, got, line.want)
		}
	}
	if m.flying() {
		t.Error("a line is left")
	}
}

// TestTrunkRests: agents who were counted before the trunk asked for a rest are
// not dialed for in it.
func TestTrunkRests(t *testing.T) {
	m := NewMachine(Campaign{ID: "k", Mode: Progressive}, "r")
	tell(t, m, 0, Start{})
	if got := tell(t, m, 1, Rest{For: 5 * time.Second, Why: "the trunk rests"}); got != "2 dial.pacing; 0, the trunk rests; " {
		t.Errorf("the rest is told as %q", got)
	}
	if got := tell(t, m, 2, Ready{Agents: 1}) + tell(t, m, 1000, Rest{For: 4 * time.Second, Why: "the trunk rests"}) + tell(t, m, 5000, Ready{Agents: 1}); got != "" {
		t.Errorf("in the rest: %q", got)
	}
	if got := tell(t, m, 5002, Ready{Agents: 1}); got == "" {
		t.Error("after the rest nothing is dialed")
	}
}

func TestARunBeginsWithStart(t *testing.T) {
	m := NewMachine(Campaign{}, "r")
	if _, _, err := m.Step(at(0), Ready{}); err == nil {
		t.Error("agents before start were taken")
	}
}

func BenchmarkPace(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Pace(Snapshot{Mode: Progressive, Ready: 30, Lines: 12, MaxLines: 40})
	}
}

func TestRecoverClosesARun(t *testing.T) {
	m := NewMachine(Campaign{ID: "k", Org: "o"}, "run1")
	open, _, err := m.Step(at(5), Start{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ alive, want int64 }{{9, 9}, {1, 5}} {
		got, err := Recover(open, at(c.alive))
		if err != nil || len(got) != 1 || got[0].N != 2 || got[0].Instant != at(c.want) || got[0].Org != "o" {
			t.Fatalf("got %+v, %v", got, err)
		}
		if again, err := Recover(append(open, got...), at(20)); err != nil || len(again) > 0 {
			t.Fatalf("a closed run was closed again: %v %v", again, err)
		}
	}
	if _, err := Recover(nil, at(1)); err == nil {
		t.Fatal("nothing was recovered")
	}
}
