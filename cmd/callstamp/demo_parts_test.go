package main

import (
	"net"
	"reflect"
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// A guest is wanted by a person at a desk until the first talk, one at a time
// and not for ever.
func TestGuest(t *testing.T) {
	at := func(s float64) int64 { return int64((100 + s) * 1e6) }
	person := func(state string) []wire.LiveAgent { return []wire.LiveAgent{{ID: demoAgent, State: state}} }
	waiting := []wire.LiveCall{{ID: "somebody"}}
	for _, row := range []struct {
		name    string
		h       host
		p       wire.Live
		present bool
		want    bool
		after   host
	}{
		{"nobody there", host{since: at(0), served: true, last: at(1)}, wire.Live{At: at(2)}, false, false, host{last: at(1)}},
		{"comes", host{}, wire.Live{At: at(2)}, true, true, host{since: at(2), last: at(2)}},
		{"somebody waits already", host{since: at(0)}, wire.Live{At: at(2), Waiting: waiting}, true, false, host{since: at(0)}},
		{"the last guest is not seen yet", host{since: at(0), last: at(1)}, wire.Live{At: at(2)}, true, false, host{since: at(0), last: at(1)}},
		{"a robot took the guest", host{since: at(0), last: at(1)}, wire.Live{At: at(9)}, true, true, host{since: at(0), last: at(9)}},
		{"is being rung", host{since: at(0), last: at(1)}, wire.Live{At: at(4), Agents: person(stamp.StateRinging), Waiting: waiting}, true, false, host{since: at(0), last: at(1)}},
		{"talks", host{since: at(0), last: at(1)}, wire.Live{At: at(9), Agents: person(stamp.StateTalking)}, true, false, host{since: at(0), served: true, last: at(1)}},
		{"has talked", host{since: at(0), served: true}, wire.Live{At: at(9), Agents: person(stamp.StateReady)}, true, false, host{since: at(0), served: true}},
		{"only looks", host{since: at(0)}, wire.Live{At: at(181)}, true, false, host{since: at(0)}},
	} {
		if got := row.h.wants(row.p, row.present); got != row.want || row.h != row.after {
			t.Errorf("%s: %v and %+v, want %v and %+v", row.name, got, row.h, row.want, row.after)
		}
	}
}

// One seed, one course; another seed, another.
func TestDemoIsSeeded(t *testing.T) {
	course := func(seed uint64) (all []phonenet.Script) {
		c := newChance(seed, 1)
		for range 50 {
			in, out := c.inbound(), c.outbound()
			in.Voice, out.Voice = nil, nil
			all = append(all, in, out)
		}
		return all
	}
	if !reflect.DeepEqual(course(1), course(1)) {
		t.Error("the same seed gave another course")
	}
	if reflect.DeepEqual(course(1), course(2)) {
		t.Error("another seed gave the same course")
	}
}

// Every fate happens, and most surveys are answered well.
func TestDemoIsMixed(t *testing.T) {
	c := newChance(1, 1)
	fates, good, keys, first, hold := map[phonenet.Fate]int{}, 0, 0, 0, 0
	const n = 2000
	for range n {
		s := c.inbound()
		fates[c.outbound().Fate]++
		if s.Key != 0 {
			keys++
		}
		if s.Key >= '4' {
			good++
		}
		if s.Talk > 0 {
			first++
		}
		if s.OnHold > 0 {
			hold++
		}
		if s.Patience < 2*time.Second || s.Patience > 3*time.Minute {
			t.Fatalf("patience %v", s.Patience)
		}
	}
	if len(fates) != 6 || fates[phonenet.Answer] < n/2 {
		t.Errorf("fates of called customers: %v", fates)
	}
	if keys < 7*n/10 || keys > 9*n/10 || good < keys*6/10 || first == 0 || hold == 0 {
		t.Errorf("of %d: %d rate, %d of them well, %d hang up first, %d on hold", n, keys, good, first, hold)
	}
	if vi, zh := c.guest("vi"), c.guest("zh-Hant"); vi.Number[:3] != "+84" || zh.Number[:4] != "+886" {
		t.Errorf("guests from elsewhere: %s, %s", vi.Number, zh.Number)
	}
	if g := c.guest("en"); g.Talk != 0 || g.OnHold != 0 || g.Key < '4' || g.Patience < time.Minute {
		t.Errorf("a guest who does not stay: %+v", g)
	}
}

// No two leads share a number, also over several fillings.
func TestDemoLeads(t *testing.T) {
	seen := map[string]bool{}
	for i := 0; i < 2000; i += demoLeads {
		for _, l := range demoLeadList(i, demoLeads) {
			if seen[l.Number] || l.Name == "" || l.Number[0] != '+' || len(l.Number) < 12 {
				t.Fatalf("lead %+v", l)
			}
			seen[l.Number] = true
		}
	}
}

func TestFreeListen(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := l.Addr().String()
	got, err := freeListen(t.Context(), taken)
	if err != nil || got == taken {
		t.Errorf("beside %s: %q, %v", taken, got, err)
	}
	for _, bad := range []string{"8080", "127.0.0.1:http", "127.0.0.1:70000", "203.0.113.1:65500"} {
		if got, err := freeListen(t.Context(), bad); err == nil {
			t.Errorf("%s: %q", bad, got)
		}
	}
}

func TestDemoFlags(t *testing.T) {
	for _, args := range [][]string{
		{"--robots=-1"}, {"--robots", "51"}, {"--calls-per-minute", "61"}, {"--language", "de"}, {"--nonsense"},
	} {
		var out diary
		if code := run(t.Context(), append([]string{"demo", "--dir", t.TempDir()}, args...), &out, &out); code != exitUsage {
			t.Errorf("%v: exit code %d: %s", args, code, out.String())
		}
	}
}
