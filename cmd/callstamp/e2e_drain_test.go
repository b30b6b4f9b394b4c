package main_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/robot"
	"github.com/callstamp/callstamp/sip/siptest"
)

// TestDrain asks the server to stop in a call: new calls are refused with a time to come back, the call goes on for as
// long as the drain lasts, then it ends in order and the process with it.
func TestDrain(t *testing.T) {
	t.Parallel()
	h := open(t, func(p *plan) { p.Survey = false })
	h.robot(t, "lan", robot.Plan{})
	customer := h.pickUp(t)
	customer.dial("1900")
	h.farHears(t, agentHz)

	asked := time.Now()
	must(t, syscall.Kill(h.server.pid, syscall.SIGTERM))
	h.server.ended = true
	eventually(t, "new calls are refused", func() bool {
		late := siptest.NewPeer(t, h.plan.sipAddr())
		late.Send(late.NewCall("+84901111111", "1900").Request("INVITE", siptest.SDP(1)))
		for {
			m, ok := late.Receive(time.Second)
			if !ok {
				return false
			}
			if strings.HasPrefix(m.Start, "SIP/2.0 503") {
				if m.Header("Retry-After") == "" {
					t.Error("the refusal does not say when to come back")
				}
				return true
			}
			if !strings.HasPrefix(m.Start, "SIP/2.0 1") {
				return false
			}
		}
	}, nil)
	h.farHears(t, agentHz) // the call goes on
	customer.isHungUp()    // until the drain is over
	if lasted := time.Since(asked); lasted < drainTimeout {
		t.Errorf("the call lasted %s after the wish to stop, less than the drain's %s", lasted, drainTimeout)
	}
	select {
	case <-h.server.done:
	case <-time.After(patience):
		t.Fatal("the server did not end after its last call")
	}
	if code := h.server.state.ExitCode(); code != 0 {
		t.Errorf("the server ended with %d", code)
	}
	h.server.checkLog(t)
	call := h.sql.closedCalls(1)[0]
	if call["ended_by"] != "system" || call["segment_count"] != int32(1) || call["estimated"] != false {
		t.Errorf("the call is recorded as %v", call)
	}
	h.balanced(t)
}
