package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// takeOverLimit is how long after the first node's death the second's first
// new call may ring at an agent.
const takeOverLimit = 5 * time.Second

// second makes another node beside h: the same stores, its own folder and doors.
func (h *house) second(t *testing.T) *house {
	t.Helper()
	two := *h
	two.plan.Dir, two.plan.Ports = t.TempDir(), rig.ChoosePorts(t, rtpPorts)
	two.furnish()
	return &two
}

// waiting starts the node and waits until it says that it is the second.
func (h *house) waiting(t *testing.T) {
	t.Helper()
	h.StartOnly()
	rig.Eventually(t, "the second node waits", func() bool {
		status, body := h.Server.Get("/readyz")
		return status == 503 && strings.Contains(body, "waits for the other one's place")
	}, func() string { _, body := h.Server.Get("/readyz"); return body })
}

// TestNodes kills the node that takes the calls, with one of them in progress:
// the one that waits takes the next, says BYE to the first one's customer, and
// presumes the end of its call until its own journal is there.
func TestNodes(t *testing.T) {
	t.Parallel()
	h := open(t, func(p *plan) { p.Agents, p.Standby, p.Survey = []string{"lan", "mai"}, true, false })
	two := h.second(t)
	two.waiting(t)
	if status, _ := two.Server.Get("/healthz"); status != 200 {
		t.Errorf("/healthz of the node that waits: %d", status)
	}
	if status, body := two.Server.Get("/api/me"); status != 503 || !strings.Contains(body, `"standby"`) {
		t.Errorf("a page of the node that waits: %d %s", status, body)
	}
	b := rig.Chromium(t)
	lan := h.desk(t, b, "lan")
	lan.GoReady()
	customer := h.sipp(t, "uac", "LAW", "0", "SOUND", voice(t, phone.PCMU, 0, 0))
	lan.Answer()
	h.farHears(t, rig.AgentHz)
	call := lan.Call().Call
	h.counts(t, "the first's talk is in Postgres", `SELECT count(*) FROM stamps WHERE call_id = $1 AND kind = 'segment.connected'`, 1, call)

	killed := time.Now()
	h.Kill()
	two.Server.AwaitReady(t, rig.Patience)
	took := time.Since(killed)
	mai := two.desk(t, b, "mai")
	mai.GoReady()
	two.sipp(t, "uac", "LAW", "0", "SOUND", voice(t, phone.PCMU, 0, 0))
	mai.Answer()
	t.Logf("the second takes calls %v after the first was killed", took.Round(time.Millisecond))
	if took > takeOverLimit {
		t.Errorf("the take-over took %v, more than %v", took, takeOverLimit)
	}
	customer.Wait(t) // the second has said BYE
	if legUp := time.Since(killed); legUp > 35*time.Second {
		t.Errorf("the first's customer was left on the line for %v", legUp)
	}
	h.counts(t, "the first's call is presumed to have ended",
		`SELECT count(*) FROM records.calls WHERE call = $1 AND provisional AND estimated AND closed AND outcome = 'abnormal'`, 1, call)
	two.balanced(t)

	h.waiting(t) // back, and second now
	h.counts(t, "the first's own word stands",
		`SELECT count(*) FROM records.calls WHERE call = $1 AND NOT provisional AND estimated AND closed AND outcome = 'abnormal'`, 1, call)
	h.counts(t, "nothing is presumed any more", `SELECT count(*) FROM records.presumed`, 0)
	two.balanced(t)
}

// TestSecondNodeIsRefused: without nodes.standby a second process says who
// takes the calls, and ends.
func TestSecondNodeIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	code, out := h.second(t).command(t, "serve")
	if code == 0 || !strings.Contains(out, "another node takes the calls: node ") || !strings.Contains(out, "set nodes.standby on both") {
		t.Errorf("code %d: %s", code, out)
	}
}

// counts waits until the query counts n.
func (h *house) counts(t *testing.T, what, query string, n int64, args ...any) {
	t.Helper()
	rig.Eventually(t, what, func() bool { return h.SQL.Count(query, args...) == n }, nil)
}
