package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/browser"
	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/wiretap"
)

// chromium is a browser whose microphone has the agent's tone.
func chromium(t *testing.T) *browser.Browser {
	t.Helper()
	wav := filepath.Join(t.TempDir(), "agent.wav")
	must(t, os.WriteFile(wav, phone.WAV(48000, agentHz, 10), 0o600))
	b, err := browser.Start(context.Background(), wav) // t's own context ends before the cleanups run
	must(t, err)
	t.Cleanup(b.Close)
	return b
}

// page is a person's page.
type page struct {
	*browser.Page
	t *testing.T
}

// logIn opens the server's pages as somebody; the debug query shows tests the phone and the picture of the desk.
func (h *house) logIn(t *testing.T, b *browser.Browser, login, route string) *page {
	t.Helper()
	p, err := b.Person()
	must(t, err)
	g := &page{p, t}
	t.Cleanup(func() {
		if t.Failed() {
			g.show(login)
		}
	})
	must(t, p.Open(h.plan.url()+"/?debug=1&rawaudio=1"+route))
	must(t, p.Type("input[name=login]", login))
	must(t, p.Type("input[name=password]", password))
	g.press("Log in")
	return g
}

// show tells what there was to see when the test failed.
func (g *page) show(login string) {
	text, err := g.Text()
	state, err2 := browser.Eval[string](g.Page, `JSON.stringify(window.callstampDebug?.state ?? "no desk")`)
	g.t.Logf("%s's page: %s\nstate: %s\nconsole: %s\n%v", login, text, state, strings.Join(g.Said(), "\n"), errors.Join(err, err2))
}

func (g *page) press(text string) {
	g.t.Helper()
	must(g.t, g.Press(text, patience))
}

func (g *page) until(expression string) {
	g.t.Helper()
	must(g.t, g.Until(expression, patience))
}

// desk is an agent's page.
type desk struct{ *page }

// desk logs an agent in.
func (h *house) desk(t *testing.T, b *browser.Browser, login string) *desk {
	t.Helper()
	d := &desk{h.logIn(t, b, login, "#/desk")}
	d.until(`window.callstampDebug?.state.link === "open"`)
	return d
}

// ready presses what a person presses and waits until calls may come, or the first one has.
func (d *desk) ready() {
	d.t.Helper()
	d.press("Go ready")
	d.until(`["ready", "ringing"].includes(callstampDebug.state.presence.state) && callstampDebug.state.presence.seat`)
}

func (d *desk) presence(state string) {
	d.t.Helper()
	d.until(fmt.Sprintf(`callstampDebug.state.presence.state === %q`, state))
}

// scene waits for what the phone column shows: idle, ringing, call, wrap.
func (d *desk) scene(want string) {
	d.t.Helper()
	d.until(fmt.Sprintf(`window.callstampDebug?.state.scene === %q`, want))
}

// phase waits for the call's phase.
func (d *desk) phase(want string) {
	d.t.Helper()
	d.until(fmt.Sprintf(`window.callstampDebug?.state.call?.phase === %q`, want))
}

// answer waits for the ring and takes the call.
func (d *desk) answer() {
	d.t.Helper()
	d.scene("ringing")
	d.press("Answer")
	d.phase("talking")
}

// heard is the newest sound that the customer's stream plays.
func (d *desk) heard() (samples []float64, rate float64) {
	d.t.Helper()
	samples, rate, err := d.Hear("callstampDebug.phone.remote")
	must(d.t, err)
	return samples, rate
}

// hears waits until the tone comes out of the customer's stream.
func (d *desk) hears(hz float64) {
	d.t.Helper()
	share, power := 0.0, 0.0
	eventually(d.t, fmt.Sprintf("%.0f Hz in the browser", hz), func() bool {
		samples, rate := d.heard()
		share, power = wiretap.Tone(samples, rate, hz), wiretap.Power(samples)
		return share > 0.8 && power > 1e-3
	}, func() string { return fmt.Sprintf("its share is %.3f of power %.5f", share, power) })
}

// call is the server's picture of the call, as the page got it.
func (d *desk) call() (c struct {
	Call     string
	Phase    string
	Segment  int
	HeldBy   []string `json:"held_by"`
	Codec    string
	Survey   string
	NoAudio  []string `json:"no_audio"`
	Since    int64
	Created  int64
	Wrap     bool
	SurveyIs int `json:"survey_value"`
}) {
	d.t.Helper()
	text, err := browser.Eval[string](d.Page, `JSON.stringify(callstampDebug.state.call ?? {})`)
	must(d.t, err)
	must(d.t, json.Unmarshal([]byte(text), &c))
	return c
}

// stays checks that an expression holds for a while: that something does not happen.
func (g *page) stays(expression string, d time.Duration) {
	g.t.Helper()
	if err := g.Until("!("+expression+")", d); err == nil {
		g.t.Errorf("%s: no longer", expression)
	}
}
