package rig

import (
	"math/rand/v2"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/robot"
)

// fate is what is meant to become of a call. What became of it is for the
// checker to find out: queues are long and people cross each other.
type fate struct {
	name   string
	weight int
	out    bool // the product calls
	make   func(r *rand.Rand, c *planned)
}

const (
	sec  = time.Second
	msec = time.Millisecond
)

func between(r *rand.Rand, from, to time.Duration) time.Duration {
	return from + time.Duration(r.Int64N(int64(to-from)))
}

// fates are all kinds of calls with their share. Numbers: 1900 answers at
// entry, 1901 when an agent accepts.
var fates = []fate{
	{"rated", 8, false, func(r *rand.Rand, c *planned) { c.rate(r) }},
	{"survey ignored", 1, false, func(*rand.Rand, *planned) {}},
	{"hung up in the survey", 3, false, func(r *rand.Rand, c *planned) { c.script.Talk = c.agent.Talk + between(r, sec, 3*sec) }},
	{"customer ends the talk", 5, false, func(r *rand.Rand, c *planned) { c.script.Talk, c.agent.Talk = between(r, sec, 4*sec), 0 }},
	{"held", 5, false, func(r *rand.Rand, c *planned) {
		c.agent.Holds = []robot.Hold{{After: between(r, 800*msec, 2*sec), For: between(r, 700*msec, 2*sec)}}
		c.agent.Talk = 5 * sec
		c.script.Key = 0
		c.script.Talk = 9 * sec
	}},
	{"held twice", 2, false, func(r *rand.Rand, c *planned) {
		for range 2 {
			c.agent.Holds = append(c.agent.Holds, robot.Hold{After: between(r, 800*msec, sec), For: between(r, 700*msec, sec)})
		}
		c.agent.Talk = 5 * sec
		c.rate(r)
	}},
	{"customer leaves on hold", 4, false, func(r *rand.Rand, c *planned) {
		c.agent.Holds = []robot.Hold{{After: between(r, 800*msec, 2*sec), For: 30 * sec}}
		c.agent.Talk = 40 * sec
		c.script.OnHold = between(r, 100*msec, 2*sec)
	}},
	{"abandoned", 8, false, func(r *rand.Rand, c *planned) { c.refuse, c.script.Patience = 99, between(r, 300*msec, 5*sec) }},
	{"missed at one desk", 2, false, func(r *rand.Rand, c *planned) { c.refuse = 1; c.rate(r) }},
	{"declined at one desk", 3, false, func(r *rand.Rand, c *planned) { c.refuse, c.decline = 1, true; c.rate(r) }},
	{"cancelled", 3, false, func(r *rand.Rand, c *planned) {
		c.script.Dialed, c.refuse, c.script.Patience = "1901", 99, between(r, 300*msec, 3*sec)
	}},
	{"cancelled in the answer", 1, false, func(r *rand.Rand, c *planned) { c.refuse, c.script.Patience = 99, between(r, msec, 15*msec) }},
	{"answered by the agent's accept", 3, false, func(r *rand.Rand, c *planned) { c.script.Dialed = "1901"; c.rate(r) }},
	{"out, rated", 3, true, func(r *rand.Rand, c *planned) { c.rate(r) }},
	{"out, customer ends the talk", 3, true, func(r *rand.Rand, c *planned) { c.script.Talk, c.agent.Talk = between(r, sec, 3*sec), 0 }},
	{"out, busy", 2, true, func(_ *rand.Rand, c *planned) { c.script.Fate = phonenet.Busy }},
	{"out, no answer", 1, true, func(_ *rand.Rand, c *planned) { c.script.Fate = phonenet.RingOut }},
	{"out, rejected", 1, true, func(_ *rand.Rand, c *planned) { c.script.Fate = phonenet.Reject }},
	{"out, unknown number", 1, true, func(_ *rand.Rand, c *planned) { c.script.Fate = phonenet.Unknown }},
	{"out, intercepted", 1, true, func(_ *rand.Rand, c *planned) { c.script.Fate = phonenet.Intercp }},
}

// rate lets the customer press a key in the survey.
func (c *planned) rate(r *rand.Rand) {
	c.script.Key, c.script.KeyAfter = byte('1'+r.IntN(5)), between(r, 100*msec, 2*sec)
}
