package faults_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// flaps tears sockets under load. Sound is none of theirs, so no call may feel
// it; the robots' commands must be carried out once each, which the checker
// knows from the ledger: a hold, a hang-up, a disposition, a wrap-up's end.
func flaps(t *testing.T, seed uint64, row *rig.Row) {
	const half, pace = 50, 400 * time.Millisecond
	h, _ := crowd(t, seed, nil)
	r := rand.New(rand.NewPCG(seed, 7))
	everybody := slices.Concat(h.Agents, h.Sellers)
	torn := func() {
		for range half {
			tear(t, h.Address(everybody[r.IntN(len(everybody))]))
			rig.Pass(pace)
		}
	}
	l := h.Load(fullSize().mix())
	l.For(running)
	torn()
	l.For(2 * time.Second)
	before := len(gapsOf(h))
	lost := h.DesksLost()
	healed := h.Fault(rig.ServerDead)
	h.Kill()
	took := h.Restart()
	healed()
	torn()
	l.For(ending)
	l.Stop()
	h.Settle(2 * time.Minute)
	row.Figure("%d desks lost and resumed, %d calls disturbed; with a restart between (%.1f s), after which %d desks were lost", lost, before, took.Seconds(), h.DesksLost()-lost)
	if before > 0 {
		t.Errorf("%d gaps in calls while only sockets were torn: %v", before, gapsOf(h)[:before])
	}
	if lost < half*8/10 {
		t.Errorf("only %d desks were lost", lost)
	}
	row.Take(h.Check(rig.Allow{}))
}

// lostSellers cuts the seller for whom a line is dialed. With a colleague the
// line goes on, without one it is given up before anybody answers.
func lostSellers(t *testing.T, seed uint64, row *rig.Row) {
	o := rig.Options{Sellers: 2, Spread: true, Ring: 20 * time.Second, Cues: rig.Cues(t), Seed: seed}
	h := rig.Open(t, o)
	w := wall(t, h)
	h.Seat()
	first := sold(t, h, 1, 12*time.Second)
	cut := time.Now()
	w.robot(first)
	moved := reassigned(t, h, `"agent" <> ''`, cut)
	w.healRobot(first)
	rig.Within(t, time.Minute, "the colleague has had the call", func() bool {
		return h.SQL.TryCount(`SELECT count(*) FROM records.calls WHERE closed AND outcome = 'answered' AND agent <> $1`, first) == 1
	}, nil)

	rig.Within(t, time.Minute, "both sellers are ready", func() bool { return h.SQL.TryCount(readySellers) == 2 }, nil)
	sold(t, h, 2, 15*time.Second)
	cut = time.Now()
	for _, s := range h.Sellers {
		w.robot(s)
	}
	given := reassigned(t, h, `"agent" = ''`, cut)
	rig.Within(t, time.Minute, "the line is given up", func() bool {
		return h.SQL.TryCount(`SELECT count(*) FROM records.calls WHERE closed AND outcome = 'cancelled'`) == 1
	}, nil)
	for _, s := range h.Sellers {
		w.healRobot(s)
	}
	rig.Pass(backWithin)
	h.Settle(2 * time.Minute)
	if n := h.SQL.Count(`SELECT count(*) FROM stamps WHERE kind = 'dial.abandoned'`); n > 0 {
		t.Errorf("%d lines were abandoned", n)
	}
	row.Figure("the line moved %.1f s after the cut and the colleague talked; with nobody left it was cancelled %.1f s after the cut; none abandoned",
		moved.Seconds(), given.Seconds())
	row.Take(h.Check(rig.Allow{}))
}

// readySellers counts the agents whose last state is ready.
const readySellers = `SELECT count(*) FROM (SELECT DISTINCT ON (x.agent) x.state FROM (
	SELECT convert_from(bytes, 'UTF8')::jsonb -> 'data' ->> 'agent' AS agent, convert_from(bytes, 'UTF8')::jsonb -> 'data' ->> 'to' AS state, seq
	FROM stamps WHERE kind = 'agent.state_changed') x ORDER BY x.agent, x.seq DESC) y WHERE y.state = 'ready'`

// sold gives the campaign a customer who lets it ring for so long, and returns
// for whom the line is dialed once it rings.
func sold(t *testing.T, h *rig.House, no int, ring time.Duration) (agent string) {
	t.Helper()
	number := fmt.Sprintf("+84930000%03d", no)
	h.Sell(phonenet.Script{Number: number, Ring: ring, Voice: robot.NewMurmur(1, 180)},
		robot.Plan{Talk: 2 * time.Second, Wrap: 300 * time.Millisecond, Disposition: "resolved"})
	rig.Within(t, time.Minute, "the line rings", func() bool {
		for _, r := range h.SQL.Rows(`SELECT convert_from(a.bytes, 'UTF8')::jsonb -> 'data' ->> 'agent' AS agent FROM stamps a JOIN stamps r ON r.call_id = a.call_id
				WHERE a.kind = 'dial.attempt_started' AND r.kind = 'leg.ringing' ORDER BY a.seq OFFSET $1`, no-1) {
			agent = r["agent"].(string)
		}
		return agent != ""
	}, nil)
	return agent
}

// reassigned waits until a line that has lost its agent is somebody else's, or
// nobody's, and returns how long after the cut that was.
func reassigned(t *testing.T, h *rig.House, whose string, cut time.Time) (took time.Duration) {
	t.Helper()
	rig.Within(t, knownWithin, "the line has lost its agent", func() bool {
		for _, r := range h.SQL.Rows(`SELECT at FROM (SELECT at, coalesce(convert_from(bytes, 'UTF8')::jsonb -> 'data' ->> 'agent', '') AS agent
				FROM stamps WHERE kind = 'dial.reassigned' AND at > $1) x WHERE `+whose, cut) {
			took = r["at"].(time.Time).Sub(cut)
		}
		return took != 0
	}, nil)
	return took
}
