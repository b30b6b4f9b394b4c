package redis_test

import (
	"testing"

	"github.com/callstamp/callstamp/store/postgres/storetest"
)

// A large state is not saved with each batch. What lies between it and the
// position is counted again after a restart, without effect.
func TestLargeStateFallsBehindAndCountsOnce(t *testing.T) {
	everywhere(t, func(w *world) {
		day := storetest.Day(storetest.Options{Seed: 9, Node: node, Org: org, Calls: 500, Span: hour / 6, Late: true})
		behind := 0
		for at := 0; at < len(day); at += 150 {
			f := w.follower() // the one before died
			from, err := f.Position(w.Context())
			ok(w, err)
			ok(w, f.Apply(w.Context(), day[from:min(at+150, len(day))]))
			place := must(w.raw.HGetAll(w.Context(), "callstamp:{"+string(node)+"}:position").Result())(w)
			if place["seq"] != place["state_seq"] {
				behind++
			}
		}
		w.same(day)
		if behind < 5 {
			w.Errorf("the state fell behind %d times only, of %d stamps", behind, len(day))
		}
	})
}
