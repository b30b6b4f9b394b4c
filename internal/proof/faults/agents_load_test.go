package faults_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// absence is a stretch in which an agent's network was dead.
type absence struct {
	agent    string
	from, to time.Time
}

// absences cuts one agent after the other off for length, a new one every pace,
// while the load goes on.
func absences(w *firewall, h *rig.House, n int, pace, length time.Duration) (all []absence) {
	w.t.Helper()
	heal := func(a *absence) {
		w.healRobot(a.agent)
		a.to = time.Now()
	}
	next := 0 // to be healed
	for i := range n {
		agent := h.Agents[i] // nobody twice: the first heal would be the second one's, too
		all = append(all, absence{agent: agent, from: time.Now()})
		w.robot(agent)
		for end := time.Now().Add(pace); ; {
			due := all[next].from.Add(length)
			if due.After(end) {
				rig.Pass(time.Until(end))
				break
			}
			rig.Pass(time.Until(due))
			heal(&all[next])
			next++
			if next == len(all) {
				rig.Pass(time.Until(end))
				break
			}
		}
	}
	for ; next < len(all); next++ {
		rig.Pass(time.Until(all[next].from.Add(length)))
		heal(&all[next])
	}
	return all
}

// robotCuts cuts robots off for 10 s each, some at a time.
func robotCuts(t *testing.T, seed uint64, row *rig.Row) {
	h, w := crowd(t, seed, nil)
	l := h.Load(fullSize().mix())
	l.For(running)
	all := absences(w, h, 24, 1500*time.Millisecond, cutLength)
	l.For(ending)
	l.Stop()
	h.Settle(2 * time.Minute)
	var back []time.Duration
	gone := 0
	for _, g := range gapsOf(h) {
		a, ok := during(all, g)
		switch {
		case !ok:
			t.Errorf("a gap from %s to %s in call %s of %s, whose network was there", g.from, g.to, g.call, g.agent)
		case g.to.IsZero() || g.to.Before(a.to):
			gone++ // somebody hung up meanwhile
		default:
			back = append(back, g.to.Sub(a.to))
		}
	}
	row.Figure("%d cuts, in calls %d, of which %d ended meanwhile; talking again after the heal %s; %s", len(all), len(back)+gone, gone, spread(back), offersToGone(t, h, all))
	if len(back) == 0 || p95(back) > backWithin {
		t.Errorf("talking again %s after the heal, want %s", spread(back), backWithin)
	}
	row.Take(h.Check(rig.Allow{}))
}

// crashes takes robots away for longer than the grace.
func crashes(t *testing.T, seed uint64, row *rig.Row) {
	const grace, length = 4 * time.Second, 15 * time.Second
	h, w := crowd(t, seed, map[string]any{"agents.reload_grace": grace.String()})
	l := h.Load(fullSize().mix())
	l.For(running)
	all := absences(w, h, 14, 1500*time.Millisecond, length)
	l.For(ending)
	l.Stop()
	h.Settle(2 * time.Minute)
	again := h.SQL.Count(`SELECT count(*) FROM records.calls WHERE entry_count > 1`)
	row.Figure("%d agents gone, %d calls went on to another agent, %s", len(all), again, offersToGone(t, h, all))
	row.Take(h.Check(rig.Allow{}))
}

// crowd is a house of the full size, whose robots can be told apart.
func crowd(t *testing.T, seed uint64, config map[string]any) (*rig.House, *firewall) {
	t.Helper()
	o := fullSize().options(t, seed)
	o.Spread, o.Config = true, config
	h := rig.Open(t, o)
	return h, wall(t, h)
}

// part is a gap in a call, and whose.
type part struct {
	gap
	call, agent string
}

// gapsOf are all gaps of the house's calls.
func gapsOf(h *rig.House) (all []part) {
	for _, r := range h.SQL.Rows(`SELECT s.at, s.kind, s.call_id, g.agent FROM stamps s JOIN records.segments g ON g.call = s.call_id
			AND g.leg = (convert_from(s.bytes, 'UTF8')::jsonb -> 'data' ->> 'leg')::int
			WHERE s.kind IN ('leg.lost', 'leg.back') ORDER BY s.call_id, s.n`) {
		p := part{call: r["call_id"].(string), agent: r["agent"].(string)}
		at := r["at"].(time.Time)
		if r["kind"] == "leg.lost" {
			p.from = at
			all = append(all, p)
		} else if n := len(all); n > 0 && all[n-1].call == p.call && all[n-1].to.IsZero() {
			all[n-1].to = at
		}
	}
	return all
}

// during finds the absence in which a gap began.
func during(all []absence, g part) (absence, bool) {
	const late = 200 * time.Millisecond // the last packet came before the cut
	i := slices.IndexFunc(all, func(a absence) bool {
		return a.agent == g.agent && g.from.After(a.from.Add(-late)) && g.from.Before(a.to)
	})
	if i < 0 {
		return absence{}, false
	}
	return all[i], true
}

// offersToGone says how often somebody was offered to an agent who was gone, and
// fails where that was more than once in an absence.
func offersToGone(t *testing.T, h *rig.House, all []absence) string {
	t.Helper()
	total, most := int64(0), int64(0)
	for _, a := range all {
		n := h.SQL.Count(`SELECT count(*) FROM records.offers WHERE agent = $1 AND created_at > $2 AND created_at < $3 AND "end" NOT IN ('accepted', 'customer_gone')`,
			a.agent, a.from.UnixMicro(), a.to.UnixMicro())
		total, most = total+n, max(most, n)
		if n > 1 {
			t.Errorf("%d offers to %s, who was gone from %s to %s", n, a.agent, a.from, a.to)
		}
	}
	return fmt.Sprintf("offers to somebody gone: %d, at most %d each", total, most)
}
