package faults_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/postgres/storetest"
	"github.com/callstamp/callstamp/store/redis"
)

const (
	longAbsence = 10_500 // calls: some 200,000 stamps
	wantPace    = 10_000 // stamps a second
)

// catchUp feeds a long journal to an empty PostgreSQL with its safety on, and
// then to an empty Redis, by the product's own followers, and checks the books.
func catchUp(t *testing.T, row *rig.Row) {
	j := longJournal(t)
	store := emptyStore(t)
	took := follow(t, j, postgres.NewLedgerFollower(store, j.Node()))
	pace := float64(j.Durable()) / took.Seconds()
	row.Figure("%d stamps of %d calls in %.1f s: %.0f a second", j.Durable(), longAbsence, took.Seconds(), pace)
	if pace < wantPace {
		t.Errorf("%.0f stamps a second, want %d", pace, wantPace)
	}
	report, err := store.Check(t.Context())
	must(t, err)
	if !report.Balanced || report.Calls != longAbsence {
		t.Errorf("balanced %t with %d calls of %d: %v", report.Balanced, report.Calls, longAbsence, report.Violations)
	}
	server, err := private.StartRedis(t.Context(), private.RedisOptions{})
	must(t, err)
	t.Cleanup(func() { must(t, server.Stop()) })
	live, err := redis.Open("unix://" + server.Addr())
	must(t, err)
	t.Cleanup(func() { must(t, live.Close()) })
	took = follow(t, j, redis.NewLiveFollower(live, store, j.Node()))
	row.Figure("live counters made of as many in %.1f s", took.Seconds())
	if took > rightWithin {
		t.Errorf("the live counters of %d stamps took %s, want %s", j.Durable(), took, rightWithin)
	}
}

// longJournal is a day of calls on disk.
func longJournal(t *testing.T) *ledger.Journal {
	t.Helper()
	j, err := ledger.Open(filepath.Join(t.TempDir(), "ledger"), ledger.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, j.Close()) })
	day := storetest.Day(storetest.Options{Seed: 7, Node: "n1", Org: "proof", Calls: longAbsence, Span: int64(4 * time.Hour / time.Microsecond)})
	for _, e := range day {
		j.Append([]stamp.Stamp{e.Stamp}, sidesOf(e.Stamp))
	}
	rig.Within(t, time.Minute, "the journal is on disk", func() bool { return j.Durable() >= uint64(len(day)) }, nil)
	return j
}

// sidesOf are a stamp's side entries as the switchboard sends them: who calls,
// and the dialog of each leg as it changes.
func sidesOf(s stamp.Stamp) []ledger.Side {
	dialog := func(leg int) ledger.Side {
		data := fmt.Appendf(nil, `{"call_id":"%s-%d","local":"<sip:1900@127.0.0.1>;tag=a1b2c3","remote":"<sip:customer@127.0.0.1>;tag=d4e5f6","cseq":1}`, s.Call, leg)
		return ledger.Side{Kind: ledger.Dialog, ID: fmt.Sprintf("%s/%d", s.Call, leg), Org: "proof", Data: data}
	}
	switch f := s.Fact.(type) {
	case stamp.CallCreated:
		return []ledger.Side{{Kind: ledger.Party, ID: "of " + string(s.Call), Org: "proof", Data: []byte(`{"number":"+84900000007"}`)}, dialog(1)}
	case stamp.LegAnswered:
		return []ledger.Side{dialog(int(f.Leg))}
	}
	return nil
}

func emptyStore(t *testing.T) *postgres.Store {
	t.Helper()
	server, err := private.StartPostgres(t.Context(), private.PostgresOptions{})
	must(t, err)
	t.Cleanup(func() { must(t, server.Stop()) })
	dsn, err := server.Create(t.Context(), rig.Database, "")
	must(t, err)
	db, err := postgres.Open(t.Context(), dsn)
	must(t, err)
	t.Cleanup(db.Close)
	must(t, db.Migrate(t.Context()))
	store := db.For("proof")
	must(t, store.PutOrganisation(t.Context(), "test", postgres.Organisation{Name: "Proof", Zone: "UTC", Language: "en", Currency: "USD"}))
	return store
}

// follow feeds everything, in batches as large as serve makes them for
// PostgreSQL, and returns how long it took.
func follow(t *testing.T, j *ledger.Journal, f ledger.Follower) time.Duration {
	t.Helper()
	feed := ledger.NewFeed(j, f, ledger.FeedOptions{Name: "proof", Batch: 2048})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	began := time.Now()
	go func() { ended <- feed.Run(ctx) }()
	rig.Within(t, 5*time.Minute, "everything is applied", func() bool { return feed.Position() == j.Durable() }, nil)
	took := time.Since(began)
	stop()
	if err := errors.Join(<-ended, feed.Failing()); err != nil {
		t.Fatal(err)
	}
	return took
}
