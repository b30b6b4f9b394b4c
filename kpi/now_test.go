package kpi

import (
	"reflect"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// liveUntil counts a day's stamps as long as they lie before at.
func liveUntil(t *testing.T, stamps []stamp.Stamp, at string) (*Live, int64) {
	t.Helper()
	us, err := clock(at)
	if err != nil {
		t.Fatal(err)
	}
	l := NewLive()
	for _, s := range stamps {
		if s.At > day0+us {
			break
		}
		if _, err := l.Apply(s); err != nil {
			t.Fatal(err)
		}
	}
	return l, day0 + us
}

func TestWall(t *testing.T) {
	day := readDay(t, "care")
	at := func(s string) int64 {
		us, err := clock(s)
		if err != nil {
			t.Fatal(err)
		}
		return day0 + us
	}
	call := CallNow{Org: "o1", Direction: stamp.In}
	waiting, talking := call, call
	waiting.Call, waiting.Queue, waiting.Phase = "c8", "care", stamp.PhaseOffering
	waiting.ArrivedAt, waiting.Since, waiting.WaitingSince = at("09:14:50"), at("09:15:00"), at("09:14:50")
	talking.Call, talking.Queue, talking.Agent, talking.Phase = "c1", "care", "ann", stamp.PhaseHeld
	talking.ArrivedAt, talking.Since = at("09:00:00"), at("09:02:11")
	for _, c := range []struct {
		when string
		want []CallNow
	}{
		{"08:59:59", []CallNow{}},
		{"09:02:30", []CallNow{talking}},
		{"09:03:59", []CallNow{}}, // released; only the wrap-up is open
		{"09:15:02", []CallNow{waiting}},
	} {
		l, _ := liveUntil(t, day, c.when)
		if got := l.Now().Calls; !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.when, got, c.want)
		}
	}
}

func TestLongestWaiting(t *testing.T) {
	l, at := liveUntil(t, readDay(t, "care"), "09:15:02")
	calls := l.Now().Calls
	v := WaitNow(calls, Dim{DimQueue, "care"}, at)
	if v.Value == nil || *v.Value != 12 || v.N != 1 {
		t.Errorf("%+v", v)
	}
	if c, ok := LongestWaiting(calls, "o1", ""); !ok || c.Call != "c8" {
		t.Errorf("%+v, %v", c, ok)
	}
	if v := WaitNow(calls, Dim{DimQueue, "sales"}, at); v.Value != nil {
		t.Errorf("nobody waits for sales: %v", *v.Value)
	}
	if _, ok := LongestWaiting(calls, "o2", ""); ok {
		t.Error("another organisation's call is seen")
	}
}

// A wall kept from pulses alone is the wall that Live shows.
func TestPulsesKeepTheWall(t *testing.T) {
	l := NewLive()
	calls, agents := map[stamp.ID]CallNow{}, map[stamp.ID]AgentNow{}
	for _, s := range randomDay(5, 2*hour, 60) {
		p, err := l.Apply(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range p.Calls {
			calls[c.Call] = c
		}
		for _, a := range p.Agents {
			agents[a.Session] = a
		}
		for _, g := range p.Gone {
			delete(calls, g.ID)
			delete(agents, g.ID)
		}
		kept := Now{Node: "n1", Seq: s.Seq, Calls: append([]CallNow{}, values(calls)...), Agents: append([]AgentNow{}, values(agents)...)}
		kept.sort()
		if got := l.Now(); !reflect.DeepEqual(got, kept) {
			t.Fatalf("stamp %d: %+v, kept %+v", s.Seq, got, kept)
		}
	}
}

func TestLiveNamesWhatIsWrong(t *testing.T) {
	day := readDay(t, "care")
	l := NewLive()
	if _, err := l.Apply(day[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Apply(day[2]); err == nil || err.Error() != "node n1: stamp 3 after 1" {
		t.Errorf("a gap: %v", err)
	}
	other := day[1]
	other.Node = "n2"
	if _, err := l.Apply(other); err == nil {
		t.Error("another node's stamp was counted")
	}
	unknown := day[1]
	unknown.Subject.ID = "x"
	if _, err := l.Apply(unknown); err == nil {
		t.Error("a call that was never created was counted")
	}
}
