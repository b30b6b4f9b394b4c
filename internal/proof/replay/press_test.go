package replay

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// press numbers lines in the order in which they were written, and adds what
// the node says of its quarter hours: each is closed two seconds after its end,
// and settled once the last call that arrived in it is closed. Three more quarter
// hours are closed at the end, so that every figure has been computed last with
// everything in it, however late it was written.
func press(lines []line) []stamp.Stamp {
	p := &printer{settler: kpi.NewSettler(), n: map[stamp.Subject]uint64{}}
	next := stamp.BucketAt(lines[0].written)
	last := int64(0)
	for _, l := range lines {
		last = max(last, l.s.At)
		next = p.cuts(next, l.written)
		p.print(l.s)
		if l.s.Kind() == "call.closed" {
			p.settled(l.written)
		}
	}
	p.cuts(next, last+3*stamp.BucketUS)
	return p.out
}

// afterUS is how long after its end a quarter hour is closed.
const afterUS = 2_000_000

type printer struct {
	out     []stamp.Stamp
	settler *kpi.Settler
	n       map[stamp.Subject]uint64 // of the node's boots: their stamps are numbered here
	started stamp.Stamp              // the present boot
}

// cuts closes the quarter hours from next on that are over.
func (p *printer) cuts(next stamp.Bucket, until int64) stamp.Bucket {
	for ; next.End()+afterUS <= until; next += stamp.Bucket(stamp.BucketUS) {
		p.own(next.End()+afterUS, stamp.BucketClosed{Bucket: next})
		p.settled(next.End() + afterUS)
	}
	return next
}

func (p *printer) settled(at int64) {
	for _, b := range p.settler.Due() {
		p.own(at, stamp.BucketSettled{Bucket: b})
	}
}

// own is a stamp of the node about itself.
func (p *printer) own(at int64, f stamp.Fact) {
	s := p.started
	s.N, s.Fact, s.Instant = 0, f, p.started.Add(at-p.started.At)
	p.print(s)
}

func (p *printer) print(s stamp.Stamp) {
	if s.Kind() == "node.started" {
		p.started = s
	}
	if s.Subject.Kind == stamp.SubjectNode {
		p.n[s.Subject]++
		s.N = p.n[s.Subject]
	}
	s.Seq = uint64(len(p.out) + 1)
	p.settler.Apply(s)
	p.out = append(p.out, s)
}

// delayed returns the lines as racing owners might have written them: most
// within milliseconds, a few up to most late, also past a cut. A subject's own
// lines keep their order, and the node's own stand where they stood.
func delayed(r *rand.Rand, lines []line, most time.Duration) []line {
	out := slices.Clone(lines)
	last := map[stamp.Subject]int64{}
	for i, l := range out {
		late := r.Int64N(5_000)
		if r.IntN(20) == 0 {
			late = r.Int64N(most.Microseconds())
		}
		if l.s.Subject.Kind == stamp.SubjectNode {
			late = 0
		}
		out[i].written = max(l.written+late, last[l.s.Subject]+1)
		last[l.s.Subject] = out[i].written
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	slices.SortStableFunc(out, func(a, b line) int { return cmp.Compare(a.written, b.written) })
	return out
}

// entries are stamps as the journal hands them out.
func entries(t testing.TB, stamps []stamp.Stamp) []ledger.Entry {
	t.Helper()
	out := make([]ledger.Entry, len(stamps))
	var head ledger.Hash
	for i, s := range stamps {
		text, err := stamp.Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		head = head.Next(text)
		out[i] = ledger.Entry{Seq: s.Seq, Stamp: s, Bytes: text, Hash: head}
	}
	return out
}
