package main

import (
	"strings"
	"testing"
	"time"
)

type provedAt time.Time

func (p provedAt) Proved() time.Time { return time.Time(p) }

// TestFence asks once a step; at is when, since the right was taken, and proved
// when it was last proved.
func TestFence(t *testing.T) {
	type step struct {
		at, proved time.Duration
		shut       string // part of the reason; "" = open
	}
	for name, row := range map[string]struct {
		after time.Duration
		steps []step
	}{
		"proved each half second": {10 * time.Second, []step{{time.Second, 500 * time.Millisecond, ""}, {2 * time.Second, 1500 * time.Millisecond, ""}}},
		"Postgres away": {3 * time.Second, []step{
			{time.Second, 0, ""}, {2 * time.Second, 0, ""}, {3 * time.Second, 0, ""}, {4 * time.Second, 0, "has not confirmed for 4s"}, {5 * time.Second, 4500 * time.Millisecond, ""},
		}},
		"stopped and continued": {time.Minute, []step{
			{time.Second, 900 * time.Millisecond, ""}, {21 * time.Second, 900 * time.Millisecond, "was stopped"},
			{21250 * time.Millisecond, 20900 * time.Millisecond, "was stopped"}, {21500 * time.Millisecond, 21200 * time.Millisecond, ""},
		}},
		"nobody waits": {0, []step{{time.Hour, 0, ""}}},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			f := newFence(row.after, began)
			if f.open() || f.holding() {
				t.Error("open before the right was taken")
			}
			f.hold(provedAt(began), began)
			for _, s := range row.steps {
				f.mu.Lock()
				f.tenure = provedAt(began.Add(s.proved))
				f.mu.Unlock()
				got := f.shut(began.Add(s.at))
				if (got == "") != (s.shut == "") || !strings.Contains(got, s.shut) {
					t.Errorf("after %v, proved at %v: %q, want %q", s.at, s.proved, got, s.shut)
				}
			}
			f.lose("n2", began)
			if got := f.shut(began.Add(2 * time.Hour)); !strings.Contains(got, "node n2 took the calls over") || f.holding() {
				t.Errorf("after a take-over: %q", got)
			}
		})
	}
}

// A machine that was suspended has a wall clock that tells of it.
func TestFenceSeesASuspendedMachine(t *testing.T) {
	began := time.Now()
	f := newFence(time.Minute, began)
	f.hold(provedAt(began), began)
	f.looked = began.Round(0).Add(-time.Minute) // the wall alone, a minute behind
	if got := f.shut(began); !strings.Contains(got, "was stopped") {
		t.Errorf("a minute later by the wall clock: %q", got)
	}
}
