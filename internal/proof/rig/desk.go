package rig

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/callstamp/callstamp/internal/proof/browser"
	"github.com/callstamp/callstamp/internal/proof/wiretap"
)

// Desk is an agent's page.
type Desk struct{ *Person }

// OpenDesk logs an agent in; the agent is not ready yet.
func OpenDesk(t testing.TB, b *browser.Browser, url, login string) *Desk {
	t.Helper()
	d := &Desk{LogIn(t, b, url, login, "#/desk")}
	d.Await(`window.callstampDebug?.state.link === "open"`)
	return d
}

// GoReady presses what a person presses and waits until calls may come, or the
// first one has.
func (d *Desk) GoReady() {
	d.t.Helper()
	d.Click("Go ready")
	d.Await(`["ready", "ringing"].includes(callstampDebug.state.presence.state) && callstampDebug.state.presence.seat`)
}

// Presence waits for the agent's state: ready, talking, wrap …
func (d *Desk) Presence(state string) {
	d.t.Helper()
	d.Await(fmt.Sprintf(`callstampDebug.state.presence.state === %q`, state))
}

// Scene waits for what the phone column shows: idle, ringing, call, wrap.
func (d *Desk) Scene(want string) {
	d.t.Helper()
	d.Await(fmt.Sprintf(`window.callstampDebug?.state.scene === %q`, want))
}

// Phase waits for the call's phase.
func (d *Desk) Phase(want string) {
	d.t.Helper()
	d.Await(fmt.Sprintf(`window.callstampDebug?.state.call?.phase === %q`, want))
}

// Answer waits for the ring and takes the call.
func (d *Desk) Answer() {
	d.t.Helper()
	d.Scene("ringing")
	d.Click("Answer")
	d.Phase("talking")
}

// Call is the server's picture of the call at the desk, as the page got it: its
// id, and what the page was told to send ("PCMA").
func (d *Desk) Call() (c struct{ Call, Codec string }) {
	d.t.Helper()
	text, err := browser.Eval[string](d.Page, `JSON.stringify(callstampDebug.state.call ?? {})`)
	must(d.t, err)
	must(d.t, json.Unmarshal([]byte(text), &c))
	return c
}

// tone is the tone's share of the newest sound that the customer's stream
// plays, and the sound's power; none where the page is not there yet.
func (d *Desk) tone(hz float64) (share, power float64) {
	samples, rate, err := d.Hear("callstampDebug.phone.remote")
	if err != nil {
		return 0, 0
	}
	return wiretap.Tone(samples, rate, hz), wiretap.Power(samples)
}

// Plays reports whether the customer's stream plays the tone now; false while
// the page is not there.
func (d *Desk) Plays(hz float64) bool {
	share, power := d.tone(hz)
	return share > 0.8 && power > 1e-3
}

// HearsAll waits until each of the tones is a good part of what the stream plays.
func (d *Desk) HearsAll(hz ...float64) {
	d.t.Helper()
	Eventually(d.t, fmt.Sprintf("%.0f Hz in %s's browser", hz, d.Login), func() bool {
		samples, rate, err := d.Hear("callstampDebug.phone.remote")
		return err == nil && mixed(samples, rate, hz)
	}, func() string {
		said := ""
		for _, one := range hz {
			share, power := d.tone(one)
			said += fmt.Sprintf("%.0f Hz: share %.3f of power %.5f; ", one, share, power)
		}
		return said
	})
}

// mixed reports whether the sound is these tones together, none of them but for a rest.
func mixed(samples []float64, rate float64, hz []float64) bool {
	sum := 0.0
	for _, one := range hz {
		share := wiretap.Tone(samples, rate, one)
		if share < 0.15 {
			return false
		}
		sum += share
	}
	return sum > 0.8 && wiretap.Power(samples) > 1e-3
}

// Hears waits until the tone comes out of the customer's stream.
func (d *Desk) Hears(hz float64) {
	d.t.Helper()
	Eventually(d.t, fmt.Sprintf("%.0f Hz in %s's browser", hz, d.Login), func() bool { return d.Plays(hz) }, func() string {
		share, power := d.tone(hz)
		return fmt.Sprintf("its share is %.3f of power %.5f", share, power)
	})
}
