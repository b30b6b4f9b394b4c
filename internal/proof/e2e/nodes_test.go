package e2e

import (
	"path/filepath"
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
	first := rtpWindow()
	two.plan.Dir = t.TempDir()
	two.plan.HTTP, two.plan.SIP, two.plan.ICE = freeTCP(t), freeSIP(t), freeUDP(t)
	two.plan.RTPFirst, two.plan.RTPLast = first, first+windowSize-1
	two.config = filepath.Join(two.plan.Dir, "callstamp.yaml")
	two.plan.write(t, two.config)
	return &two
}

// waiting starts the node and waits until it says that it is the second.
func (h *house) waiting(t *testing.T) {
	t.Helper()
	h.server = start(t, h.plan, rig.Binary(t), "serve", "--config", h.config)
	t.Cleanup(func() { h.server.stopWell(t) })
	eventually(t, "the second node waits", func() bool {
		status, body := h.server.get("/readyz")
		return status == 503 && strings.Contains(body, "waits for the other one's place")
	}, func() string { _, body := h.server.get("/readyz"); return body })
}

// TestNodes kills the node that takes the calls, with one of them in progress:
// the one that waits takes the next, says BYE to the first one's customer, and
// presumes the end of its call until its own journal is there.
func TestNodes(t *testing.T) {
	t.Parallel()
	h := open(t, func(p *plan) { p.Agents, p.Standby, p.Survey = []string{"lan", "mai"}, true, false })
	two := h.second(t)
	two.waiting(t)
	if status, _ := two.server.get("/healthz"); status != 200 {
		t.Errorf("/healthz of the node that waits: %d", status)
	}
	if status, body := two.server.get("/api/me"); status != 503 || !strings.Contains(body, `"standby"`) {
		t.Errorf("a page of the node that waits: %d %s", status, body)
	}
	b := chromium(t)
	lan := h.desk(t, b, "lan")
	lan.ready()
	customer := h.sipp(t, "uac", "LAW", "0", "SOUND", voice(t, phone.PCMU, 0, 0))
	lan.answer()
	h.farHears(t, agentHz)
	call := lan.call().Call
	h.counts(t, "the first's talk is in Postgres", `SELECT count(*) FROM stamps WHERE call_id = $1 AND kind = 'segment.connected'`, 1, call)

	killed := time.Now()
	h.server.kill(t)
	two.server.awaitReady(t)
	took := time.Since(killed)
	mai := two.desk(t, b, "mai")
	mai.ready()
	two.sipp(t, "uac", "LAW", "0", "SOUND", voice(t, phone.PCMU, 0, 0))
	mai.answer()
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
	code, out := command(t, "serve", "--config", h.second(t).config)
	if code == 0 || !strings.Contains(out, "another node takes the calls: node ") || !strings.Contains(out, "set nodes.standby on both") {
		t.Errorf("code %d: %s", code, out)
	}
}

// counts waits until the query counts n.
func (h *house) counts(t *testing.T, what, query string, n int64, args ...any) {
	t.Helper()
	eventually(t, what, func() bool { return h.sql.count(query, args...) == n }, nil)
}
