package faults_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/browser"
	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// person is an agent at a desk in Chromium, whose acts are told to the ledger.
type person struct {
	*rig.Desk
	t *testing.T
	h *rig.House
}

// sit opens a desk and goes ready. What a hand does at a desk is told to the
// ledger later than it is done, so the desk counts as one that sees badly.
func sit(t *testing.T, h *rig.House, b *browser.Browser, login string) *person {
	t.Helper()
	p := &person{rig.OpenDesk(t, b, h.URL(), login), t, h}
	p.GoReady()
	p.note("ready", "", "", "")
	p.note("lost", "", "", "")
	return p
}

func (p *person) note(what, call, offer, number string) {
	p.h.Ledger.Saw(check.Note{At: time.Now().UnixMicro(), Who: "agent", Name: p.Login, What: what, Call: call, Offer: offer, Number: number})
}

// rings is the offer and the call that ring here.
func (p *person) rings() (offer, call string) {
	p.t.Helper()
	p.Await(`window.callstampDebug?.state.ring`)
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
	p.Click("Answer")
	p.Phase("talking")
	p.note("connected", call, "", c.number)
	rig.Eventually(p.t, "the customer hears "+p.Login, c.hears, nil)
	rig.Eventually(p.t, p.Login+" hears the customer", p.hears, nil)
}

// hears reports whether the page plays the customer's tone now.
func (p *person) hears() bool { return p.Plays(rig.CustomerHz) }

// done ends the agent's part and the wrap-up.
func (p *person) done(c *customer) {
	p.t.Helper()
	p.note("hangup", c.call, "", c.number)
	p.Click("End")
	p.Scene("wrap")
	p.note("dispose", c.call, "", c.number)
	p.Click("Resolved")
	p.note("wrap_end", c.call, "", c.number)
	p.Click("Save and go ready")
	p.Scene("idle")
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
	s := phonenet.Script{Number: number, Dialed: "1902", Voice: &robot.Tone{Hz: rig.CustomerHz}, Heard: c.take, Talk: talk}
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
		case <-time.After(rig.Patience):
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
