package postgres

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// lawBuckets: which buckets are closed and settled is told by stamps too.
const lawBuckets = "a bucket is closed and settled by its stamps"

// cuts are the stamps at which a bucket was closed and settled, 0 = not yet.
type cuts struct{ closed, settled uint64 }

// cut takes note of a stamp that closed or settled a bucket.
func (a *auditor) cut(seq uint64, c kpi.Changes) {
	switch {
	case c.Closed != nil:
		b := a.cuts[*c.Closed]
		b.closed = seq
		a.cuts[*c.Closed] = b
	case c.Settled != nil:
		b := a.cuts[*c.Settled]
		b.settled = seq
		a.cuts[*c.Settled] = b
	}
}

// buckets names the buckets whose row is missing, too many, or says otherwise.
func (a *auditor) buckets(rows []bucketRow) {
	left := maps.Clone(a.cuts)
	for _, r := range rows {
		want, told := left[r.Bucket]
		delete(left, r.Bucket)
		switch {
		case !told:
			a.say(lawBuckets, a.bucketRow(r.Bucket), "no stamp closed it, or it stands twice")
		case uint64(r.Closed) != want.closed || uint64(r.Settled) != want.settled: //nolint:gosec // counters from 1
			a.say(lawBuckets, a.bucketRow(r.Bucket), "closed at %d and settled at %d, the stamps say %d and %d",
				r.Closed, r.Settled, want.closed, want.settled)
		}
	}
	for _, b := range slices.Sorted(maps.Keys(left)) {
		a.say(lawBuckets, a.bucketRow(b), "missing")
	}
}

func (a *auditor) bucketRow(b stamp.Bucket) string {
	return fmt.Sprintf("bucket %s of node %s", b.Time().Format(time.DateTime), a.place.node)
}
