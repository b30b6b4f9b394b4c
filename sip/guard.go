package sip

import (
	"net/netip"
	"sync/atomic"
	"time"
)

// GuardConfig limits what the door lets in. The zero value of a field is its default.
type GuardConfig struct {
	Rate       float64       // messages a second from one source; 2000: some 300 calls a second
	Burst      float64       // twice Rate
	MaxMessage int           // bytes; 16 KiB for a datagram, four times as much in a stream
	FirstWait  time.Duration // until a connection's first full message, and for each message begun; 10 s
	IdleWait   time.Duration // between a connection's messages; 5 min
	PerSource  int           // connections of one address; 50
	Conns      int           // connections in all; 1024
}

func (c GuardConfig) withDefaults() GuardConfig {
	orDefault(&c.Rate, 2000)
	orDefault(&c.Burst, 2*c.Rate)
	orDefault(&c.MaxMessage, 16<<10)
	orDefault(&c.FirstWait, 10*time.Second)
	orDefault(&c.IdleWait, 5*time.Minute)
	orDefault(&c.PerSource, 50)
	orDefault(&c.Conns, 1024)
	return c
}

func orDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// Counts is what the door and the handlers have seen since the start.
type Counts struct {
	Passed, Unknown, Flooded, Oversized, Malformed, Panics uint64
}

// guard stands before the parser. It knows whose messages may come in at all; everybody else gets no byte back.
type guard struct {
	cfg     GuardConfig
	trunks  atomic.Pointer[[]*trunk] // replaced as a whole by SetTrunks
	buckets *buckets
	parses  func([]byte) bool // what the parser behind would say
	shut    atomic.Bool       // Close: nothing comes in any more

	passed, unknown, flooded, oversized, malformed, panics atomic.Uint64
	messages                                               messages
}

func newGuard(cfg GuardConfig, parses func([]byte) bool) *guard {
	g := &guard{cfg: cfg, buckets: newBuckets(cfg.Rate, cfg.Burst), parses: parses}
	g.trunks.Store(new([]*trunk))
	return g
}

// trunkAt returns the trunk that the address belongs to: the one with the narrowest claim on it, the first of equals.
func (g *guard) trunkAt(a netip.Addr) *trunk {
	a = a.Unmap()
	var best *trunk
	narrowest := -1
	for _, t := range *g.trunks.Load() {
		if bits := t.claim(a); bits > narrowest {
			best, narrowest = t, bits
		}
	}
	return best
}

// admit judges a source and its rate.
func (g *guard) admit(a netip.Addr, now time.Time) bool {
	if g.shut.Load() {
		return false
	}
	if g.trunkAt(a) == nil {
		g.unknown.Add(1)
		return false
	}
	if !g.buckets.take(a.Unmap(), now) {
		g.flooded.Add(1)
		return false
	}
	return true
}

// inspect judges the bytes of one message and returns the refusal that it is owed, if any.
func (g *guard) inspect(data []byte) (pass bool, reply []byte) {
	v := judge(data)
	if v.first && !g.parses(data) { // a second parsing for one message of a call, so that its sender gets an answer
		v = verdict{reply: refuse(data)}
	}
	if v.pass {
		g.passed.Add(1)
	} else {
		g.malformed.Add(1)
	}
	return v.pass, v.reply
}

func (g *guard) counts() Counts {
	return Counts{Passed: g.passed.Load(), Unknown: g.unknown.Load(), Flooded: g.flooded.Load(),
		Oversized: g.oversized.Load(), Malformed: g.malformed.Load(), Panics: g.panics.Load()}
}
