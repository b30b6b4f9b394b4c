package stamp

import (
	"testing"
	"time"
)

// Instants are cut once: whatever lies between two readings, the parts add up
// to the whole to the microsecond, and a timer armed by one is not early.
func TestInstantsAddUp(t *testing.T) {
	start := time.Now()
	c := NewClock(start, 3)
	var parts, last int64
	for ns := int64(0); ns < 5_000_000; ns += 1_237 {
		i := c.Of(start.Add(time.Duration(ns)))
		if i.Boot != 3 || i.At-c.wallUS != i.Mono {
			t.Fatalf("at %d ns: %+v, wall %d", ns, i, c.wallUS)
		}
		if late := start.Add(time.Duration(ns)).Sub(c.Time(i)); late < 0 || late >= time.Microsecond {
			t.Fatalf("at %d ns: the instant's time is %v away", ns, late)
		}
		parts += i.Mono - last
		last = i.Mono
	}
	if parts != last {
		t.Errorf("parts %d, whole %d", parts, last)
	}
}

func BenchmarkClockNow(b *testing.B) {
	c := NewClock(time.Now(), 1)
	b.ReportAllocs()
	for b.Loop() {
		c.Now()
	}
}

func BenchmarkTimeNow(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_ = time.Now()
	}
}
