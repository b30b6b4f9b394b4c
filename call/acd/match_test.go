package acd

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

func waits(id, q string, since int64) call.Waiting {
	return call.Waiting{Call: stamp.ID(id), Entry: 1, Queue: stamp.QueueID(q), Since: at(since)}
}

func idles(agent string, since int64, queues ...string) Idle {
	i := Idle{Seat: call.Seat{Agent: stamp.AgentID(agent)}, Since: at(since)}
	for _, q := range queues {
		i.Queues = append(i.Queues, Member{Queue: stamp.QueueID(q)})
	}
	return i
}

// with changes an idle agent for a row of a table.
func (i Idle) with(change func(*Idle)) Idle {
	change(&i)
	return i
}

func skilled(level int) func(*Idle) {
	return func(i *Idle) { i.Skills = []stamp.Skill{{Skill: "vi", Level: level}} }
}

func inWords(pairs []Pair) string {
	var all []string
	for _, p := range pairs {
		all = append(all, fmt.Sprintf("%s-%s", p.Waiting.Call, p.Seat.Agent))
	}
	return strings.Join(all, " ")
}

func TestMatch(t *testing.T) {
	one := func(q Queue) map[stamp.QueueID]Queue { return map[stamp.QueueID]Queue{"q": q} }
	vietnamese := Queue{Needs: []Need{{Skill: "vi", Steps: []Step{{0, 8}, {20e6, 5}, {60e6, 0}}}}}
	vip, late := waits("b", "q", 9000), waits("a", "q", 1)
	vip.VIP = true
	head := waits("b", "q", 9000)
	head.HeadStartUS = 10e6
	liked := waits("a", "q", 1)
	liked.Prefer = "y"
	both := []Idle{idles("x", 1, "q"), idles("y", 2, "q")}
	for name, c := range map[string]struct {
		s    Snapshot
		want string
	}{
		"nobody":                   {Snapshot{}, ""},
		"longest wait first":       {Snapshot{Waiting: []call.Waiting{waits("b", "q", 2), waits("a", "q", 1)}, Idle: []Idle{idles("x", 5, "q")}}, "a-x"},
		"longest idle first":       {Snapshot{Waiting: []call.Waiting{waits("a", "q", 1)}, Idle: []Idle{idles("x", 5, "q"), idles("y", 3, "q")}}, "a-y"},
		"only the queue's agents":  {Snapshot{Waiting: []call.Waiting{waits("a", "q", 1)}, Idle: []Idle{idles("x", 1, "p")}}, ""},
		"one agent one call":       {Snapshot{Waiting: []call.Waiting{waits("a", "q", 1), waits("b", "p", 2)}, Idle: []Idle{idles("x", 1, "q", "p")}}, "a-x"},
		"a free queue is not held": {Snapshot{Waiting: []call.Waiting{waits("a", "q", 1), waits("b", "p", 2)}, Idle: []Idle{idles("x", 1, "p")}}, "b-x"},
		"equal ages go by id":      {Snapshot{Waiting: []call.Waiting{waits("b", "q", 1), waits("a", "q", 1)}, Idle: []Idle{idles("y", 1, "q"), idles("x", 1, "q")}}, "a-x b-y"},

		"a VIP goes first":        {Snapshot{Waiting: []call.Waiting{late, vip}, Idle: both[:1], Queues: one(Queue{VIPUS: 10e6})}, "b-x"},
		"a VIP ages like all":     {Snapshot{Waiting: []call.Waiting{late, vip}, Idle: both[:1], Queues: one(Queue{VIPUS: 8e6})}, "a-x"},
		"a head start":            {Snapshot{Waiting: []call.Waiting{late, head}, Idle: both[:1]}, "b-x"},
		"a queue's head start":    {Snapshot{Waiting: []call.Waiting{waits("a", "p", 1), waits("b", "q", 5)}, Idle: []Idle{idles("x", 1, "p", "q")}, Queues: one(Queue{HeadStartUS: 1e6})}, "b-x"},
		"kept for the last agent": {Snapshot{Now: at(5000), Waiting: []call.Waiting{liked}, Idle: both[:1], Here: map[stamp.AgentID][]stamp.QueueID{"y": {"q"}}, Queues: one(Queue{LastAgentUS: 10e6})}, ""},
		"the last agent":          {Snapshot{Now: at(5000), Waiting: []call.Waiting{liked}, Idle: both, Here: map[stamp.AgentID][]stamp.QueueID{"y": {"q"}}, Queues: one(Queue{LastAgentUS: 10e6})}, "a-y"},
		"kept long enough":        {Snapshot{Now: at(10001), Waiting: []call.Waiting{liked}, Idle: both[:1], Here: map[stamp.AgentID][]stamp.QueueID{"y": {"q"}}, Queues: one(Queue{LastAgentUS: 10e6})}, "a-x"},
		"the last agent is away":  {Snapshot{Now: at(5000), Waiting: []call.Waiting{liked}, Idle: both[:1], Queues: one(Queue{LastAgentUS: 10e6})}, "a-x"},
		"others don't wait":       {Snapshot{Now: at(5000), Waiting: []call.Waiting{liked, waits("b", "q", 9)}, Idle: both[:1], Here: map[stamp.AgentID][]stamp.QueueID{"y": {"q"}}, Queues: one(Queue{LastAgentUS: 10e6})}, "b-x"},

		"not skilled enough": {Snapshot{Now: at(5000), Waiting: []call.Waiting{late}, Idle: []Idle{both[0].with(skilled(7)), both[1].with(skilled(8))}, Queues: one(vietnamese)}, "a-y"},
		"nobody is skilled":  {Snapshot{Now: at(5000), Waiting: []call.Waiting{late}, Idle: both, Queues: one(vietnamese)}, ""},
		"the need relaxes":   {Snapshot{Now: at(20001), Waiting: []call.Waiting{late}, Idle: []Idle{both[0].with(skilled(5))}, Queues: one(vietnamese)}, "a-x"},
		"until it is gone":   {Snapshot{Now: at(60001), Waiting: []call.Waiting{late}, Idle: both, Queues: one(vietnamese)}, "a-x"},

		"round robin": {Snapshot{Waiting: []call.Waiting{late}, Queues: one(Queue{Strategy: RoundRobin}), Idle: []Idle{
			both[0].with(func(i *Idle) { i.Rung = 9 }), both[1].with(func(i *Idle) { i.Rung = 8 })}}, "a-y"},
		"fewest calls": {Snapshot{Waiting: []call.Waiting{late}, Queues: one(Queue{Strategy: FewestCalls}), Idle: []Idle{
			both[0].with(func(i *Idle) { i.Calls = 2 }), both[1].with(func(i *Idle) { i.Calls = 1; i.TalkUS = 9 })}}, "a-y"},
		"least talk": {Snapshot{Waiting: []call.Waiting{late}, Queues: one(Queue{Strategy: LeastTalk}), Idle: []Idle{
			both[0].with(func(i *Idle) { i.TalkUS = 2 }), both[1].with(func(i *Idle) { i.TalkUS = 1; i.Calls = 9 })}}, "a-y"},
		"top down": {Snapshot{Waiting: []call.Waiting{late}, Queues: one(Queue{Strategy: TopDown}), Idle: []Idle{
			both[0].with(func(i *Idle) { i.Queues = []Member{{Queue: "q", Position: 1}} }),
			both[1].with(func(i *Idle) { i.Queues = []Member{{Queue: "q", Position: -1}} })}}, "a-y"},
		"ring all":         {Snapshot{Waiting: []call.Waiting{late, waits("b", "q", 3)}, Idle: both, Queues: one(Queue{Strategy: RingAll})}, "a-x a-y"},
		"ring two":         {Snapshot{Waiting: []call.Waiting{late, waits("b", "q", 3)}, Idle: append(both[:2:2], idles("z", 3, "q")), Queues: one(Queue{Strategy: RingAll, Ring: 2})}, "a-x a-y b-z"},
		"one rings at two": {Snapshot{Waiting: []call.Waiting{late}, Idle: both, Open: map[stamp.ID]int{"a": 1}, Queues: one(Queue{Strategy: RingAll, Ring: 2})}, "a-x"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := inWords(Match(c.s)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// The order of the arguments decides nothing.
func TestMatchIgnoresOrder(t *testing.T) {
	s := crowd(60)
	want := Match(s)
	if len(want) < 30 {
		t.Fatalf("only %d pairs", len(want))
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		r.Shuffle(len(s.Waiting), func(i, j int) { s.Waiting[i], s.Waiting[j] = s.Waiting[j], s.Waiting[i] })
		r.Shuffle(len(s.Idle), func(i, j int) { s.Idle[i], s.Idle[j] = s.Idle[j], s.Idle[i] })
		if got := Match(s); !reflect.DeepEqual(got, want) {
			t.Fatalf("order changed the pairs:\n%v\n%v", got, want)
		}
	}
}

// Match and Order agree on who is rung first, whatever the strategy.
func TestOrderIsMatchs(t *testing.T) {
	s := crowd(40)
	for id, q := range s.Queues {
		q.Needs, q.LastAgentUS = nil, 0
		line := Order(q, id, s.Idle, 7)
		pairs := Match(Snapshot{Waiting: []call.Waiting{waits("a", string(id), 0)}, Idle: s.Idle, Queues: map[stamp.QueueID]Queue{id: q}, Seed: 7})
		if len(line) == 0 || len(pairs) == 0 || pairs[0].Seat != line[0].Seat {
			t.Errorf("%s: Match rings %v, Order begins with %v", q.Strategy, pairs, line)
		}
	}
}

// An agent's share of lots is the weight's, and one seed always draws the same.
func TestLots(t *testing.T) {
	agents := []Idle{idles("x", 1, "q"), idles("y", 2, "q"), idles("z", 3, "q")}
	agents[2].Queues[0].Weight = 6
	agents[1].Queues[0].Weight = 3
	for strategy, want := range map[Strategy][3]int{Random: {333, 333, 333}, Weighted: {100, 300, 600}} {
		got := [3]int{}
		for seed := range uint32(10000) {
			first := Order(Queue{Strategy: strategy}, "q", agents, seed)[0].Seat.Agent
			if again := Order(Queue{Strategy: strategy}, "q", agents, seed)[0].Seat.Agent; again != first {
				t.Fatalf("seed %d draws %s and %s", seed, first, again)
			}
			got[first[0]-'x']++
		}
		for i, n := range got {
			if n/10 < want[i]-20 || n/10 > want[i]+20 {
				t.Errorf("%s: %v of 10000, want about %v of 1000", strategy, got, want)
				break
			}
		}
	}
}

func TestWake(t *testing.T) {
	s := Snapshot{Now: at(5000), Waiting: []call.Waiting{waits("a", "q", 1000)}, Queues: map[stamp.QueueID]Queue{"q": {
		LastAgentUS: 30e6, Needs: []Need{{Skill: "vi", Steps: []Step{{0, 8}, {20e6, 5}, {60e6, 0}}}},
	}}}
	for _, c := range []struct {
		now    int64
		prefer stamp.AgentID
		want   int64
	}{{5000, "", 16e6}, {21000, "", 40e6}, {21000, "y", 10e6}, {61000, "y", 0}} {
		s.Now, s.Waiting[0].Prefer = at(c.now), c.prefer
		if got, ok := Wake(s); got != c.want || ok != (c.want > 0) {
			t.Errorf("at %d ms, preferring %q: wakes in %d µs (%t), want %d", c.now, c.prefer, got, ok, c.want)
		}
	}
}

// mixed are queues with all strategies and needs, by turns.
func mixed(n int) map[stamp.QueueID]Queue {
	queues := map[stamp.QueueID]Queue{}
	for i := range n {
		q := Queue{Strategy: Strategies()[i%len(Strategies())], HeadStartUS: int64(i%3) * 5e6, VIPUS: 60e6, Ring: 2, LastAgentUS: 20e6}
		for k := range i % 3 {
			q.Needs = append(q.Needs, Need{Skill: stamp.SkillID(fmt.Sprint("s", (i+k)%9)), Steps: []Step{{0, 8}, {15e6, 5}, {30e6, 2}, {60e6, 0}}})
		}
		queues[stamp.QueueID(fmt.Sprint("q", i))] = q
	}
	return queues
}

// crowd is n calls and n agents of 20 queues: each agent serves six of them and
// has four of nine skills.
func crowd(n int) Snapshot {
	s := Snapshot{Now: at(60000), Queues: mixed(20), Seed: 42, Here: map[stamp.AgentID][]stamp.QueueID{}}
	r := rand.New(rand.NewPCG(3, 4))
	for i := range n {
		w := waits(fmt.Sprintf("c%04d", i), fmt.Sprint("q", i%20), int64(r.IntN(60000)))
		w.VIP = r.IntN(20) == 0
		if r.IntN(10) == 0 {
			w.Prefer = stamp.AgentID(fmt.Sprintf("a%04d", r.IntN(n)))
		}
		s.Waiting = append(s.Waiting, w)
		a := idles(fmt.Sprintf("a%04d", i), int64(r.IntN(60000)))
		a.Calls, a.TalkUS, a.Rung = r.IntN(40), int64(r.IntN(1e9)), uint64(r.IntN(1000))
		for k := range 6 {
			a.Queues = append(a.Queues, Member{Queue: stamp.QueueID(fmt.Sprint("q", (i+k*k)%20)), Position: r.IntN(9), Weight: r.IntN(9)})
			s.Here[a.Seat.Agent] = append(s.Here[a.Seat.Agent], a.Queues[k].Queue)
		}
		for k := range 4 {
			a.Skills = append(a.Skills, stamp.Skill{Skill: stamp.SkillID(fmt.Sprint("s", (i+2*k)%9)), Level: 1 + r.IntN(10)})
		}
		s.Idle = append(s.Idle, a)
	}
	return s
}

// The aim is 5 ms for a thousand of each.
func BenchmarkMatch1000(b *testing.B) {
	s := crowd(1000)
	b.ReportAllocs()
	for b.Loop() {
		Match(s)
	}
}
