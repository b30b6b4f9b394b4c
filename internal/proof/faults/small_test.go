package faults_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// The small faults run with all other tests: a small load, under a minute each.

// readyWithin is how long a restart may take.
const readyWithin = 3 * time.Second

// TestSmallKill kills the server under a small load.
func TestSmallKill(t *testing.T) {
	h, l := smallLoad(t)
	healed := h.Fault(rig.ServerDead)
	killed := time.Now()
	h.Kill()
	took := h.Restart()
	healed()
	if took > readyWithin {
		t.Errorf("ready after %s, want %s", took, readyWithin)
	}
	l.For(smallStretch)
	l.Stop()
	h.Settle(time.Minute)
	r := h.Check(rig.Allow{Finding: rig.Late(late)})
	setups, _ := rig.Setups(h.Calls(), killed, time.Now())
	t.Logf("ready after %s; %d calls, %d lost, %d doubled; set-up %s", took, r.Calls, r.Lost, r.Doubled, setups)
}

// TestSmallFlush empties Redis under a small load.
func TestSmallFlush(t *testing.T) {
	h, l := smallLoad(t)
	row := &rig.Row{}
	healed := h.Fault("Redis flushed")
	flush(t, h)
	healed()
	countersRight(t, h, row, time.Now())
	l.For(smallStretch)
	l.Stop()
	h.Settle(time.Minute)
	row.Take(h.Check(rig.Allow{Finding: rig.Late(late)}))
	t.Logf("%d calls, %d lost, %d doubled; %v", row.Calls, row.Lost, row.Doubled, row.Figures)
}

// smallStretch is how long the load lasts before and after a small fault.
const smallStretch = 6 * time.Second

func smallLoad(t *testing.T) (*rig.House, *rig.Load) {
	t.Helper()
	rig.Precedence(t)
	s := smallSize()
	seed := rig.Seed(t)
	t.Logf("PROOF_SEED=%d", seed)
	h := rig.Open(t, s.options(t, seed))
	l := h.Load(s.mix())
	l.For(smallStretch)
	return h, l
}
