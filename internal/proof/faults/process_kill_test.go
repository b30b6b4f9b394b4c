package faults_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// What a death may cost.
const (
	readyLimit  = 3 * time.Second
	closedLimit = 30 * time.Second // after it is ready again
	legLimit    = 35 * time.Second
	kills       = 20
)

// death is one kill and what came of it.
type death struct {
	killed        time.Time
	ready, closed time.Duration
}

// kill ends the server and starts it again; it waits until every record of
// before is closed.
func kill(t *testing.T, h *rig.House) death {
	t.Helper()
	healed := h.Fault(rig.ServerDead)
	d := death{killed: time.Now()}
	h.Kill()
	d.ready = h.Restart()
	healed()
	d.closed = h.AllClosed(d.killed, time.Now(), closedLimit)
	return d
}

// deaths adds the figures of all deaths, and fails where one took too long.
func deaths(t *testing.T, h *rig.House, row *rig.Row, all []death) {
	t.Helper()
	var ready, closed, legs []time.Duration
	open := 0
	for _, d := range all {
		ready, closed = append(ready, d.ready), append(closed, d.closed)
		last, up := rig.LastEnd(h.Calls(), d.killed)
		open += up
		legs = append(legs, max(0, last.Sub(d.killed)))
	}
	r, c, l := rig.SpreadOf(ready), rig.SpreadOf(closed), rig.SpreadOf(legs)
	row.Figure("ready after %s", r)
	row.Figure("all records of before closed %s after that", c)
	row.Figure("last trunk leg gone %s after the kill", l)
	if r.Max > readyLimit {
		t.Errorf("ready after %s, more than %s", r.Max, readyLimit)
	}
	if l.Max > legLimit || open > 0 {
		t.Errorf("the last leg was gone after %s, %d never were", l.Max, open)
	}
}

func killed(t *testing.T, row *rig.Row) {
	h, l := loaded(t, nil)
	var all []death
	for range kills {
		all = append(all, kill(t, h))
		l.For(time.Second)
	}
	l.Stop()
	h.Settle(2 * time.Minute)
	deaths(t, h, row, all)
	judged(t, h, row, rig.Allow{})
}

const (
	behind = 100_000 // calls in the database
	inHand = 100     // calls open at the kill
)

// killedLate kills a server that has a past: what it needs at a start must not
// grow with it.
func killedLate(t *testing.T, row *rig.Row) {
	h, l := loaded(t, nil)
	l.For(5 * time.Second)
	l.Stop()
	h.Settle(time.Minute)
	stamps := past(t, h)
	row.Figure("%d stamps behind it", stamps)
	s := fullSize().mix()
	s.Hurry = 2 // so long calls that they queue up
	l = h.Load(s)
	open := func() int64 { return h.SQL.TryCount(`SELECT count(*) FROM records.calls WHERE NOT closed`) }
	rig.Within(t, 2*time.Minute, "enough calls are open", func() bool { return open() >= inHand }, nil)
	row.Figure("%d calls open", open())
	l.Stop()
	healed := h.Fault(rig.ServerDead)
	d := death{killed: time.Now()}
	h.Kill()
	d.ready = h.Restart()
	healed()
	ready := time.Now()
	rig.Within(t, closedLimit, "every record of before is closed", func() bool {
		return h.SQL.TryCount(`SELECT count(*) FROM records.calls WHERE NOT closed AND arrived_at < $1`, d.killed.UnixMicro()) == 0
	}, nil)
	d.closed = time.Since(ready)
	h.SQL.Exec(`DELETE FROM stamps WHERE seq < 0`)
	h.SQL.Exec(`DELETE FROM records.calls WHERE first_seq < 0`)
	h.Settle(2 * time.Minute)
	deaths(t, h, row, []death{d})
	judged(t, h, row, rig.Allow{})
}

// past multiplies the calls that were made, a day earlier, and returns how many
// stamps there are then. They are told from the real ones by their numbers.
func past(t *testing.T, h *rig.House) int64 {
	t.Helper()
	calls := h.SQL.Count(`SELECT count(*) FROM records.calls`)
	if calls == 0 {
		t.Fatal("no call to multiply")
	}
	times := behind/calls + 1
	h.SQL.Exec(`INSERT INTO stamps (month, node, seq, organisation_id, subject, n, call_id, at, kind, bytes, hash)
		SELECT month, node, -(k * 10000000 + seq), organisation_id, 'call:' || substr(call_id, 1, 24) || lpad(to_hex(k), 12, '0'), n,
		       substr(call_id, 1, 24) || lpad(to_hex(k), 12, '0'), at - interval '1 day', kind, bytes, hash
		FROM stamps, generate_series(1, $1::bigint) k WHERE subject LIKE 'call:%'`, times)
	columns := h.SQL.Rows(`SELECT string_agg(quote_ident(column_name), ', ') AS names FROM information_schema.columns
		WHERE table_schema = 'records' AND table_name = 'calls' AND column_name NOT IN ('call', 'first_seq', 'arrived_at', 'closed_at')`)[0]["names"].(string)
	h.SQL.Exec(`INSERT INTO records.calls (call, first_seq, arrived_at, closed_at, `+columns+`)
		SELECT substr(call, 1, 24) || lpad(to_hex(k), 12, '0'), -1, arrived_at - 86400000000, closed_at - 86400000000, `+columns+`
		FROM records.calls, generate_series(1, $1::bigint) k`, times)
	h.SQL.Exec(`ANALYZE`)
	return h.SQL.Count(`SELECT count(*) FROM stamps`)
}
