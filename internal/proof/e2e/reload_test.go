package e2e

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/browser"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/proof/wiretap"
	"github.com/callstamp/callstamp/internal/robot"
)

// reloadLimit is the product's promise to an agent whose page reloads in a call: both are heard again.
const reloadLimit = 3 * time.Second

// TestReload reloads the page in the middle of a call. The customer's line belongs to the server: one call, one segment,
// the gap a phase of its own.
func TestReload(t *testing.T) {
	t.Parallel()
	h := open(t, func(p *plan) { p.Survey = false })
	lan, customer := h.talking(t)
	h.farHears(t, rig.AgentHz)
	lan.Hears(rig.CustomerHz)

	began := time.Now()
	must(t, lan.Reload())
	rig.Eventually(t, "the customer is heard again in the browser", func() bool {
		samples, rate, err := lan.Hear("callstampDebug.phone.remote") // the page may not be there yet
		return err == nil && wiretap.Tone(samples, rate, rig.CustomerHz) > 0.8
	}, nil)
	heard := time.Since(began)
	var spoke time.Duration
	rig.Eventually(t, "the agent is heard again in the payload", func() bool {
		spoke = h.toneReturned(began, rig.AgentHz)
		return spoke > 0
	}, func() string { return h.soundToFar(began) })
	t.Logf("after the reload the agent heard the customer within %s, the customer the agent within %s",
		heard.Round(time.Millisecond), spoke.Round(time.Millisecond))
	if heard > reloadLimit || spoke > reloadLimit {
		t.Errorf("audio was back after %s and %s, want %s", heard, spoke, reloadLimit)
	}
	lan.Phase("talking")
	lan.Click("End")
	customer.isHungUp()
	sameWrapUp(t, lan)
	lan.Click("Save and go ready")

	call := h.SQL.ClosedCalls(1)[0]
	for column, want := range map[string]any{"segment_count": int32(1), "offer_count": int32(1), "outcome": "answered", "missed": false} {
		if call[column] != want {
			t.Errorf("calls.%s is %v, want %v", column, call[column], want)
		}
	}
	if alone := call["alone_us"].(int64); alone <= 0 || alone > reloadLimit.Microseconds() {
		t.Errorf("the customer was alone for %d µs", alone)
	}
	stamps := h.SQL.StampsOf(call["call"].(string))
	stamps.InOrder(t, "segment.connected", "leg.lost", "leg.back", "segment.ended", "call.closed")
	if lost := stamps.Of("leg.lost"); len(lost) != 1 || lost[0].Phase != "alone" {
		t.Errorf("the loss was stamped as %v", lost)
	}
	if back := stamps.Of("leg.back"); len(back) != 1 || back[0].Phase != "talking" {
		t.Errorf("the return was stamped as %v", back)
	}
	if n := h.SQL.Count(`SELECT count(*) FROM records.offers WHERE "end" <> 'accepted'`); n != 0 {
		t.Errorf("%d offers were missed", n)
	}
	h.balanced(t)
}

// TestPageGone closes the page in the middle of a call and never opens it again: the customer hears music, then the next
// agent; it stays one call.
func TestPageGone(t *testing.T) {
	t.Parallel()
	h := open(t, func(p *plan) { p.Survey, p.Grace, p.Wrap, p.Agents = false, "4s", "5s", []string{"lan", "mai"} })
	lan := h.desk(t, rig.Chromium(t), "lan")
	lan.GoReady()
	h.robot(t, "mai", robot.Plan{React: 200 * time.Millisecond, Disposition: "resolved"}) // idle for a shorter time
	customer := h.pickUp(t)
	customer.dial("1900")
	lan.Answer()
	h.farHears(t, rig.AgentHz)
	gone := time.Now()
	lan.Close()
	h.farHearsMusic(t)
	t.Logf("the customer heard music within %s of the page's end", time.Since(gone).Round(100*time.Millisecond))
	rig.Eventually(t, "the next agent is heard", func() bool { return h.toneReturned(gone, rig.AgentHz) > 0 }, func() string { return h.soundToFar(gone) })
	customer.hangUp()

	call := h.SQL.ClosedCalls(1)[0]
	for column, want := range map[string]any{
		"segment_count": int32(2), "entry_count": int32(2), "offer_count": int32(2), "outcome": "answered", "missed": false,
	} {
		if call[column] != want {
			t.Errorf("calls.%s is %v, want %v", column, call[column], want)
		}
	}
	h.SQL.StampsOf(call["call"].(string)).InOrder(t, "segment.connected", "leg.lost", "segment.ended", "queue.entered", "offer.accepted",
		"segment.connected", "call.closed")
	h.balanced(t)
}

// sameWrapUp reloads once more: the wrap-up is the server's and goes on to the same second.
func sameWrapUp(t *testing.T, d *rig.Desk) {
	t.Helper()
	const until = `String(callstampDebug.state.call.wrap_until)`
	d.Scene("wrap")
	before, err := browser.Eval[string](d.Page, until)
	must(t, err)
	must(t, d.Reload())
	d.Scene("wrap")
	after, err := browser.Eval[string](d.Page, until)
	must(t, err)
	if before != after || before == "0" {
		t.Errorf("the wrap-up ends at %s, before the reload it was %s", after, before)
	}
}

// toneReturned is how long after began the tone came back towards the telephone once it had gone; 0 while it has not.
func (h *house) toneReturned(began time.Time, hz float64) time.Duration {
	const packets = 5 // 0.1 s: a gap may be as short as 0.15 s
	all := h.tap.Packets(began, h.toFar)
	gone := false
	for i := packets; i <= len(all); i++ {
		share := wiretap.Tone(wiretap.Samples(all[i-packets:i]), 8000, hz)
		if share < 0.5 {
			gone = true
		}
		if gone && share > 0.8 {
			return all[i-1].At.Sub(began)
		}
	}
	return 0
}
