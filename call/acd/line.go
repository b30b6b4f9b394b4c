package acd

import (
	"cmp"
	"slices"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// queueLine is a queue's free agents in the order of its strategy.
type queueLine struct {
	Queue

	agents []ranked
	sorted bool
}

// ranked is an agent by the place in the matching's list, which settles ties.
type ranked struct {
	rank  uint64
	agent int32
}

func (l *queueLine) order() []ranked {
	if !l.sorted {
		l.sorted = true
		slices.SortFunc(l.agents, func(a, b ranked) int {
			return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.agent, b.agent))
		})
	}
	return l.agents
}

// lineKey names the calls of one queue that ask for the same levels: steps has
// three bits for the step of each need.
type lineKey struct {
	queue stamp.QueueID
	steps uint32
}

// line is who may serve such calls, in order; who was passed over is taken.
type line struct {
	agents []int32
}

// next returns the first who is not taken yet, -1 if there is none.
func (l *line) next(taken []bool) int {
	for len(l.agents) > 0 && taken[l.agents[0]] {
		l.agents = l.agents[1:]
	}
	if len(l.agents) == 0 {
		return -1
	}
	return int(l.agents[0])
}

func (m *matching) line(w *call.Waiting, q *queueLine) *line {
	waited := m.Now.Sub(w.Since)
	key := lineKey{queue: w.Queue}
	for i, n := range q.Needs[:min(len(q.Needs), MaxNeeds)] {
		key.steps |= uint32(min(n.at(waited), MaxSteps-1)) << (3 * i) //nolint:gosec // 0 to 7
	}
	l := m.lines[key]
	if l == nil {
		l = &line{}
		m.lines[key] = l
		wanted, order := m.skills.wanted(&q.Queue, key.steps), q.order()
		l.agents = make([]int32, 0, len(order))
		for _, a := range order {
			if m.skills.has(int(a.agent), wanted) {
				l.agents = append(l.agents, a.agent)
			}
		}
	}
	return l
}

// skillTable is the agents' levels as one block: a row an agent, a column a
// skill that some queue asks for.
type skillTable struct {
	columns map[stamp.SkillID]int
	levels  []uint8
}

// wanted is a level that is asked for.
type wanted struct {
	column int
	level  uint8
}

func newSkillTable(agents []int32, from Snapshot) skillTable {
	t := skillTable{columns: map[stamp.SkillID]int{}}
	for _, q := range from.Queues {
		for _, n := range q.Needs {
			if _, known := t.columns[n.Skill]; !known {
				t.columns[n.Skill] = len(t.columns)
			}
		}
	}
	if len(t.columns) == 0 {
		return t
	}
	t.levels = make([]uint8, len(agents)*len(t.columns))
	for i, of := range agents {
		for _, s := range from.Idle[of].Skills {
			if c, asked := t.columns[s.Skill]; asked {
				t.levels[i*len(t.columns)+c] = uint8(min(max(s.Level, 0), MaxLevel)) //nolint:gosec // 0 to 10
			}
		}
	}
	return t
}

// wanted resolves what the queue's calls ask for in their steps.
func (t skillTable) wanted(q *Queue, steps uint32) []wanted {
	var list []wanted
	for i, n := range q.Needs[:min(len(q.Needs), MaxNeeds)] {
		if level := n.level(int(steps >> (3 * i) & (MaxSteps - 1))); level > 0 {
			list = append(list, wanted{t.columns[n.Skill], uint8(min(level, MaxLevel))}) //nolint:gosec // 1 to 10
		}
	}
	return list
}

func (t skillTable) has(agent int, all []wanted) bool {
	row := t.levels[agent*len(t.columns):]
	for _, w := range all {
		if row[w.column] < w.level {
			return false
		}
	}
	return true
}

// Wake returns in how many µs a matching of the same calls and agents may come
// out differently: a need relaxes, or an agent is no longer waited for. false:
// never.
func Wake(s Snapshot) (us int64, ok bool) {
	sooner := func(after int64) {
		if after > 0 && (!ok || after < us) {
			us, ok = after, true
		}
	}
	for _, w := range s.Waiting {
		q, waited := s.Queues[w.Queue], s.Now.Sub(w.Since)
		if w.Prefer != "" {
			sooner(q.LastAgentUS - waited)
		}
		for _, n := range q.Needs {
			if next := n.at(waited) + 1; next < len(n.Steps) {
				sooner(n.Steps[next].AfterUS - waited)
			}
		}
	}
	return us, ok
}
