package acd

import (
	"cmp"
	"slices"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Snapshot is everything that a matching looks at.
type Snapshot struct {
	Now     stamp.Instant
	Waiting []call.Waiting
	Idle    []Idle
	Queues  map[stamp.QueueID]Queue
	// Here are the agents who could take a call before long, with their queues:
	// for them a call that prefers them is kept.
	Here map[stamp.AgentID][]stamp.QueueID
	Open map[stamp.ID]int // offers that stand already, by call: of ring_all
	Seed uint32           // of the strategies that draw lots
}

// Pair is a call and the agent it should be offered to.
type Pair struct {
	Waiting call.Waiting
	Seat    call.Seat
	Why     string // the strategy, or last_agent
	Seed    uint32 // 0 = no lot was drawn
}

// Place is where a call stands among all that wait, µs; the lowest goes first:
//
//	place = first entry − head start of the queue − head start of the call − VIP's
//
// A head start is thus priority in the unit of waiting, and a call ages by
// waiting: who came later than the sum of all head starts never overtakes it, so
// nobody starves while agents come free. It does not depend on now.
func Place(w *call.Waiting, q *Queue) int64 {
	place := w.Since.Mono - q.HeadStartUS - w.HeadStartUS
	if w.VIP {
		place -= q.VIPUS
	}
	return place
}

// Match pairs waiting calls with idle agents: calls in order of their Place,
// each with the first agent of its queue, by the queue's strategy, who has the
// skills that are asked for after such a wait. A call that prefers an agent who
// is here is kept for them for the queue's LastAgentUS. Ties go by id: equal
// snapshots give equal pairs, in whatever order they are listed, and nothing of
// them is changed.
//
// Cost: sorting, then for each queue and set of levels one look at each of the
// queue's agents: calls that ask for the same share it.
func Match(s Snapshot) []Pair {
	m := newMatching(s)
	for _, c := range m.calls {
		m.pair(&s.Waiting[c.i])
	}
	return m.pairs
}

// placed is a call by its index in Waiting.
type placed struct {
	place int64
	i     int32
}

// matching is one Match under way.
type matching struct {
	Snapshot
	calls  []placed
	agents []int32 // indices in Idle, longest idle first
	taken  []bool
	skills skillTable
	queues map[stamp.QueueID]*queueLine
	lines  map[lineKey]*line
	byID   map[stamp.AgentID]int32 // indices in agents
	pairs  []Pair
}

func newMatching(s Snapshot) *matching {
	m := &matching{
		Snapshot: s, agents: make([]int32, len(s.Idle)), taken: make([]bool, len(s.Idle)), calls: make([]placed, len(s.Waiting)),
		queues: map[stamp.QueueID]*queueLine{}, lines: map[lineKey]*line{}, byID: make(map[stamp.AgentID]int32, len(s.Idle)),
	}
	for i := range s.Waiting {
		w := &s.Waiting[i]
		l := m.queues[w.Queue]
		if l == nil {
			l = &queueLine{Queue: s.Queues[w.Queue]}
			m.queues[w.Queue] = l
		}
		m.calls[i] = placed{Place(w, &l.Queue), int32(i)} //nolint:gosec // fewer than 2³¹ calls
	}
	slices.SortFunc(m.calls, func(a, b placed) int {
		if a.place != b.place {
			return cmp.Compare(a.place, b.place)
		}
		v, w := &s.Waiting[a.i], &s.Waiting[b.i]
		return cmp.Or(cmp.Compare(v.Call, w.Call), cmp.Compare(v.Entry, w.Entry))
	})
	for i := range m.agents {
		m.agents[i] = int32(i) //nolint:gosec // fewer than 2³¹ agents
	}
	slices.SortFunc(m.agents, func(a, b int32) int { return longestIdleFirst(&s.Idle[a], &s.Idle[b]) })
	m.skills = newSkillTable(m.agents, s)
	for i, of := range m.agents {
		a := &s.Idle[of]
		m.byID[a.Seat.Agent] = int32(i) //nolint:gosec // as above
		for _, member := range a.Queues {
			if l := m.queues[member.Queue]; l != nil {
				l.agents = append(l.agents, ranked{l.Strategy.rank(a, member, s.Seed), int32(i)}) //nolint:gosec // as above
			}
		}
	}
	return m
}

// pair finds the call's agents: one, or of ring_all as many as may be rung.
func (m *matching) pair(w *call.Waiting) {
	q := m.queues[w.Queue]
	if keep, i := m.kept(w, q); keep {
		if i >= 0 {
			m.take(w, i, WhyLastAgent, 0)
		}
		return
	}
	seed := uint32(0)
	if q.Strategy.drawn() {
		seed = m.Seed
	}
	l := m.line(w, q)
	for left := m.offers(w, q); left > 0; left-- {
		i := l.next(m.taken)
		if i < 0 {
			return
		}
		m.take(w, i, q.Strategy.why(), seed)
	}
}

// offers is how many agents may be rung for the call besides those that are.
func (m *matching) offers(w *call.Waiting, q *queueLine) int {
	switch {
	case q.Strategy != RingAll:
		return 1
	case q.Ring > 0:
		return q.Ring - m.Open[w.Call]
	}
	return len(m.agents)
}

// kept reports whether the call waits for the agent whom it prefers; i is that
// agent where free, else -1.
func (m *matching) kept(w *call.Waiting, q *queueLine) (keep bool, i int) {
	if w.Prefer == "" || q.LastAgentUS <= 0 || !slices.Contains(m.Here[w.Prefer], w.Queue) || m.Now.Sub(w.Since) >= q.LastAgentUS {
		return false, -1
	}
	of, idle := m.byID[w.Prefer]
	if !idle || m.taken[of] {
		return true, -1
	}
	return true, int(of)
}

func (m *matching) take(w *call.Waiting, i int, why string, seed uint32) {
	m.taken[i] = true
	m.pairs = append(m.pairs, Pair{Waiting: *w, Seat: m.Idle[m.agents[i]].Seat, Why: why, Seed: seed})
}
