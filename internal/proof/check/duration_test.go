package check

import "testing"

// A call that came to its queue again leads to another agent: each stay is
// measured by the talk that it led to.
func TestEntryLedTo(t *testing.T) {
	segments := []row{{"segment": int64(1), "connected_at": int64(300)}, {"segment": int64(2), "connected_at": int64(0)}, {"segment": int64(3), "connected_at": int64(5900)}}
	for exited, want := range map[int64]int64{300: 1, 5900: 3} {
		if g := ledTo(segments, exited); g.int("segment") != want {
			t.Errorf("the stay that ended at %d led to segment %d, want %d", exited, g.int("segment"), want)
		}
	}
	for _, exited := range []int64{0, 301} {
		if g := ledTo(segments, exited); g != nil {
			t.Errorf("a stay that ended at %d led to segment %d", exited, g.int("segment"))
		}
	}
}

// A re-INVITE waits for the answer to the one before, and for nothing else.
func TestFreeToOffer(t *testing.T) {
	d := &dialog{offers: []reinvite{{at: 100, okAt: 1600}, {at: 1600, okAt: 1700}, {at: 5000}}}
	for at, want := range map[int64]int64{50: 50, 1200: 1700, 1650: 1700, 1700: 1700, 5500: 5500} {
		if got := d.free(at); got != want {
			t.Errorf("at %d free at %d, want %d", at, got, want)
		}
	}
}

// The wire may show a call for a while after the product's death, and no longer.
func TestEndedByDeath(t *testing.T) {
	x := &witness{faults: &faults{all: []window{{from: 1000, to: 5000, dead: true}}}}
	call := func(invite int64, estimated bool) pair {
		return pair{d: &dialog{invite: invite}, call: row{"estimated": estimated}}
	}
	for name, c := range map[string]struct {
		p        pair
		at, want int64
	}{
		"hung up after the restart":  {call(500, true), 7800, 1000},
		"ended before":               {call(500, true), 900, 900},
		"begun after":                {call(6000, true), 7800, 7800},
		"not the death's":            {call(500, false), 7800, 7800},
		"longer than any leg may be": {call(500, true), 1000 + legLimit + 1, 1000 + legLimit + 1},
	} {
		if got := x.ended(c.p, c.at); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
