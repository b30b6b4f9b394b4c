package kpi

import (
	"fmt"
	"math"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// eachCohort gives the settled figures of every quarter hour and dimension of a
// random day.
func eachCohort(t *testing.T, seed uint64, check func(name string, f Figures)) {
	t.Helper()
	h, _ := foldAll(t, randomDay(seed, 3*hour, 80))
	r, seen := h.records(), 0
	for b := stamp.Bucket(day0); b.Start() < day0+3*hour; b = stamp.Bucket(b.End()) {
		rows := Intervals(r, b, math.MaxInt64)
		for _, d := range []Dim{{DimOrg, "o1"}, {DimQueue, "q1"}, {DimQueue, "q2"}, {DimQueue, "q3"}, {DimAgent, "a0"}, {DimAgent, "a1"}, {DimCampaign, "c1"}} {
			if f := Gather(rows, d, Cohort); len(f) > 0 {
				seen++
				check(fmt.Sprintf("seed %d, %s, %s %s", seed, b.Time().Format("15:04"), d.Kind, d.ID), f)
			}
		}
	}
	if seen < 40 {
		t.Fatalf("a poor day: %d cohorts", seen)
	}
}

// sumOf adds the figures whose names begin with prefix.
func sumOf(f Figures, prefix Metric) (sum int64) {
	for m, v := range f {
		if len(m) > len(prefix) && m[:len(prefix)] == prefix {
			sum += v
		}
	}
	return sum
}

// What a cohort was offered, entered and rung is what became of it, and the
// forms of the service level lie in their order.
func TestCohortsAddUp(t *testing.T) {
	for seed := range uint64(6) {
		eachCohort(t, seed, func(name string, f Figures) {
			equal := func(what string, a, b int64) {
				if a != b {
					t.Errorf("%s: %s: %d and %d", name, what, a, b)
				}
			}
			equal("entered = Σ exits", f[MEntered], sumOf(f, MExited))
			equal("offers = Σ ends", f[MOffers], sumOf(f, MOfferEnd))
			if f[MInWithin] > f[MInConnected] || f[MInGoneWithin] > f[MInAbandoned]+f[MInAbandonedSoon] {
				t.Errorf("%s: more within than there are: %v", name, f)
			}
			if f[MInPickupUS] > f[MInWaitUS] {
				t.Errorf("%s: picked up after the connection: %v", name, f)
			}
			if f[MHandled] > f[MSegments] { // fewer where a call is not closed yet
				t.Errorf("%s: %d connected, %d handled", name, f[MSegments], f[MHandled])
			}
		})
	}
}

// Each form of the service level leaves out or credits what its name says, so
// they lie in one order on every day.
func TestServiceLevelsLieInOrder(t *testing.T) {
	differ := 0
	for seed := range uint64(16) {
		eachCohort(t, seed, func(name string, f Figures) {
			level := func(form string) float64 {
				d, _ := Find("in.sl_" + form + "(T)")
				if v := Evaluate(d, f).Value; v != nil {
					return *v
				}
				return -1
			}
			all, exin, ans, credit := level("all"), level("exin"), level("ans"), level("credit")
			if ans < 0 || f[MInOffered] == 0 || f[MInConnected] == 0 {
				return
			}
			if all > exin || exin > ans {
				t.Errorf("%s: all %.2f, exin %.2f, ans %.2f", name, all, exin, ans)
			}
			if off := level("off"); credit < off*float64(f[MInOffered]-f[MInAbandonedSoon])/float64(f[MInOffered])-1e-9 {
				t.Errorf("%s: credit %.2f, off %.2f", name, credit, off)
			}
			if all < exin && exin < ans {
				differ++
			}
		})
	}
	if differ == 0 {
		t.Error("no day told the forms apart")
	}
}

// A handled segment's time is that of the parts that the page names, and of
// nothing else.
func TestHandleIsItsParts(t *testing.T) {
	handle, _ := Find("c.aht")
	for seed := range uint64(6) {
		eachCohort(t, seed, func(name string, f Figures) {
			v, parts := Evaluate(handle, f), int64(0)
			for _, id := range []string{"c.talk", "c.hold", "c.consult", "c.conference", "c.wrap"} {
				d, _ := Find(id)
				parts += d.Mean.Num.of(f)
			}
			if v.Num != parts || v.N != f[MHandled] {
				t.Errorf("%s: %d µs of %d handled, its parts are %d µs", name, v.Num, v.N, parts)
			}
		})
	}
}

// Nobody talks longer than the call is, with all its parties.
func TestPartsFitIntoTheirCall(t *testing.T) {
	several := 0
	for seed := range uint64(6) {
		h, _ := foldAll(t, randomDay(seed, 3*hour, 80))
		talk, parts := map[stamp.ID]int64{}, map[stamp.ID]int64{}
		for _, g := range h.records().Segments {
			talk[g.Call] += g.TalkUS + g.HoldUS + g.GapUS
			parts[g.Call]++
		}
		for _, c := range h.records().Calls {
			if c.ReleasedAt != 0 && talk[c.Call] > c.LengthUS*max(parts[c.Call], 1) {
				t.Errorf("seed %d: %s: its parts talked %d µs in %d µs", seed, c.Call, talk[c.Call], c.LengthUS)
			}
			if parts[c.Call] > 1 {
				several++
			}
		}
		if f := Gather(Intervals(h.records(), stamp.BucketAt(day0), math.MaxInt64), Dim{DimOrg, "o1"}, Cohort); f[MInOffered] > f[MInCalls] {
			t.Errorf("seed %d: %d offered of %d calls: a call was offered twice", seed, f[MInOffered], f[MInCalls])
		}
	}
	if several == 0 {
		t.Error("no call had several parts")
	}
}

// A quotient of nothing has no value, whatever its numerator.
func TestNothingHasNoRate(t *testing.T) {
	quotients := 0
	for _, d := range Catalogue() {
		if len(d.Value.Den) == 0 {
			continue
		}
		quotients++
		f := Figures{}
		for _, m := range d.Value.Num {
			f[m.Metric] = 7
		}
		for _, m := range d.Value.Den {
			delete(f, m.Metric)
		}
		if v := Evaluate(d, f); v.Value != nil {
			t.Errorf("%s of nothing is %f", d.ID, *v.Value)
		}
	}
	if quotients < 12 {
		t.Errorf("only %d quotients", quotients)
	}
}
