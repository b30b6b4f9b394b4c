package faults_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// deskHouse is a house with people at browsers, and robots who keep it busy.
func deskHouse(t *testing.T, seed uint64, desks int, config map[string]any) *rig.House {
	t.Helper()
	o := smallSize().options(t, seed)
	o.Sellers, o.Desks, o.Spread, o.Config = 0, desks, true, config
	return rig.Open(t, o)
}

// aside is the load beside desks in Chromium, which needs most of a small machine.
func aside() rig.Mix { return rig.Mix{PerSecond: 1, Hurry: 0.7} }

// reloads presses F5 in calls.
func reloads(t *testing.T, seed uint64, row *rig.Row) {
	const talks, each = 3, 10
	h := deskHouse(t, seed, 1, nil)
	p := sit(t, h, rig.Chromium(t), "d01")
	l := h.Load(aside())
	var hears, spoke []time.Duration
	var parts []*customer
	for i := range talks {
		c := calls(t, h, fmt.Sprintf("+84920000%03d", i+1), 0)
		p.answer(c)
		for range each {
			a, b := p.reload(c)
			hears, spoke = append(hears, a), append(spoke, b)
		}
		p.done(c)
		parts = append(parts, c)
	}
	l.Stop()
	h.Settle(2 * time.Minute)
	var gaps []time.Duration
	for _, c := range parts {
		gaps = append(gaps, c.check(each)...)
	}
	row.Figure("agent hears the customer after %s, customer the agent after %s, gap in the record %s", spread(hears), spread(spoke), spread(gaps))
	if p95(hears) > backWithin || p95(spoke) > backWithin {
		t.Errorf("audio is back at the 95th percentile after %s and %s, want %s", p95(hears), p95(spoke), backWithin)
	}
	row.Take(h.Check(aFew()))
}

// reload loads the page anew in a call, and returns when the agent heard the
// customer again, and the customer the agent.
func (p *person) reload(c *customer) (hears, spoke time.Duration) {
	p.t.Helper()
	began := time.Now()
	p.note("cut", "", "", "")
	must(p.t, p.Reload())
	rig.Eventually(p.t, "the agent hears the customer after the reload", p.hears, nil)
	hears = time.Since(began)
	var at time.Time
	rig.Eventually(p.t, "the customer hears the agent after the reload", func() bool {
		back, ok := c.returned(began)
		at = back
		return ok
	}, func() string { return fmt.Sprint(c.since(began)) })
	p.Phase("talking")
	p.note("healed", "", "", "")
	return hears, at.Sub(began)
}

// check compares a call that is over with what it went through: one part of one
// agent, so many gaps, which are no talk. It returns the gaps.
func (c *customer) check(gaps int) (all []time.Duration) {
	c.t.Helper()
	sum := time.Duration(0)
	for _, g := range c.gaps() {
		if g.to.IsZero() {
			c.t.Errorf("%s: the gap from %s has no end", c.number, g.from)
			continue
		}
		all = append(all, g.to.Sub(g.from))
		sum += g.to.Sub(g.from)
	}
	if len(all) != gaps {
		c.t.Errorf("%s: %d gaps, want %d: %v", c.number, len(all), gaps, all)
	}
	r := c.h.SQL.Rows(`SELECT segment_count, alone_us, talk_us, outcome FROM records.calls WHERE call = $1`, c.call)
	if len(r) != 1 || r[0]["segment_count"] != int32(1) || r[0]["outcome"] != "answered" {
		c.t.Errorf("%s is recorded as %v", c.number, r)
		return all
	}
	if alone := time.Duration(r[0]["alone_us"].(int64)) * time.Microsecond; (alone - sum).Abs() > time.Millisecond {
		c.t.Errorf("%s: alone for %s, the gaps are %s", c.number, alone, sum)
	}
	return all
}
