package postgres_test

import (
	"testing"

	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/postgres/storetest"
)

// BenchmarkCatchUp is a follower that comes back to a journal of four hours
// with 2,000 calls, in batches as serve makes them, in a month without
// statistics. Wanted: 10,000 stamps a second.
func BenchmarkCatchUp(b *testing.B) {
	day := storetest.Day(storetest.Options{Seed: 50, Node: "n1", Org: org, Calls: 2000, Span: 4 * hour})
	stamps := 0
	for b.Loop() {
		b.StopTimer()
		f := postgres.NewLedgerFollower(fresh(b), "n1")
		b.StartTimer()
		feed(b, f, day, 2048)
		stamps += len(day)
	}
	b.ReportMetric(float64(stamps)/b.Elapsed().Seconds(), "stamps/s")
}

func BenchmarkCheck(b *testing.B) {
	day := storetest.Day(storetest.Options{Seed: 50, Node: "n1", Org: org, Calls: 2000, Span: hour})
	store := fresh(b)
	feed(b, postgres.NewLedgerFollower(store, "n1"), day, 512)
	stamps := 0
	for b.Loop() {
		if report := must(store.Check(b.Context()))(b); !report.Balanced {
			b.Fatalf("%.3v", report.Violations)
		}
		stamps += len(day)
	}
	b.ReportMetric(float64(stamps)/b.Elapsed().Seconds(), "stamps/s")
}
