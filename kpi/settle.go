package kpi

import (
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Settler knows when the last call that arrived in a closed bucket is closed:
// then the node stamps bucket.settled. It needs no store: fed with the journal
// again from before the oldest open call, it knows the same. It belongs to one
// goroutine.
type Settler struct {
	seq     uint64
	arrived map[stamp.ID]stamp.Bucket // open calls
	open    map[stamp.Bucket]int      // how many of them, by bucket
	pending map[stamp.Bucket]bool     // closed, not settled
}

// NewSettler returns a Settler that knows of no call.
func NewSettler() *Settler {
	return &Settler{
		arrived: map[stamp.ID]stamp.Bucket{}, open: map[stamp.Bucket]int{}, pending: map[stamp.Bucket]bool{},
	}
}

// Apply takes note of one stamp; one at or before the last is passed over.
func (t *Settler) Apply(s stamp.Stamp) {
	if s.Seq <= t.seq {
		return
	}
	t.seq = s.Seq
	switch fact := s.Fact.(type) {
	case stamp.CallCreated:
		b := stamp.BucketAt(s.At)
		t.arrived[s.Subject.ID] = b
		t.open[b]++
	case stamp.CallClosed:
		b, known := t.arrived[s.Subject.ID]
		if !known {
			return
		}
		delete(t.arrived, s.Subject.ID)
		if t.open[b]--; t.open[b] == 0 {
			delete(t.open, b)
		}
	case stamp.BucketClosed:
		t.pending[fact.Bucket] = true
	case stamp.BucketSettled:
		delete(t.pending, fact.Bucket)
	}
}

// Closed tells of a bucket that was closed before the first stamp applied.
func (t *Settler) Closed(b stamp.Bucket) { t.pending[b] = true }

// Due returns the closed buckets of which no call is open, oldest first, each
// once: the caller stamps them. It is asked when the journal's end is reached,
// since what settles a bucket may stand further on.
func (t *Settler) Due() []stamp.Bucket {
	var due []stamp.Bucket
	for b := range t.pending {
		if t.open[b] == 0 {
			due = append(due, b)
		}
	}
	for _, b := range due {
		delete(t.pending, b)
	}
	slices.Sort(due)
	return due
}
