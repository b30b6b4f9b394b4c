package main

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// TestRetention keeps files as long as one follower, Postgres or the time wants
// them, and then lets go of all but the one being written.
func TestRetention(t *testing.T) {
	t.Parallel()
	store, dsn := emptyDatabase(t)
	fine(t, keepSeed(t.Context(), store, seeded()))
	dir := t.TempDir()
	j, err := ledger.Open(dir, ledger.Options{SegmentBytes: 512, ReserveBytes: 1 << 20})
	fine(t, err)
	defer func() { fine(t, j.Close()) }()
	node := ledger.NewNodeStamper(j, stamp.NewClock(time.Now(), j.Boot()))
	for range 20 {
		node.Started("v1")
		safe := make(chan struct{})
		j.Notify(j.Appended(), func() { close(safe) })
		<-safe
	}
	files := func() int {
		names, err := filepath.Glob(filepath.Join(dir, "*.seg"))
		fine(t, err)
		return len(names)
	}
	many := files()
	if many < 3 {
		t.Fatalf("%d files are too few to tell", many)
	}
	truth, stop := feeding(t, j, postgres.NewLedgerFollower(store, j.Node()))
	defer stop()
	var said bytes.Buffer
	r := retention{
		journal: j, followers: []*ledger.Feed{truth}, holds: store.Holds(j.Node()), keep: time.Hour, log: slog.New(slog.NewTextHandler(&said, nil)),
	}
	expect := func(why string, want int) {
		t.Helper()
		r.prune(t.Context())
		if n := files(); n != want {
			t.Errorf("%s: %d files, want %d; %s", why, n, want, said.String())
		}
		said.Reset()
	}
	expect("all is young", many)
	r.keep = 0
	behind := ledger.NewFeed(j, &keeper{}, ledger.FeedOptions{Name: "behind"}) // not begun
	r.followers = append(r.followers, behind)
	expect("one follower has seen nothing", many)
	r.followers = r.followers[:1]

	conn, err := pgx.Connect(t.Context(), dsn)
	fine(t, err)
	defer conn.Close(context.Background()) // the database goes, too
	spoil := func(statement string) {
		_, err := conn.Exec(t.Context(), statement)
		fine(t, err)
	}
	spoil(`UPDATE stamps SET bytes = bytes || ' ' WHERE seq = 1`)
	expect("Postgres has another byte", many)
	spoil(`UPDATE stamps SET bytes = substr(bytes, 1, length(bytes) - 1) WHERE seq = 1`)
	spoil(`ALTER TABLE stamps RENAME TO gone`)
	r.prune(t.Context())
	if files() != many || !strings.Contains(said.String(), "journal not pruned") {
		t.Errorf("nothing could be compared: %d files, said %s", files(), said.String())
	}
	said.Reset()
	spoil(`ALTER TABLE gone RENAME TO stamps`)
	expect("nobody needs them", 1)
	if _, err := ledger.Verify(dir); err != nil {
		t.Errorf("what is left: %v", err)
	}
}

// feeding runs a follower and returns once it has everything.
func feeding(t *testing.T, j *ledger.Journal, f ledger.Follower) (*ledger.Feed, func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	feed, done := ledger.NewFeed(j, f, ledger.FeedOptions{Name: "test"}), make(chan error, 1)
	go func() { done <- feed.Run(ctx) }()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for feed.Position() < j.Appended() {
		select {
		case <-tick.C:
		case err := <-done:
			t.Fatalf("the follower ended: %v", err)
		case <-limit.C:
			t.Fatalf("the follower is at %d of %d: %v", feed.Position(), j.Appended(), feed.Failing())
		}
	}
	return feed, func() { cancel(); <-done }
}
