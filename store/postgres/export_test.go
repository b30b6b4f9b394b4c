package postgres

import (
	"context"
	"maps"
	"slices"
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

// RecordColumns names the columns of each record table with their types.
func RecordColumns() map[string][]string {
	t := newTables()
	columns := map[string][]string{}
	for name, of := range map[string][]column{
		t.calls.name: t.calls.columns, t.legs.name: t.legs.columns, t.entries.name: t.entries.columns,
		t.offers.name: t.offers.columns, t.segments.name: t.segments.columns, t.answers.name: t.answers.columns,
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
