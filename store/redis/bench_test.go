package redis_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/postgres/storetest"
)

// BenchmarkCount is a follower that comes back to an hour with 2,000 calls.
func BenchmarkCount(b *testing.B) {
	day := storetest.Day(storetest.Options{Seed: 50, Node: node, Org: org, Calls: 2000, Span: hour})
	w := newWorld(b, "unix://"+private.TestRedis(b).Addr())
	stamps := 0
	for b.Loop() {
		ok(b, w.raw.FlushAll(b.Context()).Err())
		w.feed(w.follower(), day, 512)
		stamps += len(day)
	}
	b.ReportMetric(float64(stamps)/b.Elapsed().Seconds(), "stamps/s")
}

// TestRebuildIsQuick: 500 calls since the last checkpoint, more than a quarter
// hour of a large node brings, in 10 s at most.
func TestRebuildIsQuick(t *testing.T) {
	t.Parallel()
	day := storetest.Day(storetest.Options{Seed: 51, Node: node, Org: org, Calls: 500, Span: hour})
	w := newWorld(t, "unix://"+private.TestRedis(t).Addr())
	w.feed(postgres.NewLedgerFollower(w.truth, node), day, 512)
	began := time.Now()
	f := w.follower()
	ok(t, f.Rebuild(t.Context()))
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("%d stamps took %v", len(day), took)
	} else {
		t.Logf("%d stamps in %v", len(day), took)
	}
	w.same(day)
}
