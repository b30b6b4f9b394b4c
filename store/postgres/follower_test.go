package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/postgres/storetest"
)

const hour = int64(3_600_000_000)

// someDay is a small day with late stamps and every kind of record.
func someDay(seed uint64) []ledger.Entry {
	return storetest.Day(storetest.Options{Seed: seed, Node: "n1", Org: org, Calls: 60, Span: hour, Late: true})
}

// feed gives entries to a follower in batches of size.
func feed(t testing.TB, f ledger.Follower, entries []ledger.Entry, size int) {
	t.Helper()
	for len(entries) > 0 {
		n := min(size, len(entries))
		ok(t, f.Apply(t.Context(), entries[:n]))
		entries = entries[n:]
	}
}

func TestFollowerKeepsEveryRecordOfADay(t *testing.T) {
	t.Parallel()
	store, day := fresh(t), someDay(1)
	f := postgres.NewLedgerFollower(store, "n1")
	feed(t, f, day, 100)
	equal(t, "position", must(f.Position(t.Context()))(t), uint64(len(day)))
	dsn := store.DSN()
	equal(t, "stamps", query[int](t, dsn, `SELECT count(*) FROM stamps`)[0], len(day))
	equal(t, "calls", query[int](t, dsn, `SELECT count(*) FROM records.calls WHERE closed`)[0], 60)
	for _, table := range postgres.RecordTables() {
		if query[int](t, dsn, `SELECT count(*) FROM records.`+table)[0] == 0 {
			t.Errorf("no row in %s", table)
		}
	}
	equal(t, "open subjects", query[int](t, dsn, `SELECT count(*) FROM open_subjects`)[0], 0)
	equal(t, "stale buckets", query[int](t, dsn, `SELECT count(*) FROM records.buckets WHERE stale OR closed_seq = 0 OR settled_seq = 0`)[0], 0)
}

// The same day, whatever the batches and however often the process dies in
// between, gives the same rows.
func TestBatchesAndRestartsChangeNothing(t *testing.T) {
	t.Parallel()
	day := someDay(2)
	dumps := map[string]string{}
	for _, size := range []int{1 << 20, 7, 512} {
		store := fresh(t)
		for done := 0; done < len(day); {
			f := postgres.NewLedgerFollower(store, "n1") // a new process
			n := min(len(day)-done, 5*size)
			feed(t, f, day[max(0, done-3):done+n], size) // three stamps come again
			done += n
		}
		dumps[fmt.Sprint(size)] = dump(t, store)
	}
	for size, got := range dumps {
		if got != dumps["512"] {
			t.Errorf("batches of %s: %s", size, firstDifference(got, dumps["512"]))
		}
	}
}

func TestFollowerRefuses(t *testing.T) {
	t.Parallel()
	day := someDay(3)
	forged := func(i int, change func(*ledger.Entry)) []ledger.Entry {
		entries := append([]ledger.Entry{}, day[:20]...)
		change(&entries[i])
		return entries
	}
	for _, row := range []struct {
		name    string
		entries []ledger.Entry
		want    string
	}{
		{"a gap", day[1:20], "stamp 2 after 0"},
		{"a broken chain", forged(5, func(e *ledger.Entry) { e.Hash[0]++ }), "stamp 6: the chain leads to hash"},
		{"other bytes", forged(5, func(e *ledger.Entry) { e.Bytes = day[6].Bytes }), "stamp 6: the chain leads to hash"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			store := fresh(t)
			f := postgres.NewLedgerFollower(store, "n1")
			err := f.Apply(t.Context(), row.entries)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%v, want %q", err, row.want)
			}
			equal(t, "stamps", query[int](t, store.DSN(), `SELECT count(*) FROM stamps`)[0], 0)
			feed(t, f, day[:20], 20) // the right ones are still welcome
		})
	}
}

// A store whose position was put back gets stamps that it has: the same bytes
// are welcome, others are named.
func TestStampsThatAreThereMustBeTheSame(t *testing.T) {
	t.Parallel()
	store, day := fresh(t), someDay(4)
	feed(t, postgres.NewLedgerFollower(store, "n1"), day[:50], 50)
	back := `UPDATE follower_positions SET seq = 0, hash = decode(repeat('00', 32), 'hex'), state_seq = 0, state = NULL`
	sql(t, store.DSN(), back)
	feed(t, postgres.NewLedgerFollower(store, "n1"), day[:60], 60)
	sql(t, store.DSN(), back)
	sql(t, store.DSN(), `UPDATE stamps SET bytes = bytes || ' '::bytea WHERE seq = 17`)
	err := postgres.NewLedgerFollower(store, "n1").Apply(t.Context(), day[:60])
	if err == nil || !strings.Contains(err.Error(), "stamp 17 of node n1 is stored as other bytes") {
		t.Errorf("other bytes: %v", err)
	}
}

func TestSideEntriesTravelWithTheirStamp(t *testing.T) {
	t.Parallel()
	store, day, ctx := fresh(t), someDay(5), t.Context()
	with := func(e ledger.Entry, sides ...ledger.Side) ledger.Entry {
		e.Sides = sides
		return e
	}
	var call stamp.ID
	var party string
	first := slices.IndexFunc(day, func(e ledger.Entry) bool {
		saved, is := e.Stamp.Fact.(stamp.NoteSaved)
		call = e.Stamp.Call
		return is && saved.Note == "note1"
	})
	for _, e := range day[:first] {
		if c, is := e.Stamp.Fact.(stamp.CallCreated); is && e.Stamp.Call == call {
			party = string(c.Party)
		}
	}
	// They stand before the stamp of another.
	day[0] = with(day[0],
		ledger.Side{Kind: ledger.Party, ID: party, Org: org, Data: []byte(`{"number":"+84900000007","name":"Trần"}`)},
		ledger.Side{Kind: ledger.Note, ID: "note1", Org: org, Data: []byte(`{"author":"an","body":"wants a call back"}`)},
		ledger.Side{Kind: ledger.Dialog, ID: string(call) + "/1", Org: org, Data: []byte(`{"call_id":"x"}`)})
	f := postgres.NewLedgerFollower(store, "n1")
	feed(t, f, day[:1], 100)
	dialogs := must(store.OpenDialogs(ctx, "n1"))(t)
	equal(t, "dialogs", len(dialogs), 1)
	equal(t, "dialog", string(dialogs[0].Data), `{"call_id":"x"}`)
	equal(t, "dialog's call", dialogs[0].Call, call)
	feed(t, f, day[1:first+1], 100)

	parties := must(store.Parties(ctx, []stamp.PartyID{stamp.PartyID(party)}))(t)
	equal(t, "number", parties[0].Number, "+84900000007")
	equal(t, "note", must(store.Notes(ctx, call))(t)[0].Body, "wants a call back")
	ok(t, store.Erase(ctx, stamp.PartyID(party)))
	feed(t, f, day[first+1:], 100)
	parties = must(store.Parties(ctx, []stamp.PartyID{stamp.PartyID(party)}))(t)
	if p := parties[0]; p.Number != "" || p.Name != "" || p.ErasedAt == nil {
		t.Errorf("erased party: %+v", p)
	}
	equal(t, "note after erasing", must(store.Notes(ctx, call))(t)[0].Body, "")
	equal(t, "dialogs after the release", len(must(store.OpenDialogs(ctx, "n1"))(t)), 0)
}

// dump prints all record tables, rows in a fixed order.
func dump(t testing.TB, store *postgres.Store) string {
	t.Helper()
	var all strings.Builder
	for _, table := range append(postgres.RecordTables(), "intervals", "buckets") {
		for _, row := range query[string](t, store.DSN(), `SELECT t::text FROM records.`+table+` t ORDER BY 1`) {
			fmt.Fprintf(&all, "%s %s\n", table, row)
		}
	}
	return all.String()
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d of %d and %d:\n%s\n%s", i, len(x), len(y), x[i], y[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(x), len(y))
}
