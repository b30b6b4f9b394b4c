package kpi

import (
	"fmt"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Buckets returns the buckets from from until to, exclusive. Any local day,
// week or month is exactly such a union, days of 23 and 25 hours too. Errors:
// an edge that lies inside a bucket, or to before from.
func Buckets(from, to time.Time) ([]stamp.Bucket, error) {
	a, b := from.UnixMicro(), to.UnixMicro()
	for _, edge := range []int64{a, b} {
		if edge != stamp.BucketAt(edge).Start() {
			return nil, fmt.Errorf("divide period: %s is no quarter hour", time.UnixMicro(edge).UTC())
		}
	}
	if b < a {
		return nil, fmt.Errorf("divide period: %s is after %s", from, to)
	}
	out := make([]stamp.Bucket, 0, (b-a)/stamp.BucketUS)
	for ; a < b; a += stamp.BucketUS {
		out = append(out, stamp.Bucket(a))
	}
	return out, nil
}

// Day returns the buckets of the local day that holds t, in t's zone.
func Day(t time.Time) ([]stamp.Bucket, error) {
	y, m, d := t.Date()
	return Buckets(time.Date(y, m, d, 0, 0, 0, 0, t.Location()), time.Date(y, m, d+1, 0, 0, 0, 0, t.Location()))
}
