package rig

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// SQL reads the server's database as anybody could, past any relay.
type SQL struct {
	t    testing.TB
	Pool *pgxpool.Pool
}

// sqlTimeout bounds a look where the database may be away.
const sqlTimeout = 5 * time.Second

// OpenSQL looks at the database until the test ends.
func OpenSQL(t testing.TB, dsn string) *SQL {
	t.Helper()
	pool, err := pgxpool.New(context.Background(), dsn)
	must(t, err)
	t.Cleanup(pool.Close)
	return &SQL{t, pool}
}

// Exec changes something, as a manager's tool would.
func (q *SQL) Exec(query string, args ...any) {
	q.t.Helper()
	if _, err := q.Pool.Exec(context.Background(), query, args...); err != nil {
		q.t.Fatalf("%s: %v", query, err)
	}
}

// TryExec is Exec where the database may be away.
func (q *SQL) TryExec(query string, args ...any) error {
	ctx, cancel := context.WithTimeout(context.Background(), sqlTimeout)
	defer cancel()
	_, err := q.Pool.Exec(ctx, query, args...)
	return err
}

// Rows are maps of column to value.
func (q *SQL) Rows(query string, args ...any) []map[string]any {
	q.t.Helper()
	rows, err := q.Pool.Query(context.Background(), query, args...)
	if err != nil {
		q.t.Fatalf("%s: %v", query, err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToMap)
	if err != nil {
		q.t.Fatalf("%s: %v", query, err)
	}
	return all
}

// One is the single row.
func (q *SQL) One(query string, args ...any) map[string]any {
	q.t.Helper()
	all := q.Rows(query, args...)
	if len(all) != 1 {
		q.t.Fatalf("%s: %d rows, want 1: %v", query, len(all), all)
	}
	return all[0]
}

// Count is the single number.
func (q *SQL) Count(query string, args ...any) (n int64) {
	q.t.Helper()
	if err := q.Pool.QueryRow(context.Background(), query, args...).Scan(&n); err != nil {
		q.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// TryCount is Count where the database may be away: -1 then.
func (q *SQL) TryCount(query string, args ...any) (n int64) {
	ctx, cancel := context.WithTimeout(context.Background(), sqlTimeout)
	defer cancel()
	if err := q.Pool.QueryRow(ctx, query, args...).Scan(&n); err != nil {
		return -1
	}
	return n
}
