package postgres_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/store/postgres"
)

// TestNoErrorShowsThePassword spoils the url around a password in the ways in
// which people do.
func TestNoErrorShowsThePassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"postgres://me:hunter2@host:port/db", "postgres://me:hun/hunter2@host/db", "postgres://me:hunter2@host/db?sslmode=maybe",
		"postgres://me:hunter2@[::1/db", "postgres://me:hunter2@host/db?pool_max_conns=hunter2", "postgres://me:hun%zzter2@host/db",
		"user=me password=hunter2 port=x", "user=me password='hunter2", "password = hunter2 host", "hunter2",
	} {
		db, err := postgres.Open(t.Context(), url)
		if err == nil {
			db.Close()
			t.Errorf("%s was taken", url)
			continue
		}
		if strings.Contains(err.Error(), "hun") || len(err.Error()) < len("read postgres url: ") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// TestPoolHasItsSize takes every connection that the pool may have, and gets
// no further one.
func TestPoolHasItsSize(t *testing.T) {
	t.Parallel()
	dsn := private.TestPostgres(t)
	db := must(postgres.OpenPool(t.Context(), dsn, 3))(t)
	t.Cleanup(db.Close)
	for range 3 {
		t.Cleanup(must(db.Borrow(t.Context()))(t))
	}
	short, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if release, err := db.Borrow(short); err == nil {
		release()
		t.Error("a fourth connection")
	}
	have := query[int64](t, dsn, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'callstamp'`)
	equal(t, "connections at the server", have[0], 3)
}
