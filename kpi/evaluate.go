package kpi

// Figures are the counters of one selection: any buckets, one dimension, one
// basis, all nodes.
type Figures map[Metric]int64

// Gather sums rows of one dimension and basis over buckets and nodes. It is
// the one way from rows to figures, for live and for history.
func Gather(rows []Interval, d Dim, b Basis) Figures {
	f := Figures{}
	for _, r := range rows {
		if r.Dim == d && r.Basis == b {
			f[r.Metric] += r.Value
		}
	}
	return f
}

// Value is a KPI's value over some figures.
type Value struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
	// Value in Unit; null where there is nothing to divide by. It is never 0
	// or 100 for want of data.
	Value *float64 `json:"value"`
	Unit  Unit     `json:"unit"`
	// Mean per complete item, of a total of times; null without any.
	Mean *float64 `json:"mean,omitempty"`
	Num  int64    `json:"num"` // as counted: µs for times
	Den  int64    `json:"den"` // 0 for a total
	N    int64    `json:"n"`   // how many items the number, or its mean, speaks of
	// Low and High are the confidence interval of 95 %, of values that have one;
	// null without any answer.
	Low  *float64 `json:"low,omitempty"`
	High *float64 `json:"high,omitempty"`
}

// Evaluate reckons a KPI. Values of the live wall come from WaitNow instead
// and are null here.
func Evaluate(d Def, f Figures) Value {
	v := Value{ID: d.ID, Version: d.Version, Unit: d.Unit}
	if d.Value.IsZero() {
		return v
	}
	v.Num, v.Den = d.Value.Num.of(f), d.Value.Den.of(f)
	v.Value = d.Unit.of(d.Value, v.Num, v.Den)
	v.N = v.Den
	if len(d.Value.Den) == 0 {
		v.N = v.Num
	}
	v.Low, v.High = d.Interval.bounds(d, f, v)
	if !d.Mean.IsZero() {
		v.N = d.Mean.Den.of(f)
		v.Mean = d.Unit.of(d.Mean, d.Mean.Num.of(f), v.N)
	}
	return v
}

// of brings a sum or a quotient into the unit; nil for an empty denominator.
func (u Unit) of(e Expr, num, den int64) *float64 {
	v := float64(num)
	if len(e.Den) > 0 {
		if den <= 0 {
			return nil
		}
		v /= float64(den)
	}
	switch u {
	case Percent, Points:
		v *= 100
	case OfFive:
		v *= 5.0 / 1000
	case Seconds:
		v /= 1e6
	}
	return &v
}

// WaitNow is the value of in.longest_waiting_now at the instant at (µs since
// 1970); null where nobody waits. N counts the waiting.
func WaitNow(calls []CallNow, d Dim, at int64) Value {
	v := Value{ID: "in.longest_waiting_now", Version: 1, Unit: Seconds}
	for _, c := range calls {
		if c.WaitingSince == 0 || !c.in(d) {
			continue
		}
		v.N++
		v.Num = max(v.Num, at-c.WaitingSince)
	}
	if v.N > 0 {
		s := float64(v.Num) / 1e6
		v.Value = &s
	}
	return v
}

func (c CallNow) in(d Dim) bool {
	switch d.Kind {
	case DimOrg:
		return d.ID == string(c.Org)
	case DimQueue:
		return d.ID == string(c.Queue)
	case DimAgent:
		return d.ID == string(c.Agent)
	case DimCampaign:
		return d.ID == string(c.Campaign)
	}
	return false
}
