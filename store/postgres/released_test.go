package postgres_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/store/postgres"
)

// A day that an earlier build wrote (kpi holds the records against those of its
// time) is delivered into today's schema, and the books balance.
func TestReleasedDaysAreDelivered(t *testing.T) {
	t.Parallel()
	days := must(filepath.Glob("../../kpi/ledger/testdata/v*-day"))(t)
	if len(days) != ledger.FormatVersion {
		t.Errorf("%d days of %d formats: %v", len(days), ledger.FormatVersion, days)
	}
	for _, day := range days {
		dir := t.TempDir()
		ok(t, os.CopyFS(dir, os.DirFS(day)))
		j := must(ledger.Open(dir, ledger.Options{ReserveBytes: -1, Log: slog.New(slog.DiscardHandler)}))(t)
		ok(t, j.Close())
		store := fresh(t)
		ok(t, ledger.Follow(t.Context(), j, postgres.NewLedgerFollower(store, j.Node()), ledger.FeedOptions{Name: "ledger"}))
		equal(t, "stamps", query[uint64](t, store.DSN(), `SELECT count(*) FROM stamps`)[0], j.Durable())
		if r := must(store.Check(t.Context()))(t); !r.Balanced || r.Calls == 0 {
			t.Errorf("%s: %+v", day, r)
		}
	}
}
