package main

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/robot"
)

// chance draws what people do. It is not safe for concurrent use.
type chance struct{ *rand.Rand }

func newChance(seed, stream uint64) chance { return chance{rand.New(rand.NewPCG(seed, stream))} }

// between is evenly distributed.
func (c chance) between(least, most time.Duration) time.Duration {
	return least + time.Duration(c.Int64N(int64(most-least)))
}

// of draws an index by its weight.
func (c chance) of(weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	n := c.IntN(sum)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	return 0
}

// voice is a person's: men around 115 Hz, women around 205 Hz.
func (c chance) voice() phonenet.Voice {
	pitch := 115.0
	if c.IntN(2) == 0 {
		pitch = 205
	}
	return robot.NewMurmur(c.Uint64(), pitch*(0.9+0.2*c.Float64()))
}

// key is a survey's answer, mostly a good one; 0 for the one in five who gives none.
func (c chance) key() byte {
	if c.IntN(5) == 0 {
		return 0
	}
	return "12345"[c.of(5, 6, 12, 32, 45)]
}

// customers of whom the i-th begins a call; the numbers of leads come later.
const demoCallers = 40_000

// inbound is a customer who calls in. Most wait long and leave the end to the
// agent; some are impatient, some hang up first, a few on hold.
func (c chance) inbound() phonenet.Script {
	s := phonenet.Script{Dialed: demoNumber, Voice: c.voice(), Key: c.key(), KeyAfter: c.between(1500*time.Millisecond, 6*time.Second)}
	s.Number, s.Name = demoCustomer(demoCallers + c.IntN(10_000))
	switch c.of(70, 18, 8, 4) {
	case 0:
		s.Patience = c.between(60*time.Second, 3*time.Minute)
	case 1:
		s.Patience = c.between(20*time.Second, time.Minute)
	case 2:
		s.Patience = c.between(8*time.Second, 20*time.Second)
	case 3:
		s.Patience = c.between(2*time.Second, 5*time.Second) // short abandon
	}
	if c.IntN(4) == 0 {
		s.Talk = c.between(10*time.Second, 35*time.Second)
	}
	if c.IntN(6) == 0 {
		s.OnHold = c.between(3*time.Second, 8*time.Second)
	}
	return s
}

// guest is the customer kept for the person at the desk: a compatriot who waits
// long, leaves the end to the agent, and is content.
func (c chance) guest(language string) phonenet.Script {
	s := c.inbound()
	i := demoCallers + 10*c.IntN(1000) // of each ten, 0 to 6 are Vietnamese
	if language == "zh-Hant" {
		i += 7
	}
	s.Number, s.Name = demoCustomer(i + c.IntN(3))
	s.Patience, s.Talk, s.OnHold, s.Key = 5*time.Minute, 0, 0, "45"[c.IntN(2)]
	return s
}

// outbound is a customer who is called.
func (c chance) outbound() phonenet.Script {
	s := phonenet.Script{
		Ring: c.between(1500*time.Millisecond, 6*time.Second), Voice: c.voice(),
		Patience: c.between(8*time.Second, 15*time.Second), Key: c.key(), KeyAfter: c.between(1500*time.Millisecond, 6*time.Second),
	}
	s.Fate = []phonenet.Fate{phonenet.Answer, phonenet.Busy, phonenet.RingOut, phonenet.Reject, phonenet.Unknown, phonenet.Intercp}[c.of(74, 8, 6, 5, 4, 3)]
	if c.IntN(3) == 0 {
		s.Talk = c.between(8*time.Second, 30*time.Second)
	}
	return s
}

// called gives the fates of called customers, in the order of the calls.
type called struct {
	mu     sync.Mutex
	chance chance
}

func newCalled(seed uint64) *called { return &called{chance: newChance(seed, 2)} }

func (c *called) script(string) phonenet.Script {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.chance.outbound()
}
