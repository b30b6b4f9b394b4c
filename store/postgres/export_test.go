package postgres

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// DSN returns what the pool was opened with, for looking in from outside.
func (db *DB) DSN() string { return db.pool.Config().ConnString() }

// Borrow takes a connection out of the pool; the answer gives it back.
func (db *DB) Borrow(ctx context.Context) (func(), error) {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	return conn.Release, nil
}

// Frozen takes the right to take calls as TakeNode does, and then asks nothing
// more, as a process that was stopped.
func (s *Store) Frozen(ctx context.Context, node stamp.NodeID, hold time.Duration) (*pgx.Conn, error) {
	t, err := s.TakeNode(ctx, node, 0)
	if err != nil {
		return nil, err
	}
	t.Release()
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	if err := (&Tenure{conn: conn}).limit(ctx, hold); err != nil {
		return nil, err
	}
	_, err = conn.Exec(ctx, `SELECT pg_advisory_lock(hashtextextended('callstamp node ' || $1, 0))`, s.org)
	return conn, err
}

// RecordColumns names the columns of each record table with their types.
func RecordColumns() map[string][]string {
	t := newTables()
	columns := map[string][]string{}
	for name, of := range map[string][]column{
		t.calls.name: t.calls.columns, t.legs.name: t.legs.columns, t.entries.name: t.entries.columns,
		t.offers.name: t.offers.columns, t.segments.name: t.segments.columns, t.surveys.name: t.surveys.columns, t.answers.name: t.answers.columns,
		t.attempts.name: t.attempts.columns, t.sessions.name: t.sessions.columns, t.agents.name: t.agents.columns,
	} {
		for _, c := range of {
			columns[name] = append(columns[name], c.name+" "+c.sql)
		}
	}
	return columns
}

// RecordTables names the tables of records.
func RecordTables() []string { return slices.Sorted(maps.Keys(RecordColumns())) }
