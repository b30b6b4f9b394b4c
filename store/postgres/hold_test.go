package postgres_test

import (
	"context"
	"testing"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/store/postgres"
)

// span is the stamps with the numbers first to last, as the journal's segment
// that holds them describes itself.
func span(day []ledger.Entry, first, last uint64) ledger.Span {
	s := ledger.Span{First: first, Last: last, After: day[last-1].Hash}
	if first > 1 {
		s.Before = day[first-2].Hash
	}
	return s
}

// TestHolds damages what is stored of a span in each way; only whole spans may
// be forgotten by the journal.
func TestHolds(t *testing.T) {
	t.Parallel()
	store, day := fresh(t), someDay(9)
	feed(t, postgres.NewLedgerFollower(store, "n1"), day, 500)
	holds, dsn := store.Holds("n1"), store.DSN()
	end := uint64(len(day))
	for _, s := range []ledger.Span{span(day, 1, 10), span(day, 11, 200), span(day, 201, end), {First: 11, Last: 10, Before: day[9].Hash, After: day[9].Hash}} {
		equal(t, "an unharmed span is held", must(holds(t.Context(), s))(t), true)
	}
	beyond := span(day, 201, end)
	beyond.After = beyond.After.Next([]byte("{}"))
	beyond.Last++
	equal(t, "a span that is not all in yet", must(holds(t.Context(), beyond))(t), false)
	equal(t, "another node's stamps", must(store.Holds("n2")(t.Context(), span(day, 1, 10)))(t), false)

	sql(t, dsn, `UPDATE stamps SET bytes = bytes || ' ' WHERE seq = 5`)
	sql(t, dsn, `DELETE FROM stamps WHERE seq = 50`)
	sql(t, dsn, `UPDATE stamps SET seq = 1000000 WHERE seq = $1`, end)
	equal(t, "another byte", must(holds(t.Context(), span(day, 1, 10)))(t), false)
	equal(t, "a stamp is missing", must(holds(t.Context(), span(day, 11, 200)))(t), false)
	equal(t, "a stamp has another number", must(holds(t.Context(), span(day, 201, end)))(t), false)
	equal(t, "what lies between", must(holds(t.Context(), span(day, 60, 190)))(t), true)

	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := holds(over, span(day, 60, 190)); err == nil {
		t.Error("no error though nothing could be read")
	}
}
