package redis_test

import (
	"testing"

	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/postgres/storetest"
)

// What is counted on one way and folded on the other is the same at every cut,
// whichever store is ahead, with late stamps and after a flush.
func TestRolledIsFolded(t *testing.T) {
	everywhere(t, func(w *world) {
		ok(w, w.truth.PutOrganisation(w.Context(), "test", postgres.Organisation{Name: "Acme", Zone: "UTC", Language: "en", Currency: "EUR"}))
		day := storetest.Day(storetest.Options{Seed: 60, Node: node, Org: org, Calls: 100, Span: hour, Late: true})
		live, truth := w.follower(), postgres.NewLedgerFollower(w.truth, node)
		for done := 0; done < len(day); done += 150 {
			w.feed(live, day[:min(done+150, len(day))], 64)
			w.feed(truth, day[:min(done+75, len(day))], 64)
			ok(w, w.wall.Roll(w.Context(), w.truth))
			if done == 1500 {
				ok(w, w.raw.FlushAll(w.Context()).Err())
			}
		}
		w.feed(truth, day, 64)
		report := must(w.truth.Check(w.Context()))(w)
		if !report.Balanced || report.Calls != 100 {
			w.Errorf("%d calls, %.3v %.3v", report.Calls, report.Violations, report.Differences)
		}
		_, equal, known, err := w.truth.Reader().Balance(w.Context())
		ok(w, err)
		if !equal || !known {
			w.Errorf("last bucket: known %v, equal %v", known, equal)
		}
		if left := must(w.raw.SCard(w.Context(), "callstamp:{n1}:cuts").Result())(w); left != 0 {
			w.Errorf("%d cuts were not rolled", left)
		}
		if left := must(w.raw.Exists(w.Context(), "callstamp:{n1}:checkpoint").Result())(w); left != 0 {
			w.Error("the checkpoint was not stored")
		}
	})
}
