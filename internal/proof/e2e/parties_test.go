package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/proof/wiretap"
)

// maiHz is what the second agent's browser speaks.
const maiHz = 1700

// TestThreeAtDesks: an agent consults a colleague, makes a conference of it and leaves; the colleague goes on with the
// customer. Then the customer is parked, and fetched by the first. All of it by what the pages show and by their keys.
func TestThreeAtDesks(t *testing.T) {
	t.Parallel()
	h := open(t, func(p *plan) { p.Survey, p.Agents = false, []string{"lan", "mai"} })
	lan := h.desk(t, rig.Chromium(t), "lan")
	lan.GoReady()
	lan.Shows("You may not call numbers by hand")
	customer := h.pickUp(t)
	customer.dial("1900")
	lan.Answer()
	mai := h.desk(t, rig.ChromiumOf(t, maiHz), "mai")
	mai.GoReady()

	t.Log("lan consults mai: the customer hears music")
	lan.Chord("Y")
	lan.Click("Agent mai")
	mai.Scene("ringing")
	mai.Shows("Asks for your help · Agent lan")
	mai.Click("Answer")
	lan.Phase("consulting")
	mai.Presence("consulting")
	lan.Hears(maiHz)
	mai.Hears(rig.AgentHz)
	h.farHearsMusic(t)
	lan.Await(disabled("End"))
	mai.Await(disabled("Transfer"))

	t.Log("three hear each other")
	lan.Chord("Y")
	lan.Phase("conferencing")
	h.farHearsBoth(t, rig.AgentHz, maiHz)
	lan.HearsAll(rig.CustomerHz, maiHz)
	mai.HearsAll(rig.CustomerHz, rig.AgentHz)
	lan.Await(disabled("Hold"))

	t.Log("lan leaves; mai goes on")
	lan.Click("End")
	lan.Scene("wrap")
	mai.Phase("talking")
	mai.Hears(rig.CustomerHz)
	h.farHears(t, maiHz)
	lan.Click("Save and go ready")
	lan.Presence("ready")

	t.Log("mai parks the customer; lan fetches them")
	mai.Chord("K")
	mai.Scene("wrap")
	h.farHearsMusic(t)
	lan.Shows("parked by Agent mai, service")
	lan.Click("Fetch")
	lan.Phase("talking")
	lan.Hears(rig.CustomerHz)
	h.farHears(t, rig.AgentHz)

	t.Log("lan hands over to mai, having spoken with her")
	mai.Click("Save and go ready")
	mai.Presence("ready")
	lan.Click("Ask someone")
	lan.Click("Agent mai")
	mai.Scene("ringing")
	mai.Click("Answer")
	lan.Phase("consulting")
	lan.Await(`callstampDebug.state.call.asking.answered`)
	lan.Click("Hand over")
	lan.Scene("wrap")
	mai.Phase("talking")
	mai.Hears(rig.CustomerHz)
	h.farHears(t, maiHz)

	customer.hangUp()
	mai.Scene("wrap")
	mai.Click("Save and go ready")
	lan.Click("Save and go ready")
	h.checkParties(t)
}

func (h *house) checkParties(t *testing.T) {
	t.Helper()
	call := h.SQL.ClosedCalls(1)[0]
	h.SQL.StampsOf(call["call"].(string)).InOrder(t, "segment.connected", "consult.started", "consult.answered", "consult.ended", "conference.joined",
		"transfer.started", "conference.left", "transfer.completed", "park.started", "park.ended", "consult.started", "consult.answered",
		"transfer.started", "transfer.completed", "leg.ended", "call.closed")
	h.balanced(t)
}

// farHearsBoth waits until the telephone gets both tones in one stream.
func (h *house) farHearsBoth(t *testing.T, a, b float64) {
	t.Helper()
	since := time.Now()
	share := func(hz float64) float64 { return wiretap.Tone(h.newest(since, h.toFar), 8000, hz) }
	rig.Eventually(t, fmt.Sprintf("%.0f and %.0f Hz towards the telephone", a, b),
		func() bool { return share(a) > 0.15 && share(b) > 0.15 && share(a)+share(b) > 0.8 },
		func() string { return fmt.Sprintf("their shares are %.3f and %.3f", share(a), share(b)) })
}

// disabled is true while the button with the text can't be pressed.
func disabled(text string) string {
	return `[...document.querySelectorAll("button:disabled")].some((b) => b.textContent.includes("` + text + `"))`
}
