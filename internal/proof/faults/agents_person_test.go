package faults_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/browser"
	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/proof/wiretap"
	"github.com/callstamp/callstamp/internal/robot"
)

// patience is what a desk may take for what takes no time.
const patience = 20 * time.Second

// person is an agent at a desk in Chromium.
type person struct {
	*browser.Page
	t     *testing.T
	h     *rig.House
	login string
}

// chromium is a browser whose microphone has the agents' tone.
func chromium(t *testing.T) *browser.Browser {
	t.Helper()
	wav := filepath.Join(t.TempDir(), "agent.wav")
	must(t, os.WriteFile(wav, phone.WAV(48000, agentHz, 10), 0o600))
	b, err := browser.Start(context.Background(), wav) // t's own context ends before the cleanups run
	must(t, err)
	t.Cleanup(b.Close)
	return b
}

// sit opens a desk and goes ready. What a hand does at a desk is told to the
// ledger later than it is done, so the desk counts as one that sees badly.
func sit(t *testing.T, h *rig.House, b *browser.Browser, login string) *person {
	t.Helper()
	page, err := b.Person()
	must(t, err)
	p := &person{page, t, h, login}
	t.Cleanup(func() {
		if t.Failed() {
			p.tell()
		}
	})
	must(t, p.Open(h.URL()+"/?debug=1&rawaudio=1#/desk"))
	must(t, p.Type("input[name=login]", login))
	must(t, p.Type("input[name=password]", rig.Password))
	must(t, p.Press("Log in", patience))
	p.until(`window.callstampDebug?.state.link === "open"`)
	p.ready()
	p.note("ready", "", "", "")
	p.note("lost", "", "", "")
	return p
}

func (p *person) tell() {
	text, err := p.Text()
	state, err2 := browser.Eval[string](p.Page, `JSON.stringify(window.callstampDebug?.state ?? "no desk")`)
	p.t.Logf("%s's page: %v %v\n%s\n%s\nconsole: %s", p.login, err, err2, text, state, strings.Join(p.Said(), "\n"))
}

func (p *person) note(what, call, offer, number string) {
	p.h.Ledger.Saw(check.Note{At: time.Now().UnixMicro(), Who: "agent", Name: p.login, What: what, Call: call, Offer: offer, Number: number})
}

func (p *person) until(expression string) {
	p.t.Helper()
	must(p.t, p.Until(expression, patience))
}

// ready presses what a person presses and waits until calls may come.
func (p *person) ready() {
	p.t.Helper()
	must(p.t, p.Press("Go ready", patience))
	p.until(`callstampDebug.state.presence.state === "ready" && callstampDebug.state.presence.seat`)
}

// rings is the offer and the call that ring here.
func (p *person) rings() (offer, call string) {
	p.t.Helper()
	p.until(`window.callstampDebug?.state.ring`)
	text, err := browser.Eval[string](p.Page, `JSON.stringify([callstampDebug.state.ring.offer, callstampDebug.state.ring.call.call])`)
	must(p.t, err)
	var ids [2]string
	must(p.t, json.Unmarshal([]byte(text), &ids))
	return ids[0], ids[1]
}

// answer takes the call that rings and waits until both are heard.
func (p *person) answer(c *customer) {
	p.t.Helper()
	offer, call := p.rings()
	c.call = call
	p.note("ringing", call, offer, c.number)
	p.note("accept", call, offer, c.number)
	must(p.t, p.Press("Answer", patience))
	p.phase("talking")
	p.note("connected", call, "", c.number)
	rig.Within(p.t, patience, "the customer hears "+p.login, c.hears, nil)
	rig.Within(p.t, patience, p.login+" hears the customer", p.hears, nil)
}

// phase waits for the call's phase on the page.
func (p *person) phase(want string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`window.callstampDebug?.state.call?.phase === %q`, want))
}

// hears reports whether the page plays the customer's tone now.
func (p *person) hears() bool {
	samples, rate, err := p.Hear("callstampDebug.phone.remote") // the page may not be there yet
	return err == nil && wiretap.Tone(samples, rate, customerHz) > 0.8
}

// done ends the agent's part and the wrap-up.
func (p *person) done(c *customer) {
	p.t.Helper()
	p.note("hangup", c.call, "", c.number)
	must(p.t, p.Press("End", patience))
	p.until(`callstampDebug.state.scene === "wrap"`)
	p.note("dispose", c.call, "", c.number)
	must(p.t, p.Press("Resolved", patience))
	p.note("wrap_end", c.call, "", c.number)
	must(p.t, p.Press("Save and go ready", patience))
	p.until(`callstampDebug.state.scene === "idle"`)
}

// customer is somebody who calls the desks and speaks a tone.
type customer struct {
	ear
	t      *testing.T
	h      *rig.House
	number string
	call   string // the product's id, once an agent has it
}

// calls lets a customer dial the desks and stay until the agent ends the call,
// or for at most talk of an agent's voice.
func calls(t *testing.T, h *rig.House, number string, talk time.Duration) *customer {
	t.Helper()
	c := &customer{t: t, h: h, number: number}
	s := phonenet.Script{Number: number, Dialed: "1902", Voice: &robot.Tone{Hz: customerHz}, Heard: c.take, Talk: talk}
	placed := make(chan error, 1)
	go func() {
		_, err := h.Net.Place(context.Background(), s)
		placed <- err
	}()
	t.Cleanup(func() {
		select {
		case err := <-placed:
			if err != nil {
				t.Errorf("customer %s: %v", number, err)
			}
		case <-time.After(patience):
			t.Errorf("customer %s is still on the line", number)
		}
	})
	return c
}

// gaps are the call's stretches without its agent so far, by its stamps.
func (c *customer) gaps() (gaps []gap) {
	c.t.Helper()
	for _, r := range c.h.SQL.Rows(`SELECT at, kind FROM stamps WHERE subject = 'call:' || $1 AND kind IN ('leg.lost', 'leg.back') ORDER BY n`, c.call) {
		at := r["at"].(time.Time)
		if r["kind"] == "leg.lost" {
			gaps = append(gaps, gap{from: at})
		} else if len(gaps) > 0 {
			gaps[len(gaps)-1].to = at
		}
	}
	return gaps
}

// gap is a stretch in which the customer was alone; to is zero while it lasts.
type gap struct{ from, to time.Time }
