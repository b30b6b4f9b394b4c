package acd

import (
	"cmp"
	"hash/fnv"
	"math"
	"slices"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Strategy says which of a queue's free agents is rung first. Ties go to who has
// been ready longest, then by id.
type Strategy string

// The strategies.
const (
	LongestIdle Strategy = "longest_idle" // ready for longest
	RoundRobin  Strategy = "round_robin"  // rung longest ago
	FewestCalls Strategy = "fewest_calls" // fewest calls today
	LeastTalk   Strategy = "least_talk"   // least talk today
	Random      Strategy = "random"       // by lot: the seed is stamped with the offer
	Weighted    Strategy = "weighted"     // by lot, with the members' weights as shares
	TopDown     Strategy = "top_down"     // by the members' positions
	RingAll     Strategy = "ring_all"     // several at once, the first who accepts has the call
)

// Strategies are all of them, for who checks what people write.
func Strategies() []Strategy {
	return []Strategy{LongestIdle, RoundRobin, FewestCalls, LeastTalk, Random, Weighted, TopDown, RingAll}
}

// Why an agent was chosen, where it was not by the queue's strategy.
const WhyLastAgent = "last_agent"

// Idle is an agent who could take a call.
type Idle struct {
	Seat   call.Seat
	Since  stamp.Instant // ready since
	Queues []Member
	Skills []stamp.Skill
	Rung   uint64 // counts the Floor's offers; 0 = never rung
	Calls  int    // connected today
	TalkUS int64  // today
}

// lot draws a number in (0, 1) that seed and agent alone decide.
func lot(seed uint32, agent stamp.AgentID) float64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte{byte(seed >> 24), byte(seed >> 16), byte(seed >> 8), byte(seed)})
	_, _ = h.Write([]byte(agent))
	x := h.Sum64() // FNV's high bits hardly feel the last byte: mix (splitmix64)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return (float64(x>>11) + 0.5) / (1 << 53)
}

// rank is the agent's place by the strategy; the lowest is rung first.
func (s Strategy) rank(a *Idle, m Member, seed uint32) uint64 {
	switch s {
	case RoundRobin:
		return a.Rung
	case FewestCalls:
		return uint64(max(a.Calls, 0)) //nolint:gosec // not below 0
	case LeastTalk:
		return uint64(max(a.TalkUS, 0)) //nolint:gosec // not below 0
	case TopDown:
		return uint64(int64(m.Position)) ^ 1<<63 //nolint:gosec // keeps the order, below 0 too
	case Random:
		return math.Float64bits(lot(seed, a.Seat.Agent)) // the bits of floats above 0 are in their order
	case Weighted:
		// Efraimidis and Spirakis: the least of −ln(u)/w is each one's with probability w/Σw.
		return math.Float64bits(-math.Log(lot(seed, a.Seat.Agent)) / float64(max(m.Weight, 1)))
	}
	return 0 // longest idle, ring all
}

// drawn reports whether the strategy needs a seed.
func (s Strategy) drawn() bool { return s == Random || s == Weighted }

// why is the word that the offer's stamp carries.
func (s Strategy) why() string { return string(cmp.Or(s, LongestIdle)) }

func longestIdleFirst(a, b *Idle) int {
	if d := a.Since.Sub(b.Since); d != 0 {
		return cmp.Compare(d, 0)
	}
	return cmp.Compare(a.Seat.Agent, b.Seat.Agent)
}

// Order returns the queue's agents among idle, first who is to be rung first.
func Order(q Queue, id stamp.QueueID, idle []Idle, seed uint32) []Idle {
	type place struct {
		of   *Idle
		rank uint64
	}
	var line []place
	for i := range idle {
		for _, m := range idle[i].Queues {
			if m.Queue == id {
				line = append(line, place{&idle[i], q.Strategy.rank(&idle[i], m, seed)})
			}
		}
	}
	slices.SortFunc(line, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), longestIdleFirst(a.of, b.of))
	})
	ordered := make([]Idle, len(line))
	for i, r := range line {
		ordered[i] = *r.of
	}
	return ordered
}
