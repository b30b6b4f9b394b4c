package replay

import (
	"errors"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// trials is how often a disorder is tried in memory: a thousand times.
const trials = 1000

// inMemory is a follower without a store: what it holds dies with it, but for
// what it has saved.
type inMemory struct {
	folder *kpi.Folder
	live   *kpi.Live
	book   *book
}

// take applies a batch to both ways of counting.
func (m *inMemory) take(batch []stamp.Stamp) error {
	for _, s := range batch {
		ch, err := m.folder.Apply(s)
		if err != nil {
			return err
		}
		p, err := m.live.Apply(s)
		if err != nil {
			return err
		}
		m.book.write(ch.Records)
		m.book.count(p)
	}
	return nil
}

// reborn dies and is restored from what it saved.
func (m *inMemory) reborn(t testing.TB) {
	t.Helper()
	fold, err := m.folder.State()
	must(t, err)
	live, err := m.live.State()
	must(t, err)
	m.folder, err = kpi.RestoreFolder(fold)
	must(t, err)
	m.live, err = kpi.RestoreLive(live)
	must(t, err)
}

// nodes feed one book: each has followers of its own.
type nodes struct {
	seen    *tally
	book    *book
	of      []*inMemory
	journal [][]stamp.Stamp
}

func newNodes(journals ...[]stamp.Stamp) *nodes {
	n := &nodes{seen: &tally{}, book: newBook(), journal: journals}
	for range journals {
		n.of = append(n.of, &inMemory{kpi.NewFolder(), kpi.NewLive(), n.book})
	}
	return n
}

// inOrder feeds every journal once, one after the other.
func (n *nodes) inOrder(t testing.TB) *book {
	t.Helper()
	for i, m := range n.of {
		must(t, m.take(n.journal[i]))
	}
	return n.book
}

// inDisorder feeds the journals as delivery may: batches that end anywhere and
// come again, batches that come too early, deaths in between, the nodes
// interleaved.
func (n *nodes) inDisorder(t testing.TB, r *rand.Rand) *book {
	t.Helper()
	for open := len(n.of); open > 0; {
		i := r.IntN(len(n.of))
		m, journal := n.of[i], n.journal[i]
		at := int(m.folder.Seq())
		if at == len(journal) {
			if open = 0; n.open() {
				open = 1
			}
			continue
		}
		from, to := at, min(at+1+r.IntN(60), len(journal))
		n.seen.batches.Add(1)
		switch r.IntN(12) {
		case 0, 1: // its confirmation was lost: some come again
			from = max(0, at-r.IntN(40))
			n.seen.repeated.Add(1)
		case 2: // too early
			if from = at + 1 + r.IntN(30); from < len(journal) {
				n.tooEarly(t, m, journal[from:min(from+10, len(journal))])
				n.seen.early.Add(1)
			}
			continue
		case 3:
			m.reborn(t)
			n.seen.deaths.Add(1)
		}
		must(t, m.take(journal[from:to]))
	}
	return n.book
}

func (n *nodes) open() bool {
	for i, m := range n.of {
		if int(m.folder.Seq()) < len(n.journal[i]) {
			return true
		}
	}
	return false
}

// tooEarly: a gap is refused and changes nothing.
func (n *nodes) tooEarly(t testing.TB, m *inMemory, batch []stamp.Stamp) {
	t.Helper()
	var gap *kpi.GapError
	seq := m.folder.Seq()
	if _, err := m.folder.Apply(batch[0]); !errors.As(err, &gap) || m.folder.Seq() != seq {
		t.Fatalf("stamp %d after %d: %v", batch[0].Seq, seq, err)
	}
	if _, err := m.live.Apply(batch[0]); !errors.As(err, &gap) || m.live.Seq() != seq {
		t.Fatalf("stamp %d after %d: %v", batch[0].Seq, seq, err)
	}
}

// inMemoryTrials is a thousand times each: see the package's doc for what is
// asserted.
func inMemoryTrials(t *testing.T, rep *report) {
	t.Parallel()
	days := lived(t)
	stamps := 0
	for _, d := range days {
		stamps += len(press(d.a)) + len(press(d.b))
	}
	rep.row("in memory", "%d days of two nodes, %d stamps", len(days), stamps)
	t.Run("delivery", func(t *testing.T) {
		t.Parallel()
		seen := &tally{}
		for i := range trials {
			d := days[i%len(days)]
			n := newNodes(press(d.a), press(d.b))
			n.seen = seen
			got := n.inDisorder(t, rand.New(rand.NewPCG(uint64(i), 1)))
			if !got.same(d.whole, true) {
				t.Fatalf("trial %d: %s", i, differs(got.page(t, true), d.whole.page(t, true)))
			}
		}
		rep.row("in memory, delivered in disorder", "%d times: %s; the same to the byte", trials, seen)
	})
	t.Run("writing", func(t *testing.T) {
		t.Parallel()
		seen := &tally{}
		for i := range trials {
			r := rand.New(rand.NewPCG(uint64(i), 2))
			d := days[i%len(days)]
			late := []time.Duration{time.Second, 20 * time.Second, 20 * time.Minute}[i%3]
			n := newNodes(press(delayed(r, d.a, late)), press(delayed(r, d.b, late)))
			n.seen = seen
			got := n.inDisorder(t, r)
			if !got.same(d.whole, false) {
				t.Fatalf("trial %d: %s", i, differs(got.page(t, false), d.whole.page(t, false)))
			}
		}
		rep.row("in memory, written in another order, up to 20 min late", "%d times: %s; the same but for the journal's numbers", trials, seen)
	})
}

// day is what two nodes lived, and what it comes to.
type day struct {
	a, b  []line
	whole *book
}

// lived returns eight days.
func lived(t *testing.T) []day {
	t.Helper()
	z := tiny()
	if os.Getenv("PROOF") == "full" {
		z = large()
	}
	days := make([]day, 8)
	for i := range days {
		d := day{a: live(t, "n1", uint64(2*i), z), b: live(t, "n2", uint64(2*i+1), z)}
		d.whole = newNodes(press(d.a), press(d.b)).inOrder(t)
		d.whole.balanced(t)
		if v := kpi.CheckLaws(d.whole.records()); len(v) > 0 {
			t.Fatalf("day %d breaks a law: %v", i, v)
		}
		days[i] = d
	}
	return days
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
