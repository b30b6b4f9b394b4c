package e2e

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/browser"
	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// recoveryLimit is what a restart may take until it is ready again.
const recoveryLimit = 3 * time.Second

// TestCrash kills the server while one agent talks and another wraps up, and starts it again: the call ends at the last
// proof of life, the customer's line gets its BYE, the sessions are closed, and both wrap-ups wait for their agents.
func TestCrash(t *testing.T) {
	t.Parallel()
	h := open(t, func(p *plan) { p.Agents = []string{"lan", "mai"} })
	b := rig.Chromium(t)
	wrapped := h.wrapUp(t, b)
	h.notes(wrapped, "calls back on Monday, 9:30")
	lan := h.desk(t, b, "lan")
	lan.GoReady()
	customer := h.sipp(t, "uac", "LAW", "0", "SOUND", voice(t, phone.PCMU, 0, 0))
	lan.Answer()
	h.farHears(t, rig.AgentHz)
	call := lan.Call().Call
	rig.Eventually(t, "two proofs of life after the talk began", func() bool {
		return h.SQL.Count(`SELECT count(*) FROM stamps WHERE kind = 'node.alive' AND seq >
			(SELECT seq FROM stamps WHERE call_id = $1 AND kind = 'segment.connected')`, call) >= 2
	}, nil)

	killed := time.Now()
	h.Kill()
	took := h.Start()
	t.Logf("ready again after %s", took.Round(time.Millisecond))
	if took > recoveryLimit {
		t.Errorf("the restart took %s, more than %s", took, recoveryLimit)
	}
	customer.Wait(t) // it gets the BYE of its dialog
	h.checkCrashed(t, call, killed)

	wrapped.Scene("wrap")
	must(t, wrapped.Reload()) // with a storage of its own the page would know the note by itself
	wrapped.Scene("wrap")
	wrapped.Await(`callstampDebug.state.call.note === "calls back on Monday, 9:30" && document.querySelector("textarea").value === callstampDebug.state.call.note`)
	for _, d := range []*rig.Desk{wrapped, lan} { // one was wrapping up before, the other's talk was cut
		d.Scene("wrap") // the page found its way back by itself
		d.Click("Resolved")
		d.Click("Save and go ready")
		d.Scene("idle")
	}
	for _, closed := range h.SQL.ClosedCalls(2) {
		if (closed["outcome"] == "abnormal") != (closed["call"] == call) {
			t.Errorf("the call's outcome is %v", closed["outcome"])
		}
	}
	for _, segment := range h.SQL.Rows(`SELECT agent, disposition, closed FROM records.segments`) {
		if segment["disposition"] != "resolved" || segment["closed"] != true {
			t.Errorf("after the disposition given after the crash: %v", segment)
		}
	}
	h.balanced(t)
}

// notes types a note and waits until the database has it, not only the tab.
func (h *house) notes(d *rig.Desk, text string) {
	h.t.Helper()
	must(h.t, d.Type("textarea", text))
	rig.Eventually(h.t, "the note is in the database", func() bool { return h.SQL.Count(`SELECT count(*) FROM notes WHERE body = $1`, text) == 1 }, nil)
	d.Await(`!Object.keys(sessionStorage).some((key) => key.startsWith("callstamp.note"))`)
}

// wrapUp brings an agent into the wrap-up of a call that is over.
func (h *house) wrapUp(t *testing.T, b *browser.Browser) *rig.Desk {
	t.Helper()
	mai := h.desk(t, b, "mai")
	mai.GoReady()
	customer := h.pickUp(t)
	customer.dial("1900")
	mai.Answer()
	customer.hangUp()
	mai.Scene("wrap")
	return mai
}

// checkCrashed reads what recovery made of the call that was talked in.
func (h *house) checkCrashed(t *testing.T, call string, killed time.Time) {
	t.Helper()
	var row map[string]any
	rig.Eventually(t, "the call is released", func() bool {
		row = h.SQL.One(`SELECT * FROM records.calls WHERE call = $1`, call)
		return row["released_at"].(int64) > 0
	}, nil)
	if row["estimated"] != true || row["closed"] != false { // its wrap-up waits for the agent
		t.Errorf("the call is recorded as %v", row)
	}
	if ended := time.UnixMicro(row["released_at"].(int64)); killed.Sub(ended) > 2*time.Second || ended.After(killed) {
		t.Errorf("the call ended at %s, killed was at %s: the last proof of life is at most a second old", ended, killed)
	}
	for _, session := range h.SQL.Rows(`SELECT * FROM records.agent_sessions WHERE login_at < $1`, killed.UnixMicro()) {
		if session["closed"] != true || session["logout_at"] != row["released_at"] {
			t.Errorf("the agent's session is %v; the call ended at %v", session, row["released_at"])
		}
	}
}
