package main_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/robot"
)

// fate is what is meant to become of a call. What became of it is for the
// checker to find out: queues are long and people cross each other.
type fate struct {
	name   string
	weight int
	out    bool // the product calls
	make   func(r *rand.Rand, c *plannedCall)
}

// plannedCall is one customer with the agents' part.
type plannedCall struct {
	fate   string
	number string
	script phonenet.Script
	agent  robot.Plan
	// refuse is how many desks don't answer: they decline, or let it ring.
	refuse  int
	decline bool
}

func between(r *rand.Rand, from, to time.Duration) time.Duration {
	return from + time.Duration(r.Int64N(int64(to-from)))
}

const sec = time.Second

// fates are all kinds of calls with their share. Numbers: 1900 answers at
// entry, 1901 when an agent accepts.
var fates = []fate{
	{"rated", 8, false, func(r *rand.Rand, c *plannedCall) { c.rate(r) }},
	{"survey ignored", 1, false, func(*rand.Rand, *plannedCall) {}},
	{"hung up in the survey", 3, false, func(r *rand.Rand, c *plannedCall) { c.script.Talk = c.agent.Talk + between(r, sec, 3*sec) }},
	{"customer ends the talk", 5, false, func(r *rand.Rand, c *plannedCall) { c.script.Talk, c.agent.Talk = between(r, sec, 4*sec), 0 }},
	{"held", 5, false, func(r *rand.Rand, c *plannedCall) {
		c.agent.Holds = []robot.Hold{{After: between(r, 800*time.Millisecond, 2*sec), For: between(r, 700*time.Millisecond, 2*sec)}}
		c.agent.Talk = 5 * sec
		c.script.Key = 0
		c.script.Talk = 9 * sec
	}},
	{"held twice", 2, false, func(r *rand.Rand, c *plannedCall) {
		for range 2 {
			c.agent.Holds = append(c.agent.Holds, robot.Hold{After: between(r, 800*time.Millisecond, sec), For: between(r, 700*time.Millisecond, sec)})
		}
		c.agent.Talk = 5 * sec
		c.rate(r)
	}},
	{"customer leaves on hold", 4, false, func(r *rand.Rand, c *plannedCall) {
		c.agent.Holds = []robot.Hold{{After: between(r, 800*time.Millisecond, 2*sec), For: 30 * sec}}
		c.agent.Talk = 40 * sec
		c.script.OnHold = between(r, 100*time.Millisecond, 2*sec)
	}},
	{"abandoned", 8, false, func(r *rand.Rand, c *plannedCall) {
		c.refuse, c.script.Patience = 99, between(r, 300*time.Millisecond, 5*sec)
	}},
	{"missed at one desk", 2, false, func(r *rand.Rand, c *plannedCall) { c.refuse = 1; c.rate(r) }},
	{"declined at one desk", 3, false, func(r *rand.Rand, c *plannedCall) { c.refuse, c.decline = 1, true; c.rate(r) }},
	{"cancelled", 3, false, func(r *rand.Rand, c *plannedCall) {
		c.script.Dialed, c.refuse, c.script.Patience = "1901", 99, between(r, 300*time.Millisecond, 3*sec)
	}},
	{"cancelled in the answer", 1, false, func(r *rand.Rand, c *plannedCall) {
		c.refuse, c.script.Patience = 99, between(r, time.Millisecond, 15*time.Millisecond)
	}},
	{"answered by the agent's accept", 3, false, func(r *rand.Rand, c *plannedCall) { c.script.Dialed = "1901"; c.rate(r) }},
	{"out, rated", 3, true, func(r *rand.Rand, c *plannedCall) { c.rate(r) }},
	{"out, customer ends the talk", 3, true, func(r *rand.Rand, c *plannedCall) { c.script.Talk, c.agent.Talk = between(r, sec, 3*sec), 0 }},
	{"out, busy", 2, true, func(_ *rand.Rand, c *plannedCall) { c.script.Fate = phonenet.Busy }},
	{"out, no answer", 1, true, func(_ *rand.Rand, c *plannedCall) { c.script.Fate = phonenet.RingOut }},
	{"out, rejected", 1, true, func(_ *rand.Rand, c *plannedCall) { c.script.Fate = phonenet.Reject }},
	{"out, unknown number", 1, true, func(_ *rand.Rand, c *plannedCall) { c.script.Fate = phonenet.Unknown }},
	{"out, intercepted", 1, true, func(_ *rand.Rand, c *plannedCall) { c.script.Fate = phonenet.Intercp }},
}

// rate lets the customer press a key in the survey.
func (c *plannedCall) rate(r *rand.Rand) {
	c.script.Key, c.script.KeyAfter = byte('1'+r.IntN(5)), between(r, 100*time.Millisecond, 2*sec)
}

// planCalls mixes n calls by the seed, each kind in its share, each once at
// least.
func planCalls(seed uint64, n int) []*plannedCall {
	r := rand.New(rand.NewPCG(seed, 20))
	weights := 0
	for _, f := range fates {
		weights += f.weight
	}
	var calls []*plannedCall
	for _, f := range fates {
		for range max(1, f.weight*n/weights) {
			calls = append(calls, f.call(r, len(calls)))
		}
	}
	for len(calls) < n {
		calls = append(calls, fates[0].call(r, len(calls)))
	}
	r.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
	return calls
}

func (f fate) call(r *rand.Rand, no int) *plannedCall {
	c := &plannedCall{fate: f.name, number: fmt.Sprintf("+8490%07d", no+1)}
	if f.out {
		c.number = fmt.Sprintf("+8491%07d", no+1)
	}
	c.script = phonenet.Script{Number: c.number, Dialed: "1900", Ring: between(r, 200*time.Millisecond, sec), Voice: robot.NewMurmur(r.Uint64(), 180)}
	c.agent = robot.Plan{React: between(r, 100*time.Millisecond, 1200*time.Millisecond), Talk: between(r, sec, 4*sec),
		Wrap: between(r, 200*time.Millisecond, sec), Disposition: "resolved"}
	f.make(r, c)
	return c
}

// outward says whether the product makes the call.
func (c *plannedCall) outward() bool {
	return slices.ContainsFunc(fates, func(f fate) bool { return f.name == c.fate && f.out })
}

// desks decides for all robots, by the customer's number.
type desks struct {
	mu     sync.Mutex
	calls  map[string]*plannedCall
	offers map[string]int
}

func newDesks(calls []*plannedCall) *desks {
	d := &desks{calls: map[string]*plannedCall{}, offers: map[string]int{}}
	for _, c := range calls {
		d.calls[c.number] = c
	}
	return d
}

func (d *desks) decide(ring wire.Ring) robot.Plan {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.calls[ring.Call.Party.Number]
	if c == nil {
		return robot.Plan{LetRing: true} // the checker will ask whose call it was
	}
	d.offers[c.number]++
	if d.offers[c.number] <= c.refuse {
		return robot.Plan{LetRing: !c.decline, Decline: c.decline, React: c.agent.React}
	}
	return c.agent
}

// called is the script of a customer whom the product calls.
func (d *desks) called(number string) phonenet.Script {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.calls[number]; c != nil {
		return c.script
	}
	return phonenet.Script{Fate: phonenet.Unknown}
}
