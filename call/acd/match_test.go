package acd

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

func TestMatch(t *testing.T) {
	w := func(id string, q string, since int64) call.Waiting {
		return call.Waiting{Call: stamp.ID(id), Entry: 1, Queue: stamp.QueueID(q), Since: at(since)}
	}
	i := func(agent string, since int64, queues ...stamp.QueueID) Idle {
		return Idle{Seat: call.Seat{Agent: stamp.AgentID(agent)}, Since: at(since), Queues: queues}
	}
	for name, c := range map[string]struct {
		waiting []call.Waiting
		idle    []Idle
		want    string
	}{
		"nobody":                   {nil, nil, ""},
		"longest wait first":       {[]call.Waiting{w("b", "q", 2), w("a", "q", 1)}, []Idle{i("x", 5, "q")}, "a-x"},
		"longest idle first":       {[]call.Waiting{w("a", "q", 1)}, []Idle{i("x", 5, "q"), i("y", 3, "q")}, "a-y"},
		"only the queue's agents":  {[]call.Waiting{w("a", "q", 1)}, []Idle{i("x", 1, "p")}, ""},
		"one agent one call":       {[]call.Waiting{w("a", "q", 1), w("b", "p", 2)}, []Idle{i("x", 1, "q", "p")}, "a-x"},
		"a free queue is not held": {[]call.Waiting{w("a", "q", 1), w("b", "p", 2)}, []Idle{i("x", 1, "p")}, "b-x"},
		"equal ages go by id":      {[]call.Waiting{w("b", "q", 1), w("a", "q", 1)}, []Idle{i("y", 1, "q"), i("x", 1, "q")}, "a-x b-y"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			for n, p := range Match(c.waiting, c.idle) {
				if n > 0 {
					got += " "
				}
				got += fmt.Sprintf("%s-%s", p.Waiting.Call, p.Seat.Agent)
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// The order of the arguments decides nothing.
func TestMatchIgnoresOrder(t *testing.T) {
	waiting, idle := crowd(50)
	want := Match(waiting, idle)
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		r.Shuffle(len(waiting), func(i, j int) { waiting[i], waiting[j] = waiting[j], waiting[i] })
		r.Shuffle(len(idle), func(i, j int) { idle[i], idle[j] = idle[j], idle[i] })
		if got := Match(waiting, idle); !reflect.DeepEqual(got, want) {
			t.Fatalf("order changed the pairs:\n%v\n%v", got, want)
		}
	}
}

func BenchmarkMatch1000(b *testing.B) {
	waiting, idle := crowd(1000)
	b.ReportAllocs()
	for b.Loop() {
		Match(waiting, idle)
	}
}

func crowd(n int) ([]call.Waiting, []Idle) {
	var waiting []call.Waiting
	var idle []Idle
	for i := range n {
		q := stamp.QueueID(fmt.Sprint("q", i%7))
		waiting = append(waiting, call.Waiting{Call: stamp.ID(fmt.Sprintf("c%04d", i)), Queue: q, Since: at(int64(i * 7 % 13))})
		queues := []stamp.QueueID{q, stamp.QueueID(fmt.Sprint("q", (i+1)%7)), stamp.QueueID(fmt.Sprint("q", (i+3)%7))}
		idle = append(idle, Idle{Seat: call.Seat{Agent: stamp.AgentID(fmt.Sprintf("a%04d", i))}, Since: at(int64(i * 3 % 11)), Queues: queues})
	}
	return waiting, idle
}
