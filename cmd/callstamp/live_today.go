package main

import (
	"context"
	"slices"
	"time"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

const (
	// fresh is how many of the last buckets are read for each picture; what
	// happens now may still count in the one before.
	fresh = 2
	// older buckets change by late stamps only and are read that seldom.
	olderEvery = 15 * time.Second
	// atOnce bounds one request: a busy day's buckets are large.
	atOnce = 8
)

// today reads the day's counters and remembers those of its older buckets.
type today struct {
	start, edge stamp.Bucket // the older buckets are from start until edge
	older       []kpi.Interval
	asked       time.Time
}

// read returns the counters of the local day that holds now.
func (t *today) read(ctx context.Context, w wall, now time.Time) ([]kpi.Interval, error) {
	y, m, d := now.Date()
	start := stamp.BucketAt(time.Date(y, m, d, 0, 0, 0, 0, now.Location()).UnixMicro())
	end := stamp.Bucket(stamp.BucketAt(now.UnixMicro()).End())
	edge := max(start, end-stamp.Bucket(fresh*stamp.BucketUS))
	if start != t.start || edge != t.edge || time.Since(t.asked) >= olderEvery {
		older, err := counters(ctx, w, start, edge)
		if err != nil {
			return nil, err
		}
		t.start, t.edge, t.older, t.asked = start, edge, older, time.Now()
	}
	latest, err := counters(ctx, w, edge, end)
	if err != nil {
		return nil, err
	}
	return slices.Concat(t.older, latest), nil
}

func counters(ctx context.Context, w wall, from, until stamp.Bucket) ([]kpi.Interval, error) {
	var all []kpi.Interval
	for from < until {
		next := min(until, from+stamp.Bucket(atOnce*stamp.BucketUS))
		rows, err := w.Counters(ctx, from, next)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if row.Basis == kpi.Event && (row.Dim.Kind == kpi.DimOrg || row.Dim.Kind == kpi.DimQueue) {
				all = append(all, row)
			}
		}
		from = next
	}
	return all, nil
}
