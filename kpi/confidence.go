package kpi

import "math"

// z95 is the quantile of the normal distribution for a confidence of 95 %.
const z95 = 1.959963984540054

// WilsonInterval returns the bounds of the share hits ÷ n, from 0 to 1, with a
// confidence of 95 % (E. B. Wilson, 1927, without correction for continuity). It
// holds for few answers and for shares near 0 and 1 too, where the usual ± does
// not. Of nothing there is none.
func WilsonInterval(hits, n int64) (low, high float64, ok bool) {
	if n <= 0 {
		return 0, 0, false
	}
	p, k := float64(min(max(hits, 0), n))/float64(n), float64(n)
	z2 := z95 * z95
	middle := (p + z2/(2*k)) / (1 + z2/k)
	half := z95 / (1 + z2/k) * math.Sqrt(p*(1-p)/k+z2/(4*k*k))
	return max(min(middle-half, p), 0), min(max(middle+half, p), 1), true // p by rounding, at the ends
}

// DifferenceInterval returns the bounds of (good − bad) ÷ n, from −1 to 1, with
// a confidence of 95 %: the adjusted Wald interval, which adds three answers, of
// each class as many as if nothing were known (a fourth good, a half neutral, a
// fourth bad; B. Rocks, 2016, on net promoter scores). Of nothing there is none.
func DifferenceInterval(good, bad, n int64) (low, high float64, ok bool) {
	if n <= 0 {
		return 0, 0, false
	}
	k := float64(n) + 3
	g, b := (float64(good)+0.75)/k, (float64(bad)+0.75)/k
	half := z95 * math.Sqrt((g+b-(g-b)*(g-b))/k)
	is := float64(good-bad) / float64(n) // the adjustment may move the interval past what was said
	return max(min(g-b-half, is), -1), min(max(g-b+half, is), 1), true
}

// bounds of a value in per cent or points, nil for one that has none.
func (m Method) bounds(d Def, f Figures, v Value) (low, high *float64) {
	var l, h float64
	var ok bool
	switch m {
	case Wilson:
		l, h, ok = WilsonInterval(v.Num, v.Den)
	case AdjustedWald:
		good, bad := d.Value.Num.parts(f)
		l, h, ok = DifferenceInterval(good, bad, v.Den)
	}
	if !ok {
		return nil, nil
	}
	l, h = 100*l, 100*h
	return &l, &h
}
