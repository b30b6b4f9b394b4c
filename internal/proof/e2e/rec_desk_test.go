package e2e

import (
	"testing"

	"github.com/callstamp/callstamp/internal/proof/browser"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestRecordAtDesk: where agents may record, one key begins, pauses for a card's number and goes on; the page says each time
// what is kept.
func TestRecordAtDesk(t *testing.T) {
	t.Parallel()
	h := open(t, func(p *plan) { p.Survey = false })
	b := rig.Chromium(t)
	boss := h.logIn(t, b, "boss", "#/wall")
	boss.Await(`document.body.innerText.includes("Waiting now")`)
	status, err := browser.Eval[int](boss.Page, `fetch("/api/recording-policies/queue:service", {
		method: "PUT", headers: { "X-Callstamp": "1", "Content-Type": "application/json" },
		body: JSON.stringify({ place: "", mode: "on_demand", share: 0, disclosure: "", keep_days: 30 }),
	}).then((answer) => answer.status)`)
	if err != nil || status >= 300 {
		t.Fatal("the policy was not taken:", status, err)
	}
	lan := h.desk(t, b, "lan")
	lan.GoReady()
	customer := h.pickUp(t)
	customer.dial("1900")
	lan.Answer()
	lan.Await(`callstampDebug.state.call.on_demand && !callstampDebug.state.call.recording`)
	for _, step := range []struct{ state, says string }{
		{"on", "Pause for card data"}, {"paused", "Not recorded: card data are safe"}, {"on", "Pause for card data"},
	} {
		lan.Chord("G")
		lan.Await(`callstampDebug.state.call.recording === "` + step.state + `"`)
		lan.Shows(step.says)
	}
	lan.Click("End recording")
	lan.Await(`!callstampDebug.state.call.recording`)
	customer.hangUp()
	lan.Scene("wrap")
	lan.Click("Save and go ready")
	call := h.SQL.ClosedCalls(1)[0]
	h.SQL.StampsOf(call["call"].(string)).InOrder(t, "rec.started", "rec.paused", "rec.resumed", "rec.stopped")
	h.balanced(t)
}
