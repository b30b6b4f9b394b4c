package rig

import (
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/internal/proof/check"
)

// Settle waits until everything is over: no call on the network, no lead to be
// called, every record closed, and Postgres caught up with the journal. It
// returns how long that took.
func (h *House) Settle(limit time.Duration) time.Duration {
	h.t.Helper()
	began := time.Now()
	var quiet time.Time // no call since then
	Within(h.t, limit, "everything is over", func() bool {
		if h.Net.Calls() > 0 || h.leadsLeft() > 0 || h.SQL.TryCount(`SELECT count(*) FROM leads WHERE state <> 'done'`) != 0 {
			quiet = time.Time{}
			return false
		}
		if quiet.IsZero() {
			quiet = time.Now()
		}
		return h.CaughtUp(quiet) && h.OpenCalls() == 0
	}, h.unsettled)
	if h.ticks != nil {
		h.ticks.Stop() // what is left to do has no length
		h.ticks = nil
	}
	h.t.Logf("everything was over %s after the load", time.Since(began).Round(msec))
	return time.Since(began)
}

// OpenCalls is how many recorded calls are not closed; -1 where nobody can tell.
func (h *House) OpenCalls() int {
	return int(h.SQL.TryCount(`SELECT count(*) FROM records.calls WHERE NOT closed`))
}

// CaughtUp reports whether Postgres has a proof of life from after the
// instant: everything before it has arrived, too, as stamps arrive in order.
func (h *House) CaughtUp(since time.Time) bool {
	return h.SQL.TryCount(`SELECT count(*) FROM stamps WHERE kind = 'node.alive' AND at > $1`, since) > 0
}

func (h *House) unsettled() string {
	if h.SQL.TryCount(`SELECT 1`) != 1 {
		return fmt.Sprint(h.Net.Calls(), " calls on the network, and Postgres does not answer")
	}
	var open []check.Finding
	for _, c := range h.SQL.Rows(`SELECT call FROM records.calls WHERE NOT closed ORDER BY arrived_at`) {
		open = append(open, check.Finding{Key: c["call"].(string)})
	}
	return fmt.Sprint(h.Net.Calls(), " calls on the network, leads ", h.leadsLeft(), h.SQL.Rows(`SELECT id, state, result FROM leads WHERE state <> 'done'`),
		", ", len(open), " calls open: ", h.Dossier(open))
}

// Dossier shows the stamps of the calls, sessions and offers that findings
// name; of eight of them at most.
func (h *House) Dossier(found []check.Finding) string {
	var b strings.Builder
	shown := map[string]bool{}
	for _, f := range found {
		id, _, _ := strings.Cut(f.Key, "/")
		if shown[id] || len(shown) == 8 {
			continue
		}
		shown[id] = true
		rows, err := h.SQL.Pool.Query(h.t.Context(), `SELECT convert_from(bytes, 'UTF8') FROM stamps
			WHERE subject IN ('call:' || $1, 'agent:' || $1) OR subject = (SELECT 'call:' || call FROM records.offers WHERE offer = $1) ORDER BY n`, id)
		if err != nil {
			return err.Error()
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err.Error()
		}
		fmt.Fprintf(&b, "%s:\n%s\n", id, strings.Join(lines, "\n"))
	}
	return b.String()
}
