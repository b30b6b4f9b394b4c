package e2e

import (
	"fmt"
	"testing"

	"github.com/callstamp/callstamp/internal/proof/browser"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/proof/wiretap"
)

// TestKeys sends keys both ways: the page's keypad makes RFC 4733 events on the wire, the telephone's are stamped.
func TestKeys(t *testing.T) {
	t.Parallel()
	h := open(t)
	lan, customer := h.talking(t)
	h.farHears(t, rig.AgentHz)

	lan.Click("Keypad")
	for _, key := range []string{"5", "#", "0"} {
		_, err := browser.Eval[bool](lan.Page, fmt.Sprintf(
			`[...document.querySelectorAll(".keys button")].find((b) => b.innerText.trim().startsWith(%q)).click() ?? true`, key))
		must(t, err)
	}
	var keys []wiretap.Key
	rig.Eventually(t, "three keys on the wire", func() bool {
		keys = wiretap.Keys(h.tap.Packets(h.Server.Began, h.toFar), 101)
		return len(keys) == 3 && keys[2].Ends >= 3
	}, func() string { return fmt.Sprintf("there are %+v", keys) })
	for i, want := range []byte("5#0") {
		k := keys[i]
		if k.Digit != want || k.Duration < 320 || k.Ends != 3 || !k.First.Marker {
			t.Errorf("key %d is %c for %d/8000 s in %d packets, %d ends, marker %v; want %c, 40 ms or more (§2.5.1.4), 3 ends, marker",
				i, k.Digit, k.Duration, k.Packets, k.Ends, k.First.Marker, want)
		}
	}
	h.farHears(t, rig.AgentHz)

	customer.voice.Press('3')
	customer.voice.Press('7')
	lan.Await(`callstampDebug.state.call.marks.filter((m) => m.kind === "dtmf" && m.leg === 1).length >= 2`)
	lan.Hears(rig.CustomerHz)
	lan.Click("End")
	lan.Await(`callstampDebug.state.call.marks.some((m) => m.kind === "survey.asked")`)
	customer.voice.Press('4')
	customer.isHungUp()
	lan.Click("Save and go ready")
	call := h.SQL.ClosedCalls(1)[0]["call"].(string)
	stamps := h.SQL.StampsOf(call)
	received := 0
	for _, f := range stamps.Of("dtmf") {
		if f.Data["sent"] == nil && f.Data["leg"] == 1.0 {
			received++
			if us := f.Data["duration_us"].(float64); us < 60_000 || us > 200_000 {
				t.Errorf("a key of 100 ms was stamped with %.0f µs", us)
			}
		}
	}
	if received != 3 {
		t.Errorf("%d keys of the customer were stamped, want 3", received)
	}
	if v := h.SQL.One(`SELECT value FROM records.survey_answers WHERE call = $1`, call)["value"]; v != int32(4) {
		t.Errorf("the customer's 4 was recorded as %v", v)
	}
}
