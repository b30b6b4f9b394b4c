package kpi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// counters are what a live store keeps.
type counters map[Key]int64

func (c counters) bump(deltas []Delta) {
	for _, d := range deltas {
		c[d.Key] += d.Add
	}
}

func (c counters) bucket(b stamp.Bucket) []Interval {
	sums := map[Key]int64{}
	for k, v := range c {
		if k.Bucket == b {
			sums[k] = v
		}
	}
	return sortIntervals(sums)
}

// differ names the first figure in which two lists differ, "" if none.
func differ(rolled, folded []Interval) string {
	for i := range max(len(rolled), len(folded)) {
		switch {
		case i >= len(rolled):
			return fmt.Sprintf("only folded: %+v", folded[i])
		case i >= len(folded):
			return fmt.Sprintf("only rolled: %+v", rolled[i])
		case rolled[i] != folded[i]:
			return fmt.Sprintf("rolled %+v, folded %+v", rolled[i], folded[i])
		}
	}
	return ""
}

// passed is how far buckets are over when s was made.
func passed(s stamp.Stamp) int64 { return stamp.BucketAt(s.At).Start() }

// walk sends stamps on both ways and compares every bucket at every cut.
func walk(t *testing.T, stamps []stamp.Stamp) (counters, *shelf) {
	t.Helper()
	live, fold, sums, h := NewLive(), NewFolder(), counters{}, newShelf()
	var closed []stamp.Bucket
	for _, s := range stamps {
		p, err := live.Apply(s)
		if err != nil {
			t.Fatal(err)
		}
		sums.bump(p.Deltas)
		ch, err := fold.Apply(s)
		if err != nil {
			t.Fatal(err)
		}
		h.write(ch.Records)
		if p.Closed == nil {
			continue
		}
		closed = append(closed, *p.Closed)
		for _, b := range closed {
			if d := differ(sums.bucket(b), Intervals(h.records(), b, passed(s))); d != "" {
				t.Fatalf("at the cut of %s, bucket %s: %s", p.Closed.Time(), b.Time(), d)
			}
		}
	}
	return sums, h
}

func TestRolledIsFolded(t *testing.T) {
	for seed := range uint64(24) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			stamps := randomDay(seed, 3*hour, 60)
			sums, h := walk(t, stamps)
			if len(sums) < 100 || len(h.calls) != 60 {
				t.Fatalf("a poor day: %d counters, %d calls", len(sums), len(h.calls))
			}
		})
	}
}

func TestOrderAmongSubjectsDoesNotMatter(t *testing.T) {
	for seed := range uint64(6) {
		stamps := randomDay(seed*2, 2*hour, 30) // none late, so blocks between cuts are independent
		want, _ := walk(t, stamps)
		got, _ := walk(t, shuffled(rand.New(rand.NewPCG(seed, 1)), stamps))
		if !reflect.DeepEqual(got, want) {
			t.Errorf("seed %d: other counters after shuffling", seed)
		}
	}
}

func TestReplayChangesNothing(t *testing.T) {
	stamps := randomDay(3, 2*hour, 30)
	live, fold := NewLive(), NewFolder()
	for _, s := range stamps {
		for range 2 {
			if _, err := live.Apply(s); err != nil {
				t.Fatal(err)
			}
			if _, err := fold.Apply(s); err != nil {
				t.Fatal(err)
			}
		}
		p, _ := live.Apply(s)
		ch, _ := fold.Apply(s)
		if len(p.Deltas)+len(p.Calls)+len(p.Agents) > 0 || !reflect.DeepEqual(ch.Records, Records{}) {
			t.Fatalf("stamp %d counted twice", s.Seq)
		}
	}
}

// State is saved and restored after every single stamp; everything that comes
// out stays the same to the byte.
func TestStateIsWhole(t *testing.T) {
	stamps := randomDay(9, 2*hour, 30)
	live, fold := NewLive(), NewFolder()
	liveAgain, foldAgain := NewLive(), NewFolder()
	for _, s := range stamps {
		p, err := live.Apply(s)
		if err != nil {
			t.Fatal(err)
		}
		ch, err := fold.Apply(s)
		if err != nil {
			t.Fatal(err)
		}
		liveAgain, foldAgain = reborn(t, liveAgain, foldAgain)
		p2, err := liveAgain.Apply(s)
		if err != nil {
			t.Fatal(err)
		}
		ch2, err := foldAgain.Apply(s)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := asJSON(t, p), asJSON(t, p2); !bytes.Equal(a, b) {
			t.Fatalf("stamp %d: pulse\n%s\nafter restore\n%s", s.Seq, a, b)
		}
		if a, b := asJSON(t, ch), asJSON(t, ch2); !bytes.Equal(a, b) {
			t.Fatalf("stamp %d: changes\n%s\nafter restore\n%s", s.Seq, a, b)
		}
	}
}

func reborn(t *testing.T, l *Live, f *Folder) (*Live, *Folder) {
	t.Helper()
	ls, err := l.State()
	if err != nil {
		t.Fatal(err)
	}
	fs, err := f.State()
	if err != nil {
		t.Fatal(err)
	}
	if l, err = RestoreLive(ls); err != nil {
		t.Fatal(err)
	}
	if f, err = RestoreFolder(fs); err != nil {
		t.Fatal(err)
	}
	return l, f
}

func asJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
