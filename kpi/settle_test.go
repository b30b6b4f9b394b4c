package kpi

import (
	"slices"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

func TestSettlerWaitsForTheLastCall(t *testing.T) {
	b := func(s string) stamp.Bucket {
		us, err := clock(s)
		if err != nil {
			t.Fatal(err)
		}
		return stamp.Bucket(day0 + us)
	}
	var said []string
	settler := NewSettler()
	for _, s := range readDay(t, "care") {
		settler.Apply(s)
		for _, due := range settler.Due() {
			said = append(said, s.Subject.String()+" "+due.Time().Format("15:04"))
		}
	}
	// c8 arrived before 09:15 and is closed at 09:16:10; nobody arrives after it.
	if want := []string{"call:c8 09:00", "node:n1.1 09:15"}; !slices.Equal(said, want) {
		t.Errorf("settled at %v, want %v", said, want)
	}
	if due := settler.Due(); due != nil {
		t.Errorf("due again: %v", due)
	}

	again := NewSettler()
	for range 2 { // a journal read twice, to its end
		for _, s := range readDay(t, "care") {
			again.Apply(s)
		}
	}
	// 09:00 was stamped as settled by the journal itself.
	if due := again.Due(); !slices.Equal(due, []stamp.Bucket{b("09:15")}) {
		t.Errorf("after reading the journal: %v", due)
	}
}

// What is settled stays as it is: no later stamp changes a cohort figure.
func TestSettledFiguresStay(t *testing.T) {
	for seed := range uint64(6) {
		settler, sums := NewSettler(), counters{}
		live := NewLive()
		frozen := map[stamp.Bucket][]Interval{}
		for _, s := range randomDay(seed, 2*hour, 60) {
			p, err := live.Apply(s)
			if err != nil {
				t.Fatal(err)
			}
			sums.bump(p.Deltas)
			settler.Apply(s)
			if cut, again := s.Fact.(stamp.BucketClosed); again {
				delete(frozen, cut.Bucket) // a clock that was set back has come upon it a second time
			}
			for _, b := range settler.Due() {
				frozen[b] = cohort(sums.bucket(b))
			}
		}
		if len(frozen) < 5 {
			t.Errorf("seed %d: only %d buckets settled", seed, len(frozen))
		}
		for b, rows := range frozen {
			if d := Compare(rows, cohort(sums.bucket(b))); d != nil {
				t.Errorf("seed %d: %s changed after it settled: %+v", seed, b.Time(), d)
			}
		}
	}
}

func cohort(rows []Interval) []Interval {
	return slices.DeleteFunc(slices.Clone(rows), func(r Interval) bool { return r.Basis != Cohort })
}
