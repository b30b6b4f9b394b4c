package postgres_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/internal/private"
)

func TestMigrateTwiceAtOnceAndAgain(t *testing.T) {
	t.Parallel()
	db := open(t, private.TestPostgres(t))
	before := must(db.Status(t.Context()))(t)
	if before.Have != 0 || !before.Pending() {
		t.Fatalf("status of an empty database: %+v", before)
	}
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			if err := db.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	after := must(db.Status(t.Context()))(t)
	if after.Pending() || after.Have != before.Want {
		t.Fatalf("status after migration: %+v", after)
	}
	ok(t, db.Migrate(t.Context()))
}

func TestMigrateRefusesNewerSchema(t *testing.T) {
	t.Parallel()
	dsn := private.TestPostgres(t)
	db := open(t, dsn)
	ok(t, db.Migrate(t.Context()))
	sql(t, dsn, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`)
	err := db.Migrate(t.Context())
	if err == nil || !strings.Contains(err.Error(), "schema version 99999 and this build of callstamp knows up to") {
		t.Fatalf("a newer schema: %v", err)
	}
}

func TestEveryTableNamesItsOrganisation(t *testing.T) {
	t.Parallel()
	dsn := private.TestPostgres(t)
	ok(t, open(t, dsn).Migrate(t.Context()))
	without := query[string](t, dsn, `
		SELECT t.table_schema || '.' || t.table_name FROM information_schema.tables t
		WHERE t.table_schema IN ('public', 'records') AND t.table_type = 'BASE TABLE' AND t.table_name <> 'goose_db_version'
		  AND NOT EXISTS (SELECT FROM information_schema.columns c WHERE c.table_schema = t.table_schema
		      AND c.table_name = t.table_name AND c.column_name = 'organisation_id')`)
	if len(without) > 0 {
		t.Errorf("tables without organisation_id: %v", without)
	}
}

// sql runs one statement beside the store, as a person with psql would.
func sql(t testing.TB, dsn, statement string, args ...any) {
	t.Helper()
	conn := must(pgx.Connect(t.Context(), dsn))(t)
	defer func() { ok(t, conn.Close(t.Context())) }()
	_, err := conn.Exec(t.Context(), statement, args...)
	ok(t, err)
}

// query reads one column beside the store.
func query[T any](t testing.TB, dsn, statement string, args ...any) []T {
	t.Helper()
	conn := must(pgx.Connect(t.Context(), dsn))(t)
	defer func() { ok(t, conn.Close(t.Context())) }()
	rows := must(conn.Query(t.Context(), statement, args...))(t)
	return must(pgx.CollectRows(rows, pgx.RowTo[T]))(t)
}
