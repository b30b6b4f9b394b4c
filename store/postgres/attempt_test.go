package postgres_test

import (
	"testing"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// entriesOf numbers, encodes and chains stamps as a journal of n1 would.
func entriesOf(t *testing.T, stamps ...stamp.Stamp) []ledger.Entry {
	t.Helper()
	var entries []ledger.Entry
	var h ledger.Hash
	for i, s := range stamps {
		s.Node, s.Seq, s.Org = "n1", uint64(i+1), org
		b := must(stamp.Encode(s))(t)
		h = h.Next(b)
		entries = append(entries, ledger.Entry{Seq: s.Seq, Bytes: b, Hash: h, Stamp: s})
	}
	return entries
}

// The stamp of an attempt's end opens or closes its lead, in the transaction
// that stores the stamp.
func TestTheStampedResultFinishesTheAttempt(t *testing.T) {
	t.Parallel()
	store, order := campaign(t, nil, numbers(2)...)
	claimed, _, err := store.Claim(t.Context(), order)
	ok(t, err)
	call := stamp.Subject{Kind: stamp.SubjectCall, ID: stamp.NewID()}
	line := func(n uint64, f stamp.Fact) stamp.Stamp {
		at := stamp.Instant{At: noon.UnixMicro() + int64(n), Mono: int64(n), Boot: 1}
		return stamp.Stamp{Subject: call, N: n, Call: call.ID, Instant: at, Fact: f}
	}
	created := line(1, stamp.CallCreated{Direction: stamp.Out, Trunk: "t", Campaign: "autumn", Lead: claimed[0].Lead, Attempt: claimed[0].ID})
	created.Phase = stamp.PhaseDialing
	feed(t, postgres.NewLedgerFollower(store, "n1"), entriesOf(t, created,
		line(2, stamp.DialAttemptStarted{Campaign: "autumn", Lead: claimed[0].Lead, Attempt: claimed[0].ID}),
		line(3, stamp.DialResult{Attempt: claimed[0].ID, Result: "connected"}),
	), 10)
	equal(t, "leads", must(store.CountLeads(t.Context(), "autumn"))(t), postgres.LeadCounts{Claimed: 1, Done: 1})
}

// A withdrawn claim leaves no trace: the lead is open and its next attempt is
// the first again.
func TestWithdraw(t *testing.T) {
	t.Parallel()
	store, order := campaign(t, func(c *postgres.Campaign) { c.MaxAttempts = 2 }, numbers(2)...)
	claimed, _, err := store.Claim(t.Context(), order)
	ok(t, err)
	ok(t, store.Finish(t.Context(), claimed[1].ID, "connected", order.At))
	ok(t, store.Withdraw(t.Context(), []stamp.ID{claimed[0].ID, claimed[1].ID, "nothing"}))
	equal(t, "leads", must(store.CountLeads(t.Context(), "autumn"))(t), postgres.LeadCounts{Open: 1, Done: 1})
	again, _, err := store.Claim(t.Context(), order)
	ok(t, err)
	if len(again) != 1 || again[0].Lead != claimed[0].Lead || again[0].No != 1 {
		t.Fatalf("got %+v", again)
	}
}
