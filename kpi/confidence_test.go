package kpi

import (
	"math"
	"testing"
)

// Intervals by others' tables: Wilson's as in R's binom.confint(method = "wilson").
func TestWilsonInterval(t *testing.T) {
	for _, c := range []struct {
		hits, n   int64
		low, high float64
	}{
		{0, 10, 0, 0.2775328}, {1, 1, 0.2065493, 1}, {2, 3, 0.2076596, 0.9385081}, {5, 10, 0.2365931, 0.7634069},
		{10, 10, 0.7224672, 1}, {80, 100, 0.7111708, 0.8666331}, {81, 263, 0.2553, 0.3662},
	} {
		low, high, ok := WilsonInterval(c.hits, c.n)
		if !ok || math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("%d of %d: %.7f to %.7f, should be %.7f to %.7f", c.hits, c.n, low, high, c.low, c.high)
		}
	}
	if _, _, ok := WilsonInterval(0, 0); ok {
		t.Error("nothing has an interval")
	}
}

// An interval holds what was said, narrows with the answers, and lies on the
// scale.
func TestIntervalsHoldTheirValue(t *testing.T) {
	for n := int64(1); n <= 60; n++ {
		for good := int64(0); good <= n; good++ {
			low, high, _ := WilsonInterval(good, n)
			if p := float64(good) / float64(n); low > p || high < p || low < 0 || high > 1 {
				t.Fatalf("%d of %d: %f to %f", good, n, low, high)
			}
			for bad := int64(0); bad <= n-good; bad++ {
				low, high, _ := DifferenceInterval(good, bad, n)
				if p := float64(good-bad) / float64(n); low > p || high < p || low < -1 || high > 1 {
					t.Fatalf("%d less %d of %d: %f to %f", good, bad, n, low, high)
				}
			}
		}
	}
	few, most, _ := DifferenceInterval(5, 2, 10)
	fewer, more, _ := DifferenceInterval(500, 200, 1000)
	if more-fewer > (most-few)/5 {
		t.Errorf("a hundred times the answers narrow %f to %f only", most-few, more-fewer)
	}
	if _, _, ok := DifferenceInterval(0, 0, 0); ok {
		t.Error("nothing has an interval")
	}
}

// Scores with their intervals, reckoned by hand: of 70 promoters and 10 detractors
// among 100, (70.75 − 10.75) ÷ 103 ± 1.96 · √((0.68689 + 0.10437 − 0.58252²) ÷ 103).
func TestScores(t *testing.T) {
	for _, c := range []struct {
		name, kind            string
		valid, good, bad, pts int64
		want, low, high       string
	}{
		{"the handbook's 70 promoters and 10 detractors of 100", "nps", 100, 70, 10, 0, "60", "45.270", "71.235"},
		{"as many of either", "nps", 20, 10, 10, 0, "0", "-39.513", "39.513"},
		{"only detractors", "nps", 4, 0, 4, 0, "-100", "-100", "-6.944"},
		{"80 of 100 satisfied", "csat", 100, 80, 20, 0, "80", "71.117", "86.663"},
		{"nobody answered", "csat", 0, 0, 0, 0, "null", "null", "null"},
		{"nobody answered", "nps", 0, 0, 0, 0, "null", "null", "null"},
		{"a mean of 4 of 5", "effort", 2, 1, 0, 1600, "4", "null", "null"},
	} {
		d, ok := ScoreOf(c.kind)
		if !ok {
			t.Fatalf("%s has no score", c.kind)
		}
		v := Evaluate(d, AnswerFigures(c.kind, c.valid, c.good, c.bad, c.pts))
		if printed(v.Value) != c.want || printed(v.Low) != c.low || printed(v.High) != c.high {
			t.Errorf("%s: %s is %s (%s to %s), should be %s (%s to %s)", c.name, d.ID, printed(v.Value), printed(v.Low), printed(v.High), c.want, c.low, c.high)
		}
	}
	if _, ok := ScoreOf("voice"); ok {
		t.Error("free speech has a score")
	}
}
