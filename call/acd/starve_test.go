package acd

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// TestNobodyStarves lets far too many calls come for ever, most of them with
// head starts, and checks that none is overtaken by one that came later than the
// sum of all head starts, and that each is served.
func TestNobodyStarves(t *testing.T) {
	const headStart, vip, queueStart = 20e6, 30e6, 10e6 // µs
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 9))
		queues := map[stamp.QueueID]Queue{"plain": {}, "gold": {HeadStartUS: queueStart, VIPUS: vip}}
		for id, q := range queues {
			q.Strategy = Strategies()[r.IntN(len(Strategies())-1)] // ring all rings agents who are lost to others
			queues[id] = q
		}
		var line []call.Waiting
		came := map[stamp.ID]int64{} // ms
		overtaken := int64(0)
		for ms := int64(0); ms < 300_000; ms += 1000 {
			for n := range 1 + r.IntN(3) { // two a second come, one can be served
				w := waits(fmt.Sprintf("c%06d-%d", ms, n), "gold", ms)
				w.HeadStartUS, w.VIP = int64(r.IntN(2))*headStart, r.IntN(2) == 0
				if r.IntN(8) == 0 {
					w = waits(fmt.Sprintf("p%06d-%d", ms, n), "plain", ms)
				}
				line = append(line, w)
				came[w.Call] = ms
			}
			pairs := Match(Snapshot{Now: at(ms), Waiting: line, Idle: []Idle{idles("x", ms, "plain", "gold")}, Queues: queues, Seed: uint32(ms)})
			if len(pairs) != 1 {
				t.Fatalf("seed %d: an agent is free, %d calls wait, %d pairs", seed, len(line), len(pairs))
			}
			var left []call.Waiting
			for _, w := range line {
				if w.Call != pairs[0].Waiting.Call {
					left = append(left, w)
					overtaken = max(overtaken, came[pairs[0].Waiting.Call]-came[w.Call])
				}
			}
			line = left
		}
		if limit := int64(headStart+vip+queueStart) / 1000; overtaken > limit {
			t.Fatalf("seed %d: a call was overtaken by one that came %d ms later, at most %d may be", seed, overtaken, limit)
		}
		if overtaken == 0 {
			t.Fatalf("seed %d: nobody overtook anybody, so nothing was tried", seed)
		}
	}
}
