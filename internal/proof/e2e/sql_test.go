package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// sql reads the server's database as anybody could.
type sql struct {
	t    *testing.T
	pool *pgxpool.Pool
}

func openSQL(t *testing.T, dsn string) *sql {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), dsn)
	must(t, err)
	t.Cleanup(pool.Close)
	return &sql{t, pool}
}

// exec changes something, as a manager's tool would.
func (q *sql) exec(query string, args ...any) {
	q.t.Helper()
	if _, err := q.pool.Exec(context.Background(), query, args...); err != nil {
		q.t.Fatalf("%s: %v", query, err)
	}
}

// rows are maps of column to value.
func (q *sql) rows(query string, args ...any) []map[string]any {
	q.t.Helper()
	rows, err := q.pool.Query(context.Background(), query, args...)
	if err != nil {
		q.t.Fatalf("%s: %v", query, err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToMap)
	if err != nil {
		q.t.Fatalf("%s: %v", query, err)
	}
	return all
}

// one is the single row.
func (q *sql) one(query string, args ...any) map[string]any {
	q.t.Helper()
	all := q.rows(query, args...)
	if len(all) != 1 {
		q.t.Fatalf("%s: %d rows, want 1: %v", query, len(all), all)
	}
	return all[0]
}

// count is the single number.
func (q *sql) count(query string, args ...any) (n int64) {
	q.t.Helper()
	if err := q.pool.QueryRow(context.Background(), query, args...).Scan(&n); err != nil {
		q.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// tryCount is count where the database may be away: -1 then.
func (q *sql) tryCount(query string, args ...any) (n int64) {
	if err := q.pool.QueryRow(context.Background(), query, args...).Scan(&n); err != nil {
		return -1
	}
	return n
}

// fact is one stamp as it stands in the table.
type fact struct {
	Seq   int64
	N     int64
	At    time.Time
	Kind  string
	Phase string         // from this stamp on, "" unchanged
	Actor string         //
	Data  map[string]any // the payload
}

func (f fact) String() string { return fmt.Sprintf("%d %s %v", f.N, f.Kind, f.Data) }

// stampsOf are a call's own stamps in order.
func (q *sql) stampsOf(call string) []fact {
	q.t.Helper()
	var all []fact
	for _, r := range q.rows(`SELECT seq, n, at, kind, bytes FROM stamps WHERE subject = 'call:' || $1 ORDER BY n`, call) {
		f := fact{Seq: r["seq"].(int64), N: r["n"].(int64), At: r["at"].(time.Time), Kind: r["kind"].(string)}
		var body struct {
			Phase string
			Actor string
			Data  map[string]any
		}
		must(q.t, json.Unmarshal(r["bytes"].([]byte), &body))
		f.Phase, f.Actor, f.Data = body.Phase, body.Actor, body.Data
		all = append(all, f)
	}
	return all
}

// kinds are the stamps' kinds in order.
func kinds(all []fact) []string {
	var out []string
	for _, f := range all {
		out = append(out, f.Kind)
	}
	return out
}

// inOrder checks that the kinds appear in this order, with others between them.
func inOrder(t *testing.T, all []fact, want ...string) {
	t.Helper()
	rest := kinds(all)
	for _, k := range want {
		i := slices.Index(rest, k)
		if i < 0 {
			t.Errorf("no %s in its place; the stamps are %s", k, strings.Join(kinds(all), " "))
			return
		}
		rest = rest[i+1:]
	}
}

// of are the stamps of the kind.
func of(all []fact, kind string) (found []fact) {
	for _, f := range all {
		if f.Kind == kind {
			found = append(found, f)
		}
	}
	return found
}

// closedCalls waits until Postgres holds n closed calls and returns them by arrival.
func (q *sql) closedCalls(n int) []map[string]any {
	q.t.Helper()
	var calls []map[string]any
	eventually(q.t, fmt.Sprintf("%d closed calls in Postgres", n), func() bool {
		calls = q.rows(`SELECT * FROM records.calls WHERE closed ORDER BY arrived_at`)
		return len(calls) >= n
	}, func() string {
		return fmt.Sprint(q.rows(`SELECT call, closed, outcome FROM records.calls`), " and stamps ",
			q.rows(`SELECT seq, subject, kind FROM stamps ORDER BY seq DESC LIMIT 20`))
	})
	if len(calls) != n {
		q.t.Fatalf("%d closed calls, want %d", len(calls), n)
	}
	return calls
}
