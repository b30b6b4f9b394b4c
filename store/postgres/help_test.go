package postgres_test

import (
	"context"
	"testing"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

const org stamp.OrgID = "acme"

// fresh returns the view of organisation acme on a migrated database of the
// test's own.
func fresh(t testing.TB) *postgres.Store {
	t.Helper()
	store := open(t, private.TestPostgresFrom(t, "callstamp", func(ctx context.Context, dsn string) error {
		db, err := postgres.Open(ctx, dsn)
		if err != nil {
			return err
		}
		defer db.Close()
		return db.Migrate(ctx)
	}))
	ok(t, store.PutOrganisation(t.Context(), "test", postgres.Organisation{
		Name: "Acme", Zone: "Asia/Ho_Chi_Minh", Language: "vi", Currency: "VND",
	}))
	return store
}

func open(t testing.TB, dsn string) *postgres.Store {
	t.Helper()
	db, err := postgres.Open(context.Background(), dsn)
	ok(t, err)
	t.Cleanup(db.Close)
	return db.For(org)
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// must returns what a call gave, or fails the test.
func must[T any](got T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		ok(t, err)
		return got
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
