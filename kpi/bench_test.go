package kpi

import (
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

func BenchmarkFold(b *testing.B) {
	stamps := randomDay(2, 8*hour, 2000)
	b.ReportAllocs()
	f, i := NewFolder(), 0
	for b.Loop() {
		if i == len(stamps) {
			f, i = NewFolder(), 0
		}
		if _, err := f.Apply(stamps[i]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkLive(b *testing.B) {
	stamps := randomDay(2, 8*hour, 2000)
	b.ReportAllocs()
	l, i := NewLive(), 0
	for b.Loop() {
		if i == len(stamps) {
			l, i = NewLive(), 0
		}
		if _, err := l.Apply(stamps[i]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// BenchmarkState prints the state of a node with some 200 open calls.
func BenchmarkState(b *testing.B) {
	f, l := busy(b)
	for name, state := range map[string]func() ([]byte, error){"fold": f.State, "live": l.State} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				s, err := state()
				if err != nil {
					b.Fatal(err)
				}
				size = len(s)
			}
			b.ReportMetric(float64(size), "bytes")
			b.ReportMetric(float64(len(f.state.Calls)), "calls")
		})
	}
}

func BenchmarkIntervals(b *testing.B) {
	h, _ := foldAll(b, randomDay(2, 8*hour, 2000))
	r := h.records()
	b.ReportAllocs()
	for b.Loop() {
		Intervals(r, stamp.Bucket(day0+4*hour), day0+5*hour)
	}
}

// busy folds a rush hour until its middle.
func busy(b *testing.B) (*Folder, *Live) {
	b.Helper()
	f, l := NewFolder(), NewLive()
	for _, s := range randomDay(2, hour, 600) {
		if s.At > day0+hour/2 {
			break
		}
		if _, err := f.Apply(s); err != nil {
			b.Fatal(err)
		}
		if _, err := l.Apply(s); err != nil {
			b.Fatal(err)
		}
	}
	return f, l
}
