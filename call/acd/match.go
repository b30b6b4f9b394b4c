package acd

import (
	"cmp"
	"slices"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Idle is an agent who could take a call.
type Idle struct {
	Seat   call.Seat
	Since  stamp.Instant // ready since
	Queues []stamp.QueueID
}

// Pair is a call and the agent it should be offered to.
type Pair struct {
	Waiting call.Waiting
	Seat    call.Seat
}

// Match pairs waiting calls with idle agents: the call whose customer has
// waited longest first, and for it the agent of its queue who has been ready
// longest. Ties go by id, so equal inputs give equal pairs. The order of the
// arguments does not matter; neither is changed.
//
// Cost: sorting, then O(calls + Σ queues per agent): every agent is passed over
// at most once per queue.
func Match(waiting []call.Waiting, idle []Idle) []Pair {
	calls := slices.Clone(waiting)
	slices.SortFunc(calls, func(a, b call.Waiting) int {
		return cmp.Or(cmp.Compare(a.Since.At, b.Since.At), cmp.Compare(a.Call, b.Call))
	})
	agents := slices.Clone(idle)
	slices.SortFunc(agents, longestIdleFirst)
	lines := map[stamp.QueueID][]int{} // queue → its agents, longest idle first
	for i, a := range agents {
		for _, q := range a.Queues {
			lines[q] = append(lines[q], i)
		}
	}
	taken := make([]bool, len(agents))
	var pairs []Pair
	for _, w := range calls {
		line := lines[w.Queue]
		for len(line) > 0 && taken[line[0]] {
			line = line[1:]
		}
		if len(line) > 0 {
			taken[line[0]] = true
			pairs = append(pairs, Pair{Waiting: w, Seat: agents[line[0]].Seat})
			line = line[1:]
		}
		lines[w.Queue] = line
	}
	return pairs
}

func longestIdleFirst(a, b Idle) int {
	return cmp.Or(cmp.Compare(a.Since.At, b.Since.At), cmp.Compare(a.Seat.Agent, b.Seat.Agent))
}
