package ledger

import (
	"slices"
	"testing"
	"time"
)

// BenchmarkAppend is what a call's goroutine pays for a stamp.
func BenchmarkAppend(b *testing.B) {
	j := open(b, b.TempDir(), quiet())
	one := story("s", 1)
	b.ReportAllocs()
	for b.Loop() {
		j.Append(one, nil)
		if j.Appended()%100_000 == 0 { // keep what waits for the disk small
			b.StopTimer()
			synced(b, j)
			b.StartTimer()
		}
	}
}

// BenchmarkDurable is the time from Append to the callback, one at a time: for
// a stamp that comes alone, and for one that comes right behind another.
func BenchmarkDurable(b *testing.B) {
	for name, every := range map[string]time.Duration{"alone": time.Nanosecond, "behind": 5 * time.Millisecond} {
		b.Run(name, func(b *testing.B) {
			opts := quiet()
			opts.SyncEvery = every
			j := open(b, b.TempDir(), opts)
			one := story("s", 1)
			done := make(chan struct{})
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				j.Notify(j.Append(one, nil), func() { done <- struct{}{} })
				<-done
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}

// BenchmarkOpen is the start of a node with a whole segment behind it.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	j := open(b, dir, quiet())
	for j.shelf.last().end < 64<<20 {
		j.Append(story("s", 5000), nil)
		synced(b, j)
	}
	shut(b, j)
	for b.Loop() {
		p, err := readPast(dir, quiet().Log)
		if err != nil || p.seq == 0 {
			b.Fatal(p.seq, err)
		}
	}
}

// BenchmarkThroughput appends as fast as it can and waits for the disk.
func BenchmarkThroughput(b *testing.B) {
	j := open(b, b.TempDir(), quiet())
	ten := story("s", 10)
	began, n := time.Now(), 0
	for b.Loop() {
		j.Append(ten, nil)
		if n += 10; n%20_000 == 0 {
			synced(b, j)
		}
	}
	synced(b, j)
	b.ReportMetric(float64(n)/time.Since(began).Seconds(), "stamps/s")
}

// BenchmarkRead is what a follower pays for an entry.
func BenchmarkRead(b *testing.B) {
	j := open(b, b.TempDir(), quiet())
	for range 100 {
		j.Append(story("s", 1000), nil)
	}
	synced(b, j)
	r, err := j.Reader(1)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		got, err := r.Read(1)
		if err != nil {
			b.Fatal(err)
		}
		if len(got) == 0 {
			r.Close()
			if r, err = j.Reader(1); err != nil {
				b.Fatal(err)
			}
		}
	}
	r.Close()
}
