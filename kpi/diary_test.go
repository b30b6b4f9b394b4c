package kpi

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

const (
	second int64 = 1_000_000
	minute       = 60 * second
	hour         = 60 * minute
	// day0 is 2026-03-02 00:00 UTC, a Monday.
	day0 int64 = 1_772_409_600 * second
)

// diary collects the stamps of one node in whatever order they are told, and
// journals them: sorted by when they were written, numbered.
type diary struct {
	org   stamp.OrgID
	steps []clockStep
	boots []int64 // when each boot began, µs since day0
	lines []line
	n     map[stamp.Subject]uint64
	last  map[stamp.Subject]int64 // when its latest stamp was written
}

type line struct {
	written int64 // µs since day0, true time
	s       stamp.Stamp
}

type clockStep struct{ at, us int64 }

func newDiary() *diary {
	return &diary{
		org: "o1", boots: []int64{-hour},
		n: map[stamp.Subject]uint64{}, last: map[stamp.Subject]int64{},
	}
}

// instant is the true time at as the node's clocks show it.
func (d *diary) instant(at int64) stamp.Instant {
	boot := 0
	for i, b := range d.boots {
		if at >= b {
			boot = i
		}
	}
	wall := day0 + at
	for _, st := range d.steps {
		if at >= st.at {
			wall += st.us
		}
	}
	return stamp.Instant{At: wall, Mono: at - d.boots[boot], Boot: uint32(boot + 1)}
}

// tell adds a stamp that happened at at and was written late µs afterwards,
// but never before the subject's previous one.
func (d *diary) tell(at, late int64, sub stamp.Subject, phase string, fact stamp.Fact) {
	written := max(at+late, d.last[sub])
	d.last[sub] = written
	d.n[sub]++
	s := stamp.Stamp{
		Node: "n1", Org: d.org, Subject: sub, N: d.n[sub], Instant: d.instant(at), Phase: phase, Fact: fact,
	}
	if sub.Kind == stamp.SubjectCall {
		s.Call = sub.ID
	}
	d.lines = append(d.lines, line{written, s})
}

func (d *diary) node(at int64, fact stamp.Fact) {
	d.tell(at, 0, stamp.Subject{Kind: stamp.SubjectNode, ID: "n1.1"}, "", fact)
}

// run adds what the node says of itself: its steps of the clock, and
// bucket.closed two seconds by its clock after each quarter hour from → to.
func (d *diary) run(from, to int64) {
	type said struct {
		at   int64
		fact stamp.Fact
	}
	var all []said
	for _, st := range d.steps {
		all = append(all, said{st.at, stamp.ClockStep{StepUS: st.us}})
	}
	for _, c := range d.cuts(from, to) {
		all = append(all, said{c.at, stamp.BucketClosed{Bucket: stamp.Bucket(day0 + c.us)}})
	}
	slices.SortStableFunc(all, func(a, b said) int { return cmp.Compare(a.at, b.at) })
	for _, s := range all {
		d.node(s.at, s.fact)
	}
}

// cuts are the instants, true time, at which the node closes the bucket that
// begins at us by its clock: each once it is over, again where the clock goes
// back before its end.
func (d *diary) cuts(from, to int64) (cuts []clockStep) {
	steps := append(slices.Clone(d.steps), clockStep{to + hour, 0})
	slices.SortFunc(steps, func(a, b clockStep) int { return cmp.Compare(a.at, b.at) })
	next, offset, since := from, int64(0), from
	for _, st := range steps {
		for until := st.at; next+stamp.BucketUS <= to; next += stamp.BucketUS {
			due := max(next+stamp.BucketUS+2*second-offset, since)
			if due >= until {
				break
			}
			cuts = append(cuts, clockStep{due, next})
		}
		offset, since = offset+st.us, st.at
		next = min(next, int64(stamp.BucketAt(day0+st.at+offset))-day0)
	}
	return cuts
}

// journal numbers the stamps in the order in which they were written.
func (d *diary) journal() []stamp.Stamp {
	slices.SortStableFunc(d.lines, func(a, b line) int { return cmp.Compare(a.written, b.written) })
	out := make([]stamp.Stamp, len(d.lines))
	for i, l := range d.lines {
		out[i] = l.s
		out[i].Seq = uint64(i + 1)
	}
	return out
}

// shuffled mixes the stamps of subjects among each other, keeping each
// subject's order, and numbers them anew. The cuts stay behind everything that
// they close, and everything else behind them.
func shuffled(r *rand.Rand, in []stamp.Stamp) []stamp.Stamp {
	var out, block []stamp.Stamp
	flush := func() {
		queues := map[stamp.Subject][]stamp.Stamp{}
		var order []stamp.Subject
		for _, s := range block {
			order = append(order, s.Subject)
			queues[s.Subject] = append(queues[s.Subject], s)
		}
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, sub := range order {
			out = append(out, queues[sub][0])
			queues[sub] = queues[sub][1:]
		}
		block = nil
	}
	for _, s := range in {
		if s.Subject.Kind == stamp.SubjectNode {
			flush()
			out = append(out, s)
			continue
		}
		block = append(block, s)
	}
	flush()
	for i := range out {
		out[i].Seq = uint64(i + 1)
	}
	return out
}

// shelf keeps records by their natural key, as a store does.
type shelf struct {
	calls    map[stamp.ID]Call
	legs     map[[2]string]Leg
	entries  map[[2]string]Entry
	offers   map[stamp.ID]Offer
	segments map[[2]string]Segment
	surveys  map[[2]string]SurveyRun
	answers  map[[3]string]SurveyAnswer
	attempts map[stamp.ID]Attempt
	sessions map[stamp.ID]AgentSession
	agents   map[[2]string]AgentInterval
}

func newShelf() *shelf {
	return &shelf{
		map[stamp.ID]Call{}, map[[2]string]Leg{}, map[[2]string]Entry{}, map[stamp.ID]Offer{},
		map[[2]string]Segment{}, map[[2]string]SurveyRun{}, map[[3]string]SurveyAnswer{}, map[stamp.ID]Attempt{},
		map[stamp.ID]AgentSession{}, map[[2]string]AgentInterval{},
	}
}

func (h *shelf) write(r Records) {
	key := func(id stamp.ID, n int) [2]string { return [2]string{string(id), string(rune('0' + n))} }
	for _, x := range r.Calls {
		h.calls[x.Call] = x
	}
	for _, x := range r.Legs {
		h.legs[key(x.Call, int(x.Leg))] = x
	}
	for _, x := range r.Entries {
		h.entries[key(x.Call, int(x.Entry))] = x
	}
	for _, x := range r.Offers {
		h.offers[x.Offer] = x
	}
	for _, x := range r.Segments {
		h.segments[key(x.Call, int(x.Segment))] = x
	}
	for _, x := range r.Surveys {
		h.surveys[key(x.Call, int(x.Segment))] = x
	}
	for _, x := range r.Answers {
		h.answers[[3]string{string(x.Call), string(rune('0' + x.Segment)), x.Question}] = x
	}
	for _, x := range r.Attempts {
		h.attempts[x.Attempt] = x
	}
	for _, x := range r.Sessions {
		h.sessions[x.Session] = x
	}
	for _, x := range r.Agents {
		h.agents[key(x.Session, x.N)] = x
	}
}

func (h *shelf) records() Records {
	return Records{
		Calls: values(h.calls), Legs: values(h.legs), Entries: values(h.entries), Offers: values(h.offers),
		Segments: values(h.segments), Surveys: values(h.surveys), Answers: values(h.answers), Attempts: values(h.attempts),
		Sessions: values(h.sessions), Agents: values(h.agents),
	}
}

func values[K comparable, V any](m map[K]V) []V {
	out := make([]V, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// foldAll folds stamps into a shelf.
func foldAll(t testing.TB, stamps []stamp.Stamp) (*shelf, *Folder) {
	t.Helper()
	h, f := newShelf(), NewFolder()
	for _, s := range stamps {
		ch, err := f.Apply(s)
		if err != nil {
			t.Fatal(err)
		}
		h.write(ch.Records)
	}
	return h, f
}
