package stamp

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
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
		if i.Boot != 3 || i.At-start.UnixMicro() != i.Mono {
			t.Fatalf("at %d ns: %+v, wall %d", ns, i, start.UnixMicro())
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

// A turned clock is found, its step told before anybody is given the new wall,
// and time readings from before it keep the old one.
func TestRebase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turned time.Duration
		c := NewClockBy(func() time.Time { return time.Now().Add(turned) }, 2)
		type step struct {
			at Instant
			us int64
		}
		var steps []step
		rebase := func() { c.Rebase(func(at Instant, us int64) { steps = append(steps, step{at, us}) }) }
		began := time.Now()
		var want []step
		for _, by := range []time.Duration{time.Hour, -time.Hour, -100 * time.Millisecond, 365 * 24 * time.Hour} {
			time.Sleep(90 * time.Second)
			before := time.Now()
			turned += by
			if rebase(); by.Abs() < slack {
				t.Fatal("a step below the slack")
			}
			now := c.Now()
			want = append(want, step{now, by.Microseconds()})
			if shown := time.UnixMicro(now.At); !shown.Equal(before.Add(turned)) {
				t.Errorf("after %v the clock shows %v, the wall %v", by, shown, before.Add(turned))
			}
			if mono := time.Since(began).Microseconds(); now.Mono != mono {
				t.Errorf("after %v Mono is %d, want %d", by, now.Mono, mono)
			}
			if old := c.Of(before.Add(-time.Microsecond)); old.At-old.Mono != now.At-now.Mono-by.Microseconds() {
				t.Errorf("after %v a reading from before it shows %v", by, time.UnixMicro(old.At))
			}
			if due := c.Time(now.Add(1_000_000)); !due.Equal(before.Add(time.Second)) {
				t.Errorf("after %v a second lasts until %v", by, due)
			}
			if shown := c.Shown(c.Of(began)); shown != now.At-now.Mono {
				t.Errorf("after %v the start is shown at %d", by, shown)
			}
			if due := c.Time(Instant{At: now.At + 5, Boot: 1}); !due.Equal(before.Add(5 * time.Microsecond)) {
				t.Errorf("after %v another boot's instant is due %v", by, due)
			}
		}
		for range 5 { // a drift of 30 ms each is below the slack four times, then taken over
			turned += 30 * time.Millisecond
			rebase()
		}
		want = append(want, step{want[3].at, 120_000})
		want[4].at.At += 120_000
		if !slices.Equal(steps, want) {
			t.Errorf("told %+v\nwant %+v", steps, want)
		}
		if zero := c.Shown(Instant{}); zero != 0 {
			t.Errorf("never is shown as %d", zero)
		}
	})
}

// While a step is being recorded, nobody gets an instant of the new wall.
func TestRebaseIsToldFirst(t *testing.T) {
	var turned, told atomic.Bool
	c := NewClockBy(func() time.Time {
		if turned.Load() {
			return time.Now().Add(time.Hour)
		}
		return time.Now()
	}, 1)
	from := c.Now().At
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for range 200_000 {
				known := told.Load()
				i := c.Now()
				if stepped := i.At-from > i.Mono+time.Minute.Microseconds(); stepped && !told.Load() || known && !stepped {
					t.Errorf("an instant %+v when the step was told: %v", i, known)
					return
				}
			}
		})
	}
	turned.Store(true)
	c.Rebase(func(at Instant, us int64) { told.Store(true) })
	asking.Wait()
	if !told.Load() {
		t.Error("no step was found")
	}
}

func TestLaterBootIsNeverEarlier(t *testing.T) {
	first, second := Instant{At: 5_000, Mono: 900, Boot: 1}, Instant{At: 3_000, Mono: 1, Boot: 2}
	if a, b := second.Sub(first), first.Sub(second); a != 0 || b != 0 {
		t.Errorf("%d and %d µs between boots of a clock that was set back", a, b)
	}
	second.At = 7_000
	if a, b := second.Sub(first), first.Sub(second); a != 2_000 || b != -2_000 {
		t.Errorf("%d and %d µs between boots", a, b)
	}
}
