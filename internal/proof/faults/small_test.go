package faults_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestSmallKill kills the server under a small load.
func TestSmallKill(t *testing.T) {
	s := smallSize()
	h := rig.Open(t, s.options(t, rig.Seed(t)))
	l := h.Load(s.mix())
	l.For(8 * time.Second)
	healed := h.Fault(rig.ServerDead)
	killed := time.Now()
	h.Kill()
	took := h.Restart()
	healed()
	l.For(8 * time.Second)
	l.Stop()
	h.Settle(45 * time.Second)
	r := h.Check(rig.Allow{})
	setups, unanswered := rig.Setups(h.Calls(), killed, time.Now())
	t.Logf("ready after %s; %d calls, %d lost, %d doubled; set-up %s, %d unanswered", took, r.Calls, r.Lost, r.Doubled, setups, unanswered)
}
