package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// openSpan is something that goes on and is counted in µs.
type openSpan struct {
	Begin stamp.Instant `json:"begin,omitzero"`
	Cred  int64         `json:"cred,omitempty"` // wall µs up to which it is counted
	// Before is the old wall time of a clock step at which Begin lies, 0 if
	// Begin is no step.
	Before int64 `json:"before,omitempty"`
}

func begin(at stamp.Instant) openSpan { return openSpan{Begin: at, Cred: at.At} }

func (o *openSpan) running() bool { return !o.Begin.IsZero() }

// who is what a figure is counted for, besides the organisation; empty fields
// are not counted for.
type who struct {
	org      stamp.OrgID
	queue    stamp.QueueID
	agent    stamp.AgentID
	campaign stamp.CampaignID
}

// timed is a metric of passing time and for whom it counts.
type timed struct {
	who
	metric  Metric
	orgOnly Metric // a second one, for the organisation alone; "" = none
}

// add puts a figure into a bucket for the organisation and each dimension.
func (l *Live) add(w who, basis Basis, b stamp.Bucket, m Metric, v int64) {
	if v == 0 {
		return
	}
	put := func(kind DimKind, id string) {
		if id != "" {
			l.deltas = append(l.deltas, Delta{
				Key:      Key{l.state.Node, w.org, b, Dim{kind, id}, basis, m},
				Add:      v,
				Restated: basis == Event && b.End() <= l.state.Edge,
			})
		}
	}
	put(DimOrg, string(w.org))
	put(DimQueue, string(w.queue))
	put(DimAgent, string(w.agent))
	put(DimCampaign, string(w.campaign))
}

// both counts something that happened at at for a call that arrived at arrived.
func (l *Live) both(w who, at, arrived int64, m Metric, v int64) {
	l.add(w, Event, stamp.BucketAt(at), m, v)
	l.add(w, Cohort, stamp.BucketAt(arrived), m, v)
}

// credit counts the wall time from → to, bucket by bucket; where to lies
// before from, what had been counted is taken back.
func (l *Live) credit(t timed, from, to int64) {
	sign := int64(1)
	if to < from {
		from, to, sign = to, from, -1
	}
	for from < to {
		b := stamp.BucketAt(from)
		end := min(to, b.End())
		if t.metric != "" {
			l.add(t.who, Event, b, t.metric, sign*(end-from))
		}
		if t.orgOnly != "" {
			l.add(who{org: t.org}, Event, b, t.orgOnly, sign*(end-from))
		}
		from = end
	}
}

// creditTo counts o up to the wall instant edge, and never twice.
func (l *Live) creditTo(o *openSpan, edge int64, t timed) {
	if edge > o.Cred {
		l.credit(t, o.Cred, edge)
		o.Cred = edge
	}
}

// finish counts o up to its end and returns its whole length since Begin.
func (l *Live) finish(o *openSpan, at stamp.Instant, t timed) int64 {
	length := at.Sub(o.Begin)
	if length < 0 && o.Before != 0 {
		// It ended before the clock step: its time after the step is void,
		// and the end of its time before the step as well.
		l.credit(t, o.Cred, o.Begin.At)
		l.credit(t, o.Before, o.Before+length)
	} else {
		l.credit(t, o.Cred, o.Begin.At+length)
	}
	*o = openSpan{}
	return length
}

// restart finishes o at a step of the clock and begins it anew; it returns the
// length until then.
func (l *Live) restart(o *openSpan, at stamp.Instant, t timed) int64 {
	begun, before := o.Begin.At, o.Before
	length := l.finish(o, at, t)
	*o = begin(at)
	if o.Before = begun + length; length == 0 {
		o.Before = before
	}
	return length
}
