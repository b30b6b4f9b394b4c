package relay

import (
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A share of n throws lies within four standard deviations of what was asked.
func TestSharesAreWhatWasAsked(t *testing.T) {
	const n = 100_000
	w := Way{Loss: 0.1, Duplicate: 0.05, Reorder: 0.2, Corrupt: 0.01}
	dice := rand.New(rand.NewPCG(1, 2))
	var lost, doubled, late, damaged float64
	for range n {
		x := draw(w, dice, 100)
		switch {
		case x.copies == 0:
			lost++
			continue
		case x.copies == 2:
			doubled++
		}
		if x.late {
			late++
		}
		if x.bit >= 0 {
			damaged++
		}
	}
	left := n * (1 - w.Loss)
	for _, row := range []struct {
		name           string
		got, of, share float64
	}{
		{"lost", lost, n, w.Loss}, {"doubled", doubled, left, w.Duplicate}, {"late", late, left, w.Reorder}, {"damaged", damaged, left, w.Corrupt},
	} {
		if wide := 4 * math.Sqrt(row.of*row.share*(1-row.share)); math.Abs(row.got-row.of*row.share) > wide {
			t.Errorf("%s: %.0f of %.0f, want %.0f ± %.0f", row.name, row.got, row.of, row.of*row.share, wide)
		}
	}
}

// The zero value is a good line, a cut one lets nothing pass.
func TestGoodAndCut(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		if x := draw(Way{}, dice, 100); x != (lot{copies: 1, bit: -1}) {
			t.Fatalf("a good line drew %+v", x)
		}
		if x := draw(Way{Cut: true}, dice, 100); x.copies != 0 {
			t.Fatalf("a cut line drew %+v", x)
		}
	}
}

// arrival is what came out of a line in fake time.
type arrival struct {
	no byte
	at time.Duration
}

// pass sends n datagrams, every apart, and returns what arrives.
func pass(t *testing.T, w Way, n int, every time.Duration) (got []arrival, c Counts) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := NewLine(7)
		defer l.Close()
		l.Set(w, Way{Cut: true})
		began := time.Now()
		var mu sync.Mutex
		out := &lane{dir: Up, send: func(b []byte, _ netip.AddrPort) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, arrival{b[0], time.Since(began)})
		}}
		for i := range n {
			l.carry(out, []byte{byte(i)}, netip.AddrPort{})
			<-time.After(every)
		}
		<-time.After(time.Minute)
		synctest.Wait()
		c = l.Counts(Up)
	})
	return got, c
}

// Delay is exact, and jitter keeps the order.
func TestDelayKeepsOrder(t *testing.T) {
	got, _ := pass(t, Way{Delay: 200 * time.Millisecond}, 3, 20*time.Millisecond)
	want := []arrival{{0, 200 * time.Millisecond}, {1, 220 * time.Millisecond}, {2, 240 * time.Millisecond}}
	if !slices.Equal(got, want) {
		t.Errorf("arrived %v, want %v", got, want)
	}
	got, _ = pass(t, Way{Delay: 200 * time.Millisecond, Jitter: 50 * time.Millisecond}, 200, 20*time.Millisecond)
	if len(got) != 200 || !slices.IsSortedFunc(got, func(a, b arrival) int { return int(a.no) - int(b.no) }) {
		t.Errorf("jitter lost or reordered: %v", got)
	}
	var wide float64
	for i, a := range got {
		d := (a.at - time.Duration(i)*20*time.Millisecond - 200*time.Millisecond).Seconds()
		wide += d * d / float64(len(got))
		if d < -0.15 || d > 0.151 {
			t.Errorf("datagram %d is %v s off", i, d)
		}
	}
	if s := math.Sqrt(wide); s < 0.03 || s > 0.09 {
		t.Errorf("standard deviation of the delay is %.3f s, asked were 0.05", s)
	}
}

// A reordered datagram is overtaken by the next, and none is lost for it.
func TestReorderIsOvertaken(t *testing.T) {
	got, c := pass(t, Way{Reorder: 0.2}, 200, 20*time.Millisecond)
	overtaken := 0
	for i := 1; i < len(got); i++ {
		if got[i].no < got[i-1].no {
			overtaken++
		}
	}
	// Of two held in a row the order between them stays.
	if len(got) != 200 || c.Held < 20 || c.Held > 60 || overtaken < int(c.Held)/2 || overtaken > int(c.Held) {
		t.Errorf("%d arrived, %d held back, %d overtaken", len(got), c.Held, overtaken)
	}
}

// Two copies arrive, the second right behind the first.
func TestDuplicates(t *testing.T) {
	got, c := pass(t, Way{Duplicate: 1}, 5, 20*time.Millisecond)
	if len(got) != 10 || got[0] != got[1] || got[8] != got[9] || c.Doubled != 5 || c.Sent != 10 {
		t.Errorf("arrived %v, counted %+v", got, c)
	}
}

// The same seed loses the same datagrams, another seed others.
func TestSeed(t *testing.T) {
	lost := func(seed uint64) (which []int) {
		dice := rand.New(rand.NewPCG(seed, 42))
		for i := range 1000 {
			if draw(Way{Loss: 0.1}, dice, 100).copies == 0 {
				which = append(which, i)
			}
		}
		return which
	}
	if a, b := lost(1), lost(1); !slices.Equal(a, b) {
		t.Error("one seed lost different datagrams")
	}
	if slices.Equal(lost(1), lost(2)) {
		t.Error("two seeds lost the same datagrams")
	}
}

func BenchmarkCarry(b *testing.B) {
	for name, w := range map[string]Way{"good": {}, "delayed": {Delay: time.Millisecond}} {
		b.Run(name, func(b *testing.B) {
			l := NewLine(1)
			defer l.Close()
			l.Set(w, Way{})
			sent := &lane{dir: Up, send: func([]byte, netip.AddrPort) {}}
			body := make([]byte, 172)
			b.ReportAllocs()
			for b.Loop() {
				l.carry(sent, body, netip.AddrPort{})
			}
		})
	}
}
