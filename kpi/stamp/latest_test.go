package stamp

import "testing"

// The last stamp written is not always the last that happened: what a crash
// leaves open ends at one instant, the latest known of that boot.
func TestLatestOfABoot(t *testing.T) {
	at := func(boot uint32, mono int64) Instant { return Instant{At: 1_000_000 + mono, Mono: mono, Boot: boot} }
	stamps := []Stamp{{Instant: at(2, 50)}, {Instant: at(2, 90)}, {Instant: at(1, 900)}, {Instant: at(3, 5)}, {Instant: at(2, 70)}}
	for _, row := range []struct{ i, want Instant }{
		{at(2, 60), at(2, 90)}, {at(2, 95), at(2, 95)}, {at(4, 1), at(4, 1)},
	} {
		if got := row.i.Latest(stamps); got != row.want {
			t.Errorf("after %+v: %+v, want %+v", row.i, got, row.want)
		}
	}
	if got := at(2, 60).Latest(nil); got != at(2, 60) {
		t.Errorf("of nothing: %+v", got)
	}
}
