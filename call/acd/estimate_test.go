package acd

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

func TestPace(t *testing.T) {
	p := &Pace{}
	for i, c := range []struct {
		ms       int64
		left     int
		position int
		want     int64 // s
	}{
		{0, 3, 1, 0}, {20_000, 2, 1, 0}, {40_000, 1, 1, 0}, // two gaps are too few
		{60_000, 0, 2, 40}, {600_000, 1, 2, 40}, // nobody waited in between: no gap
		{604_000, 1, 3, 50}, // (3 × 20 + 4) / 4 = 16 s, three times, rounded up
	} {
		p.Accepted(at(c.ms), c.left)
		if got := p.Estimate(c.position) / 1e6; got != c.want {
			t.Errorf("%d: position %d is estimated at %d s, want %d", i, c.position, got, c.want)
		}
	}
	for ms := int64(700_000); ms < 1_000_000; ms += 1000 {
		p.Accepted(at(ms), 1)
	}
	if got := p.Estimate(1); got != estStepUS || len(p.gaps) != paceCalls {
		t.Errorf("a gap of a second is estimated at %d µs from %d gaps", got, len(p.gaps))
	}
}

// standings are those that the calls were told, forgotten with the reading.
func (b *bench) standings(t *testing.T) (all []call.Standing) {
	t.Helper()
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	all, b.stood = b.stood, nil
	return all
}

// Calls hear of their place a second after it changed, VIPs before others, and
// not at all where it did not change.
func TestCallsAreToldTheirPlace(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.floor.Configure(Policy{Queues: map[stamp.QueueID]Queue{"care": {VIPUS: 60e6}}})
		for i := range 3 {
			w := waitingCall(b)
			w.Call, w.Entry, w.VIP = stamp.ID(fmt.Sprint("c", i)), stamp.EntryNo(i+1), i == 2
			b.floor.Enqueue(w)
		}
		if s := b.standings(t); len(s) > 0 {
			t.Errorf("told at once: %+v", s)
		}
		time.Sleep(time.Second)
		got := map[stamp.EntryNo]int{}
		for _, s := range b.standings(t) {
			got[s.Entry] = s.Position
		}
		if fmt.Sprint(got) != "map[1:2 2:3 3:1]" {
			t.Errorf("places by entry: %v", got)
		}
		time.Sleep(time.Minute)
		if s := b.standings(t); len(s) > 0 {
			t.Errorf("told again though nothing changed: %+v", s)
		}
		b.floor.Dequeue("c2", 3)
		time.Sleep(time.Second)
		if s := b.standings(t); len(s) != 2 || s[0].Position+s[1].Position != 3 {
			t.Errorf("after the first has gone: %+v", s)
		}
	})
}

// Who stands far behind hears of a change of place at most every ten seconds.
func TestFarPlacesAreToldRarely(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		for i := range 40 {
			w := waitingCall(b)
			w.Call = stamp.ID(fmt.Sprintf("c%02d", i))
			b.floor.Enqueue(w)
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		b.standings(t)
		n := 0
		for i := range 5 {
			b.floor.Dequeue(stamp.ID(fmt.Sprintf("c%02d", i)), 1)
			time.Sleep(1100 * time.Millisecond)
			n += len(b.standings(t))
		}
		if n > 5*standNear {
			t.Errorf("%d tellings of five changes, at most %d are near", n, 5*standNear)
		}
		time.Sleep(10 * time.Second)
		if s := b.standings(t); len(s) < 20 {
			t.Errorf("%d of those far behind were told in the end", len(s))
		}
	})
}
