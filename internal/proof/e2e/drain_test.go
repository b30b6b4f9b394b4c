package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
	"github.com/callstamp/callstamp/sip/siptest"
)

// TestDrain asks the server to stop in a call: new calls are refused with a time to come back, the call goes on for as
// long as the drain lasts, then it ends in order and the process with it. The wrap-up waits for the agent at the next start.
func TestDrain(t *testing.T) {
	t.Parallel()
	h := open(t, func(p *plan) { p.Survey = false })
	h.robot(t, "lan", robot.Plan{Wrap: time.Hour})
	customer := h.served(t)

	asked := time.Now()
	h.Server.Terminate(t)
	rig.Eventually(t, "the server says that it drains", func() bool {
		status, body := h.Server.Get("/readyz")
		return status == http.StatusServiceUnavailable && strings.Contains(body, "draining")
	}, nil)
	late := siptest.NewPeer(t, h.SIPAddr())
	late.Send(late.NewCall("+84901111111", "1900").Request("INVITE", siptest.SDP(1)))
	if refusal := late.Expect("SIP/2.0 503", "INVITE"); refusal.Header("Retry-After") == "" {
		t.Error("the refusal does not say when to come back")
	}
	h.farHears(t, rig.AgentHz) // the call goes on
	customer.isHungUp()        // until the drain is over
	if lasted := time.Since(asked); lasted < drainTimeout {
		t.Errorf("the call lasted %s after the wish to stop, less than the drain's %s", lasted, drainTimeout)
	}
	h.Server.EndsWell(t, rig.Patience)
	call := h.SQL.One(`SELECT * FROM records.calls`)
	if call["released_at"].(int64) == 0 || call["ended_by"] != "system" || call["estimated"] != false || call["closed"] != false {
		t.Errorf("the call is recorded as %v; it is over, and its wrap-up waits", call)
	}

	h.Start()
	h.robot(t, "lan", robot.Plan{Disposition: "other"})
	closed := h.SQL.ClosedCalls(1)[0]
	if closed["outcome"] != "answered" || closed["wrap_us"].(int64) <= 0 {
		t.Errorf("the call is closed as %v", closed)
	}
	h.balanced(t)
}
