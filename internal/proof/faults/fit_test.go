package faults_test

import (
	"math"
	"math/rand/v2"
	"testing"
)

// fit fits y = c + slope·x + each·z by least squares and returns the slope with
// half of its 95 % confidence interval, and each.
func fit(x, z, y []float64) (slope, e, each float64) {
	n := float64(len(y))
	mx, mz, my := mean(x), mean(z), mean(y)
	var xx, zz, xz, xy, zy float64
	for i := range y {
		dx, dz, dy := x[i]-mx, z[i]-mz, y[i]-my
		xx, zz, xz, xy, zy = xx+dx*dx, zz+dz*dz, xz+dx*dz, xy+dx*dy, zy+dz*dy
	}
	det := xx*zz - xz*xz
	free := n - 3
	if zz == 0 { // z says nothing
		zz, det, free = 1, xx, n-2
	}
	slope, each = (xy*zz-zy*xz)/det, (zy*xx-xy*xz)/det
	rest := 0.0
	for i := range y {
		r := y[i] - my - slope*(x[i]-mx) - each*(z[i]-mz)
		rest += r * r
	}
	// Student's t at 97.5 %, to a percent from 8 degrees of freedom on.
	t := 1.96 + 2.46/free
	return slope, t * math.Sqrt(rest/free*zz/det), each
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, f := range v {
		sum += f
	}
	return sum / float64(len(v))
}

// A slope that is there is found in noise, one that isn't lies within its error
// in nineteen cases of twenty, and what the calls carry is no slope.
func TestFit(t *testing.T) {
	within := 0
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 5))
		var x, z, flat, steep []float64
		for i := range 41 {
			hours, calls := float64(i)/120, 30+float64(i)/4+10*r.Float64()
			x, z = append(x, hours), append(z, calls)
			noise := r.NormFloat64() * 20
			flat, steep = append(flat, 5000+80*calls+noise), append(steep, 5000+80*calls+noise+900*hours)
		}
		slope, e, each := fit(x, z, flat)
		if math.Abs(slope) <= e {
			within++
		}
		if math.Abs(each-80) > 8 {
			t.Fatalf("each call carries %.1f, want 80", each)
		}
		if got, e2, _ := fit(x, z, steep); math.Abs(got-slope-900) > 1e-6 || math.Abs(e2-e) > 1e-6 || got <= e2 {
			t.Fatalf("a slope of 900 is %.1f ± %.1f", got, e2)
		}
	}
	if within < 1870 || within > 1930 {
		t.Errorf("no slope lies within its error in %d of 2000 cases, want 1900", within)
	}
	if slope, e, _ := fit([]float64{1, 2, 3, 4}, []float64{5, 5, 5, 5}, []float64{3, 5, 7, 9}); math.Abs(slope-2) > 1e-9 || e > 1e-9 {
		t.Errorf("slope %v ± %v, want 2", slope, e)
	}
}
