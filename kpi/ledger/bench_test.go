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

// BenchmarkDurable is the time from Append to the callback, one at a time.
func BenchmarkDurable(b *testing.B) {
	j := open(b, b.TempDir(), quiet())
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
