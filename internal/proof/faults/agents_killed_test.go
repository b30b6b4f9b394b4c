package faults_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// killedBrowsers kills Chromium while its agent is idle, and while its agent
// talks; a colleague sits in another one.
func killedBrowsers(t *testing.T, seed uint64, row *rig.Row) {
	h := deskHouse(t, seed, 2, map[string]any{"agents.reload_grace": "5s"})
	idle := rig.Chromium(t)
	first := sit(t, h, idle, "d01")
	mate := sit(t, h, rig.Chromium(t), "d02")
	l := h.Load(aside())

	killed := time.Now()
	first.note("cut", "", "", "")
	must(t, idle.Kill())
	c := calls(t, h, "+84920000001", 0) // d01 has been idle for longer
	mate.answer(c)
	row.Figure("idle: the next call rang at the colleague's, %d offers to the dead one, unreachable after %.1f s",
		misoffers(h, "d01", killed), unreachable(t, h, "d01", killed).Seconds())
	mate.done(c)

	busy := rig.Chromium(t)
	p := sit(t, h, busy, "d01")
	mate.away()
	c = calls(t, h, "+84920000002", 0)
	p.answer(c)
	mate.GoReady()
	killed = time.Now()
	p.note("cut", "", "", "")
	must(t, busy.Kill())
	var music time.Time
	rig.Eventually(t, "the customer hears music", func() (ok bool) { music, ok = c.music(killed); return ok }, nil)
	mate.answer(c)
	handled := time.Since(killed)
	row.Figure("in a call: music after %.2f s, with the colleague after %.1f s (grace 5 s), %d offers to the dead one, unreachable after %.1f s",
		music.Sub(killed).Seconds(), handled.Seconds(), misoffers(h, "d01", killed), unreachable(t, h, "d01", killed).Seconds())
	if music.Sub(killed) > musicWithin {
		t.Errorf("music after %s, want %s", music.Sub(killed), musicWithin)
	}
	mate.done(c)
	l.Stop()
	h.Settle(2 * time.Minute)
	row.Take(h.Check(aFew()))
}

// away takes a pause, so that the next call is somebody else's.
func (p *person) away() {
	p.t.Helper()
	p.Click("Pause: break")
	p.Await(`callstampDebug.state.presence.state === "paused"`)
}

// misoffers counts the offers that an agent got after the instant and did not
// take.
func misoffers(h *rig.House, agent string, since time.Time) int64 {
	return h.SQL.Count(`SELECT count(*) FROM records.offers WHERE agent = $1 AND created_at > $2 AND "end" <> 'accepted'`, agent, since.UnixMicro())
}

// unreachable waits until it is recorded that the agent can't be reached, and
// returns how long after the instant that was. More than one offer until then is
// an error.
func unreachable(t *testing.T, h *rig.House, agent string, since time.Time) time.Duration {
	t.Helper()
	rig.Within(t, knownWithin, agent+" is unreachable", func() bool {
		return h.SQL.TryCount(`SELECT count(*) FROM stamps WHERE kind = 'agent.state_changed' AND at > $1
			AND convert_from(bytes, 'UTF8')::jsonb -> 'data' @> jsonb_build_object('agent', $2::text, 'to', 'unreachable')`, since.Add(-3*time.Second), agent) > 0
	}, nil)
	took := time.Since(since)
	if n := misoffers(h, agent, since); n > 1 {
		t.Errorf("%d offers to %s, who was gone", n, agent)
	}
	return took
}
