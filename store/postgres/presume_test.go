package postgres_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/postgres/storetest"
)

// said is the journal of another node that stamps facts of itself, one a second.
func said(t testing.TB, node stamp.NodeID, facts ...stamp.Fact) []ledger.Entry {
	t.Helper()
	var entries []ledger.Entry
	var hash ledger.Hash
	for i, fact := range facts {
		s := stamp.Stamp{
			Node: node, Seq: uint64(i) + 1, Subject: stamp.Subject{Kind: stamp.SubjectNode, ID: stamp.ID(node + ".1")}, N: uint64(i) + 1,
			Instant: stamp.Instant{At: storetest.Start + 2*hour + int64(i)*1_000_000, Mono: int64(i) * 1_000_000, Boot: 1},
			Actor:   stamp.System, Fact: fact,
		}
		bytes := must(stamp.Encode(s))(t)
		hash = hash.Next(bytes)
		entries = append(entries, ledger.Entry{Seq: s.Seq, Bytes: bytes, Hash: hash, Stamp: s})
	}
	return entries
}

// presumes is a second node's word that n1 is gone after each of the stamps.
func presumes(t testing.TB, after ...int) []ledger.Entry {
	t.Helper()
	facts := []stamp.Fact{stamp.NodeStarted{Version: "test", Format: stamp.FormatVersion}, stamp.NodeTookOver{From: "n1", Epoch: 2}}
	for _, seq := range after {
		facts = append(facts, stamp.NodePresumedGone{Gone: "n1", Seq: uint64(seq)})
	}
	return said(t, "n2", facts...)
}

// balanced fails the test unless the books balance and a rebuild gives the same
// rows.
func balanced(t *testing.T, store *postgres.Store, when string) string {
	t.Helper()
	report := must(store.Check(t.Context()))(t)
	if !report.Balanced {
		t.Errorf("%s: %d violations, %d differences: %.3v %.3v", when,
			len(report.Violations), len(report.Differences), report.Violations, report.Differences)
	}
	before := dump(t, store)
	ok(t, store.Rebuild(t.Context()))
	if after := dump(t, store); after != before {
		t.Errorf("%s, a rebuild changes: %s", when, firstDifference(after, before))
	}
	return before
}

// A node that falls silent in the middle of its calls: another presumes their
// ends, and what the node says when it is back takes their place. It is as if
// nothing had been presumed.
func TestASilentNodeEndsProvisionally(t *testing.T) {
	t.Parallel()
	day := someDay(30)
	cut := slices.IndexFunc(day, func(e ledger.Entry) bool {
		return e.Stamp.Kind() == "bucket.closed" && e.Stamp.At > storetest.Start+hour/2
	})
	for i, seq := range []int{len(day) / 5, cut + 1, len(day) * 4 / 5} {
		t.Run(fmt.Sprint("after stamp ", seq), func(t *testing.T) {
			t.Parallel()
			store, control := fresh(t), fresh(t)
			dsn := store.DSN()
			feed(t, postgres.NewLedgerFollower(store, "n1"), day[:seq], 100)
			open := query[int](t, dsn, `SELECT count(*) FROM open_subjects WHERE subject LIKE 'call:%' OR subject LIKE 'agent:%'`)[0]
			feed(t, postgres.NewLedgerFollower(store, "n2"), presumes(t, seq, seq), 1+i)

			presumed := query[int](t, dsn, `SELECT (SELECT count(*) FROM records.calls WHERE provisional) + (SELECT count(*) FROM records.agent_sessions WHERE provisional)`)[0]
			equal(t, "subjects presumed to have ended", presumed, open)
			if presumed < 6 {
				t.Errorf("only %d subjects were open", presumed)
			}
			equal(t, "calls and sessions still open", query[int](t, dsn,
				`SELECT (SELECT count(*) FROM records.calls WHERE NOT closed) + (SELECT count(*) FROM records.agent_sessions WHERE NOT closed)`)[0], 0)
			last := int64(0) // some are written after one that happened later
			for _, e := range day[:seq] {
				last = max(last, e.Stamp.At)
			}
			if late := query[int](t, dsn, `SELECT count(*) FROM records.calls WHERE provisional AND (NOT estimated AND outcome = 'abnormal' OR released_at > $1)`, last); late[0] != 0 {
				t.Errorf("%d calls are presumed to have ended after the node's last stamp, or not said to be estimated", late[0])
			}
			marked := query[int](t, dsn, `SELECT cardinality(marked) FROM records.presumed`)[0]
			if seq == cut+1 && marked == 0 {
				t.Error("no closed bucket was marked: calls of it are still open")
			}
			balanced(t, store, "while it is silent")

			feed(t, postgres.NewLedgerFollower(control, "n1"), day[:seq+1], 100)
			feed(t, postgres.NewLedgerFollower(store, "n1"), day[seq:seq+1], 1)
			same(t, "when it speaks again", balanced(t, store, "when it speaks again"), dump(t, control))
			feed(t, postgres.NewLedgerFollower(control, "n1"), day[seq+1:], 100)
			feed(t, postgres.NewLedgerFollower(store, "n1"), day[seq+1:], 100)
			same(t, "at the end", balanced(t, store, "at the end"), dump(t, control))
		})
	}
}

func same(t *testing.T, when, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s", when, firstDifference(got, want))
	}
}

// A node that has spoken since is not presumed gone, however late that is heard.
func TestANodeThatSpokeIsNotPresumedGone(t *testing.T) {
	t.Parallel()
	day := someDay(31)
	seq := len(day) / 2
	store, control := fresh(t), fresh(t)
	feed(t, postgres.NewLedgerFollower(store, "n1"), day[:seq+1], 100)
	feed(t, postgres.NewLedgerFollower(control, "n1"), day[:seq+1], 100)
	feed(t, postgres.NewLedgerFollower(store, "n2"), presumes(t, seq), 10)
	same(t, "one stamp later", balanced(t, store, "one stamp later"), dump(t, control))

	// … until it falls silent again.
	feed(t, postgres.NewLedgerFollower(store, "n2"), presumes(t, seq, seq+1), 10)
	equal(t, "open calls", query[int](t, store.DSN(), `SELECT count(*) FROM records.calls WHERE NOT closed`)[0], 0)
	balanced(t, store, "silent again")
}

// What is presumed is a law like any other: rows that say otherwise are named.
func TestCheckNamesWhatWasNotPresumed(t *testing.T) {
	t.Parallel()
	day := someDay(32)
	seq := len(day) / 2
	for name, spoil := range map[string]string{
		"calls ":          `UPDATE records.calls SET outcome = 'answered' WHERE provisional`,
		"agent_sessions ": `DELETE FROM records.agent_sessions WHERE provisional`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := fresh(t)
			feed(t, postgres.NewLedgerFollower(store, "n1"), day[:seq], 100)
			feed(t, postgres.NewLedgerFollower(store, "n2"), presumes(t, seq), 10)
			sql(t, store.DSN(), spoil)
			wants(t, store, name)
		})
	}
}

// The dialogs of calls that are only presumed to have ended still want a BYE:
// whoever presumed it may have died before saying it.
func TestPresumedCallsKeepTheirDialogs(t *testing.T) {
	t.Parallel()
	store, day := fresh(t), someDay(33)
	seq := len(day) / 2
	call := openCallOf(t, day[:seq])
	day[0].Sides = []ledger.Side{{Kind: ledger.Dialog, ID: string(call) + "/1", Org: org, Data: []byte(`{}`)}}
	feed(t, postgres.NewLedgerFollower(store, "n1"), day[:seq], 100)
	feed(t, postgres.NewLedgerFollower(store, "n2"), presumes(t, seq), 10)
	equal(t, "dialogs", len(must(store.OpenDialogs(t.Context(), "n1"))(t)), 1)
}

// openCallOf returns a call of the journal that is not released.
func openCallOf(t *testing.T, day []ledger.Entry) stamp.ID {
	t.Helper()
	open := map[stamp.ID]bool{}
	for _, e := range day {
		switch e.Stamp.Fact.(type) {
		case stamp.CallCreated:
			open[e.Stamp.Call] = true
		case stamp.CallReleased:
			delete(open, e.Stamp.Call)
		}
	}
	for id := range open {
		return id
	}
	t.Fatal("no call is open")
	return ""
}
