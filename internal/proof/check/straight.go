package check

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ClockSet is the fault in which somebody sets the product's wall clock. The
// calls must not feel it; only a run that names it may have steps.
const ClockSet = "clock set"

// step is one step of a node's wall clock.
type step struct {
	node             string
	boot, mono       int64
	before, after    int64 // what the wall showed
	us               int64
	straightenedToUS int64
}

// straighten puts every instant of stamps and records back on one clock, the
// one that was right in the end, and joins the pieces that steps have cut: what
// is true of a day without a step must be true then. Figures of quarter hours
// are by the wall and are checked BEFORE. It returns how many steps there were.
func straighten(facts []*fact, s *store) int {
	steps := stepsOf(facts)
	if len(steps) == 0 {
		return 0
	}
	walls := map[string]map[int64]int64{} // by subject: what the wall showed → when it was
	for i, st := range steps {
		steps[i].straightenedToUS = st.after + remaining(steps, st.node, st.boot, st.mono)
	}
	for _, a := range facts {
		w := walls[a.subject()]
		if w == nil {
			w = map[int64]int64{}
			for _, st := range steps {
				w[st.before], w[st.after] = st.straightenedToUS, st.straightenedToUS
			}
			walls[a.subject()] = w
		}
		at := a.At + remaining(steps, a.Node, a.Boot, a.Mono)
		w[a.At], a.At = at, at
	}
	for table, rows := range s.rows {
		for _, r := range rows {
			w := walls["call:"+r.str("call")]
			if strings.HasPrefix(table, "records.agent_") {
				w = walls["agent:"+r.str("session")]
			}
			straightRow(r, w)
		}
	}
	for _, c := range s.rows["records.calls"] {
		c["spans"] = joined(c.list("spans"))
	}
	joinIntervals(s)
	return len(steps)
}

// stepped reports whether a step has cut anything.
func stepped(s *store) bool {
	cut := func(r row) bool { return r.is("step") }
	return slices.ContainsFunc(s.rows["records.agent_intervals"], cut) ||
		slices.ContainsFunc(s.rows["records.calls"], func(c row) bool { return slices.ContainsFunc(c.list("spans"), cut) })
}

// lastWall is what each node's wall showed at its last stamp.
func lastWall(s *store) map[string]int64 {
	wall := map[string]int64{}
	for _, r := range s.stamps { // by node and Seq
		if at, ok := r["at"].(time.Time); ok {
			wall[r.str("node")] = at.UnixMicro()
		}
	}
	return wall
}

func stepsOf(facts []*fact) (steps []step) {
	for _, a := range facts {
		if a.Kind == "clock.step" {
			steps = append(steps, step{node: a.Node, boot: a.Boot, mono: a.Mono, before: a.At - a.Data.StepUS, after: a.At, us: a.Data.StepUS})
		}
	}
	return steps
}

// remaining is the sum of the steps that came after an instant.
func remaining(steps []step, node string, boot, mono int64) (us int64) {
	for _, st := range steps {
		if st.node == node && (st.boot > boot || st.boot == boot && st.mono > mono) {
			us += st.us
		}
	}
	return us
}

// straightRow moves every instant of a row that its subject's stamps know.
func straightRow(r row, walls map[int64]int64) {
	for col := range r {
		if col == "from" || col == "to" || strings.HasSuffix(col, "_at") {
			if at, known := walls[r.int(col)]; known && r.int(col) != 0 {
				r[col] = at
			}
		}
	}
	for _, col := range []string{"spans", "wrap"} {
		for _, p := range r.list(col) {
			straightRow(p, walls)
		}
	}
}

// joined joins what a step has cut.
func joined(pieces []row) []any {
	var out []any
	var last row
	for _, p := range pieces {
		if last != nil && continues(last, p, "phase", "segment", "queue", "agent") {
			if last["to"] = p["to"]; p["to"] == nil {
				delete(last, "to")
			}
			continue
		}
		last = p
		out = append(out, map[string]any(p))
	}
	return out
}

func continues(a, b row, same ...string) bool {
	return b.is("step") && a.int("to") == b.int("from") &&
		!slices.ContainsFunc(same, func(col string) bool { return fmt.Sprint(a[col]) != fmt.Sprint(b[col]) })
}

// joinIntervals joins the pieces of agents' states and numbers them anew.
func joinIntervals(s *store) {
	chains := map[string][]row{}
	for _, a := range s.rows["records.agent_intervals"] {
		chains[a.str("session")] = append(chains[a.str("session")], a)
	}
	var all []row
	states := map[string]int64{}
	for id, chain := range chains {
		var last row
		for _, a := range sortedBy(chain, "n") {
			if last != nil && continues(last, a, "state", "call", "segment", "aux", "queue", "cause") {
				last["to"], last["closed"] = a["to"], a["closed"]
				continue
			}
			last = a
			states[id]++
			a["n"] = states[id]
			all = append(all, a)
		}
	}
	s.rows["records.agent_intervals"] = all
	for _, l := range s.rows["records.agent_sessions"] {
		if n, known := states[l.str("session")]; known {
			l["states"] = n
		}
	}
}
