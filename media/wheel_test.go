package media

import (
	"errors"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

type tickLog struct {
	mu sync.Mutex
	at []time.Time
}

func (l *tickLog) tick(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = append(l.at, now)
}

func (l *tickLog) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.at)
}

func TestWheelTicksEveryEndEvery20ms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWheel()
		defer w.stop()
		logs := make([]*tickLog, 6)
		for i := range logs {
			logs[i] = &tickLog{}
			w.add(logs[i])
		}
		time.Sleep(time.Second + time.Millisecond)
		for i, l := range logs {
			if l.count() != 50 {
				t.Errorf("end %d: %d ticks in a second", i, l.count())
			}
			for j := 1; j < len(l.at); j++ {
				if d := l.at[j].Sub(l.at[j-1]); d != frameTime {
					t.Errorf("end %d: %v between two ticks", i, d)
				}
			}
		}
		if logs[0].at[0].Equal(logs[1].at[0]) {
			t.Error("all ends at once")
		}
		w.remove(logs[0])
		time.Sleep(time.Second)
		if logs[0].count() != 50 || logs[4].count() != 100 {
			t.Errorf("after the removal: %d and %d ticks", logs[0].count(), logs[4].count())
		}
	})
}

// A wheel that was held up makes up for two frames and lets the rest go: nobody wants a burst.
func TestWheelCatchesUpALittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWheel()
		defer w.stop()
		stall := stallOnce{d: 500 * time.Millisecond}
		w.add(&stall)
		time.Sleep(2 * time.Second)
		// 100 ticks, less the 500 ms of which 40 were made up for.
		if n := stall.count(); n < 76 || n > 79 {
			t.Errorf("%d ticks", n)
		}
	})
}

type stallOnce struct {
	tickLog
	d time.Duration
}

func (s *stallOnce) tick(now time.Time) {
	s.tickLog.tick(now)
	time.Sleep(s.d)
	s.d = 0
}

func TestCourierKeepsOrderAndFinishes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCourier()
		var got []string
		slow := func(ev Event) {
			time.Sleep(time.Second) // a slow owner
			got = append(got, ev.ID)
		}
		begin := time.Now()
		for _, id := range []string{"a", "b", "c"} {
			c.post(slow, Event{ID: id})
		}
		if time.Since(begin) != 0 {
			t.Error("posting waited")
		}
		c.post(nil, Event{})
		c.stop()
		c.post(slow, Event{ID: "too late"})
		if !slices.Equal(got, []string{"a", "b", "c"}) {
			t.Errorf("%v", got)
		}
	})
}

func TestPorts(t *testing.T) {
	lo := netip.MustParseAddr("127.0.0.1")
	for _, c := range [][2]uint16{{10, 5}, {7, 7}, {0, 1}, {11, 12}, {0, 0}, {10, 11}} {
		_, err := newPorts(lo, c[0], c[1])
		if ok := c == [2]uint16{0, 0} || c == [2]uint16{10, 11}; ok != (err == nil) {
			t.Errorf("%v: %v", c, err)
		}
	}
	p, err := newPorts(lo, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	first, err := p.take()
	if err != nil {
		t.Fatal(err)
	}
	if first.port%2 != 0 || localPort(first.rtcp) != first.port+1 {
		t.Errorf("RTP %d, RTCP %d", first.port, localPort(first.rtcp))
	}
	// A range of exactly this pair is exhausted while it is bound, free afterwards.
	narrow, err := newPorts(lo, first.port, first.port+1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := narrow.take(); !errors.Is(err, ErrNoPorts) {
		t.Errorf("exhausted: %v", err)
	}
	p.release(first)
	again, err := narrow.take()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := narrow.take(); !errors.Is(err, ErrNoPorts) || narrow.bound() != 1 {
		t.Errorf("taken: %v, %d bound", err, narrow.bound())
	}
	narrow.release(again)
	narrow.close()
	if _, err := narrow.take(); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}
