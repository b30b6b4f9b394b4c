package kpi

import (
	"cmp"
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Metric names a primitive counter: a count, or a sum of µs where it ends in
// "_us". KPIs are arithmetic over these.
type Metric string

// Basis says to which bucket something counts.
type Basis string

// Event: the bucket in which it happened, durations split at the edges.
// Cohort: the bucket in which its call arrived, durations whole, counted when
// they are complete. Event figures of a bucket are whole at bucket.closed,
// cohort figures at bucket.settled.
const (
	Event  Basis = "event"
	Cohort Basis = "cohort"
)

// DimKind is a way of grouping.
type DimKind string

// The dimensions kept as counters.
const (
	DimOrg      DimKind = "org"
	DimQueue    DimKind = "queue"
	DimAgent    DimKind = "agent"
	DimCampaign DimKind = "campaign"
)

// Dim is one group: a queue, an agent, a campaign, or the whole organisation.
type Dim struct {
	Kind DimKind `json:"kind"`
	ID   string  `json:"id"`
}

// Key names one counter of one node.
type Key struct {
	Node   stamp.NodeID `json:"node"`
	Org    stamp.OrgID  `json:"org"`
	Bucket stamp.Bucket `json:"bucket"`
	Dim    Dim          `json:"dim"`
	Basis  Basis        `json:"basis"`
	Metric Metric       `json:"metric"`
}

// Compare orders keys by node, organisation, bucket, dimension, basis, metric.
func (k Key) Compare(o Key) int {
	return cmp.Or(
		cmp.Compare(k.Node, o.Node), cmp.Compare(k.Org, o.Org), cmp.Compare(k.Bucket, o.Bucket),
		cmp.Compare(k.Dim.Kind, o.Dim.Kind), cmp.Compare(k.Dim.ID, o.Dim.ID),
		cmp.Compare(k.Basis, o.Basis), cmp.Compare(k.Metric, o.Metric))
}

// Interval is one figure of one bucket. Figures of 0 are left out.
type Interval struct {
	Key
	Value int64 `json:"value"`
}

// Delta is what one stamp adds to a counter. Add may be negative where a late
// stamp takes back what the cut had credited.
type Delta struct {
	Key
	Add int64 `json:"add"`
	// Restated: the bucket was closed before. The frozen value stays as it
	// was; the difference is what q.restated counts.
	Restated bool `json:"restated,omitempty"`
}

// sortIntervals sorts a map of sums into rows, without zeroes.
func sortIntervals(sums map[Key]int64) []Interval {
	rows := make([]Interval, 0, len(sums))
	for k, v := range sums {
		if v != 0 {
			rows = append(rows, Interval{k, v})
		}
	}
	slices.SortFunc(rows, func(a, b Interval) int { return a.Key.Compare(b.Key) })
	return rows
}
