package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// robot is an agent without a person, who answers at once and talks until the customer hangs up.
func (h *house) robot(t *testing.T, login string, does robot.Plan) {
	t.Helper()
	server := h.Server
	rig.SeatRobots(t, func(error) bool { return server.Asked() }, robot.Config{
		Server: h.URL(), Login: login, Password: rig.Password, Decide: func(wire.Ring) robot.Plan { return does }, Voice: &robot.Tone{Hz: rig.AgentHz},
	})
}

// TestMissedOffer lets the first agent's phone ring out: a missed offer of that agent, while the call keeps its place and
// its first entry, and the next agent gets it.
func TestMissedOffer(t *testing.T) {
	t.Parallel()
	h := open(t, func(p *plan) { p.Survey, p.Offer, p.Agents = false, "3s", []string{"lan", "mai"} })
	lan := h.desk(t, rig.Chromium(t), "lan")
	lan.GoReady()
	h.robot(t, "mai", robot.Plan{React: 200 * time.Millisecond, Disposition: "resolved"}) // idle for a shorter time
	customer := h.pickUp(t)
	customer.dial("1900")
	lan.Scene("ringing")
	lan.Await(`callstampDebug.state.scene === "idle" && callstampDebug.state.unring === "timed_out"`)
	h.farHears(t, rig.AgentHz)
	customer.hangUp()

	call := h.SQL.ClosedCalls(1)[0]
	id := call["call"].(string)
	for column, want := range map[string]any{
		"outcome": "answered", "agent": "mai", "missed": false, "entry_count": int32(1), "offer_count": int32(2), "segment_count": int32(1),
	} {
		if call[column] != want {
			t.Errorf("calls.%s is %v, want %v", column, call[column], want)
		}
	}
	if wait := call["wait_us"].(int64); wait < 3_000_000 {
		t.Errorf("the wait is %d µs, less than the offer that rang out: it begins at the first entry", wait)
	}
	offers := h.SQL.Rows(`SELECT * FROM records.offers WHERE call = $1 ORDER BY created_at`, id)
	if len(offers) != 2 || offers[0]["agent"] != "lan" || offers[0]["end"] != "timed_out" || offers[1]["agent"] != "mai" || offers[1]["end"] != "accepted" {
		t.Fatalf("the offers are %v", offers)
	}
	if rang := offers[0]["ring_us"].(int64); rang < 2_000_000 || rang > 3_500_000 {
		t.Errorf("the missed offer rang for %d µs, want 3 s less the way to the page", rang)
	}
	if n := h.SQL.Count(`SELECT count(*) FROM records.entries WHERE call = $1 AND first`, id); n != 1 {
		t.Errorf("%d first entries", n)
	}
	h.balanced(t)
}

// TestGivenUp lets customers leave before anybody answered: soon, later, and while an agent's phone rings.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	h := open(t, func(p *plan) { p.Survey, p.Short = false, "2s" })
	soon, later := h.pickUp(t), h.pickUp(t)
	later.dial("1900")
	soon.dial("1900")
	h.farHearsMusic(t)
	soon.hangUp()
	h.haveWaited(t, 2)
	later.hangUp()
	h.robot(t, "lan", robot.Plan{LetRing: true})
	atOffer := h.pickUp(t)
	atOffer.dial("1900")
	rig.Eventually(t, "the agent's phone rings", func() bool {
		return h.SQL.Count(`SELECT count(*) FROM stamps WHERE kind = 'offer.ring_started'`) > 0
	}, nil)
	h.haveWaited(t, 3)
	atOffer.hangUp()

	var exits []string
	for _, c := range h.SQL.ClosedCalls(3) {
		exits = append(exits, fmt.Sprint(c["exit"], " ", c["outcome"]))
	}
	want := "[abandoned abandoned abandoned_short abandoned_short abandoned_at_offer abandoned_at_offer]"
	if got := fmt.Sprint(exits); got != want {
		t.Errorf("the calls ended as %s, want %s", got, want)
	}
	if o := h.SQL.One(`SELECT * FROM records.offers`); o["end"] != "customer_gone" || o["ring_us"].(int64) <= 0 {
		t.Errorf("the offer is recorded as %v", o)
	}
	h.balanced(t)
}

// haveWaited waits until n calls have entered the queue so long ago that their end would be no short abandon.
func (h *house) haveWaited(t *testing.T, n int64) {
	t.Helper()
	rig.Eventually(t, fmt.Sprintf("%d calls have waited longer than a short abandon", n), func() bool {
		return h.SQL.Count(`SELECT count(*) FROM stamps WHERE kind = 'queue.entered' AND at < now() - interval '2200 ms'`) >= n
	}, nil)
}
