package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestDialAtDesk: an agent types a number that is refused and reads why, then one that is called. The key that opens the
// keypad in a call leads to the field.
func TestDialAtDesk(t *testing.T) {
	t.Parallel()
	customer := sipp(t, "", "uas", "LAW", "0", "SOUND", voice(t, phone.PCMU, '2', 4*time.Second))
	h := open(t, func(p *plan) {
		p.Survey, p.MayDial, p.Far = false, true, fmt.Sprintf("127.0.0.1:%d", customer.Port)
	})
	lan := h.desk(t, rig.Chromium(t), "lan")
	lan.GoReady()
	lan.Chord("D")
	lan.Await(`document.activeElement.id === "dial-number"`)
	must(t, lan.Type("#dial-number", "+1 202 555 0100\r"))
	lan.Shows("no line may call that country or area")
	must(t, lan.Type("#dial-number", strings.Repeat("\b", 20)+"+84 905 550 001\r"))
	lan.Await(`callstampDebug.state.call?.direction === "out"`)
	lan.Phase("talking")
	lan.Hears(rig.CustomerHz)
	h.farHears(t, rig.AgentHz)
	lan.Click("End")
	lan.Scene("wrap")
	customer.Wait(t)
	lan.Click("Save and go ready")
	lan.Presence("ready")
	h.SQL.ClosedCalls(2) // the refused one is recorded, too
	h.balanced(t)
}
