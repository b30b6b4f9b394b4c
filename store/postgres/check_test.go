package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/postgres/storetest"
)

// booked returns a store with a day in it, and what the live store would have
// rolled of it.
func booked(t testing.TB, day []ledger.Entry) *postgres.Store {
	t.Helper()
	store := fresh(t)
	feed(t, postgres.NewLedgerFollower(store, "n1"), day, 500)
	live, sums := kpi.NewLive(), map[kpi.Key]int64{}
	for _, e := range day {
		pulse := must(live.Apply(e.Stamp))(t)
		for _, d := range pulse.Deltas {
			sums[d.Key] += d.Add
		}
		if pulse.Closed != nil {
			roll(t, store, sums, *pulse.Closed, kpi.Event, e.Seq)
		}
		if pulse.Settled != nil {
			roll(t, store, sums, *pulse.Settled, kpi.Cohort, e.Seq)
		}
	}
	return store
}

func roll(t testing.TB, store *postgres.Store, sums map[kpi.Key]int64, b stamp.Bucket, basis kpi.Basis, seq uint64) {
	t.Helper()
	var rows []kpi.Interval
	for k, v := range sums {
		if k.Bucket == b && k.Basis == basis && v != 0 {
			rows = append(rows, kpi.Interval{Key: k, Value: v})
		}
	}
	ok(t, store.StoreRolled(t.Context(), "n1", b, basis, seq, rows))
}

// The wall clock is set forward and back in the middle of calls: quarter hours
// are leapt over, or come again and are closed again, and everything balances.
func TestBooksBalanceWhereTheClockSteps(t *testing.T) {
	t.Parallel()
	const minute = hour / 60
	for name, steps := range map[string][]storetest.Step{
		"forward":    {{At: 22 * minute, US: hour}},
		"back":       {{At: 47 * minute, US: -40 * minute}},
		"to and fro": {{At: 20 * minute, US: hour}, {At: 41 * minute, US: -hour}, {At: 50 * minute, US: -20 * minute}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			day := storetest.Day(storetest.Options{Seed: 5, Node: "n1", Org: org, Calls: 80, Span: hour, Late: true, Steps: steps})
			store := booked(t, day)
			report := must(store.Check(t.Context()))(t)
			if !report.Balanced || report.Calls < 40 {
				t.Errorf("%d calls, %d violations, %d differences: %.3v %.3v", report.Calls,
					len(report.Violations), len(report.Differences), report.Violations, report.Differences)
			}
			if left := must(store.UnsettledBuckets(t.Context(), "n1"))(t); len(left) > 0 {
				t.Errorf("not settled: %v", left)
			}
		})
	}
}

func TestBooksBalance(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			day := storetest.Day(storetest.Options{
				Seed: seed, Node: "n1", Org: org, Calls: 80, Span: hour, Late: seed%2 == 0, StillOn: seed > 1,
			})
			report := must(booked(t, day).Check(t.Context()))(t)
			if !report.Balanced || report.Calls < 40 {
				t.Errorf("%d calls, %d violations, %d differences: %.3v %.3v", report.Calls,
					len(report.Violations), len(report.Differences), report.Violations, report.Differences)
			}
			rows := query[int](t, booked(t, day).DSN(), `SELECT count(*) FROM records.intervals WHERE rolled = cut AND folded IS NOT NULL`)
			if rows[0] < 100 {
				t.Errorf("only %d figures were compared", rows[0])
			}
		})
	}
}

// Each row of each table counts: one that is lost, doubled or shifted by 100 ms
// is named.
func TestCheckNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	day := someDay(20)
	shifts := map[string]string{
		"calls": "released_at", "legs": "ended_at", "entries": "exited_at", "offers": "created_at", "segments": "connected_at",
		"survey_runs": "due_at", "survey_answers": "asked_at", "dial_attempts": "invited_at", "agent_sessions": "logout_at", "agent_intervals": `"to"`,
	}
	const one = ` WHERE %[1]s_2026_11.ctid = (SELECT min(ctid) FROM records.%[1]s_2026_11)`
	for _, table := range postgres.RecordTables() {
		for name, spoil := range map[string]string{
			"lost": `DELETE FROM records.%[1]s_2026_11` + one,
			"doubled": `INSERT INTO records.%[1]s SELECT p.* FROM records.%[1]s_2026_11, LATERAL
			            jsonb_populate_record(NULL::records.%[1]s, to_jsonb(%[1]s_2026_11) || '{"month": "2026-12-01"}') p` + one,
			"shifted": `UPDATE records.%[1]s_2026_11 SET %[2]s = %[2]s + 100000` + one,
		} {
			t.Run(table+" "+name, func(t *testing.T) {
				t.Parallel()
				store := booked(t, day)
				sql(t, store.DSN(), `SELECT ensure_month('records', '2026-12-01')`)
				sql(t, store.DSN(), fmt.Sprintf(spoil, table, shifts[table]))
				wants(t, store, table+" ")
			})
		}
	}
}

func TestCheckNamesWhatIsWrongBesides(t *testing.T) {
	t.Parallel()
	day := someDay(21)
	for name, row := range map[string]struct{ spoil, want string }{
		"a stamp is lost":       {`DELETE FROM stamps WHERE seq = 100`, "stamp n1/101"},
		"the last stamp":        {`DELETE FROM stamps WHERE seq = (SELECT max(seq) FROM stamps)`, "the stamps end at"},
		"a stamp is changed":    {`UPDATE stamps SET bytes = replace(bytes::text, '7b22', '7b2022')::bytea WHERE seq = 100`, "stamp n1/100"},
		"a stamp is shifted":    {`UPDATE stamps SET at = at + interval '100 ms' WHERE seq = 100`, "stamp n1/100"},
		"a stamp is misfiled":   {`UPDATE stamps SET kind = 'call.closed' WHERE seq = 100`, "stamp n1/100"},
		"a stamp is none":       {`UPDATE stamps SET bytes = 'none' WHERE seq = 100`, "decode stamp"},
		"two change places":     {`UPDATE stamps s SET bytes = o.bytes FROM stamps o WHERE s.seq + o.seq = 201 AND s.seq IN (100, 101)`, "its bytes say 101"},
		"a zero of nothing":     {`UPDATE records.intervals SET metric = 'in.nothing', folded = 0 WHERE metric = 'in.offered' AND dim_kind = 'queue'`, "it should be absent"},
		"a bucket is lost":      {`DELETE FROM records.buckets WHERE bucket = (SELECT min(bucket) FROM records.buckets)`, "bucket 2026-11-"},
		"a bucket is shifted":   {`UPDATE records.buckets SET bucket = bucket + 100000 WHERE bucket = (SELECT min(bucket) FROM records.buckets)`, "bucket 2026-11-"},
		"a bucket's cut":        {`UPDATE records.buckets SET closed_seq = closed_seq + 1 WHERE bucket = (SELECT min(bucket) FROM records.buckets)`, "bucket 2026-11-"},
		"a figure":              {`UPDATE records.intervals SET folded = folded + 1 WHERE metric = 'in.offered' AND dim_kind = 'queue'`, "in.offered of queue support"},
		"a figure that is lost": {`DELETE FROM records.intervals WHERE metric = 'in.offered' AND dim_kind = 'queue'`, "in.offered of queue support"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := booked(t, day)
			sql(t, store.DSN(), row.spoil)
			wants(t, store, row.want)
		})
	}
}

func TestCheckComparesRolledAndFolded(t *testing.T) {
	t.Parallel()
	store := booked(t, someDay(22))
	sql(t, store.DSN(), `UPDATE records.intervals SET rolled = rolled + 1 WHERE metric = 'in.offered' AND dim_kind = 'queue' AND basis = 'event'`)
	report := must(store.Check(t.Context()))(t)
	if report.Balanced || len(report.Violations) > 0 || len(report.Differences) == 0 {
		t.Fatalf("%+v", report)
	}
	for _, d := range report.Differences {
		if d.Metric != "in.offered" || d.Rolled != d.Folded+1 {
			t.Errorf("%+v", d)
		}
	}
}

func wants(t *testing.T, store *postgres.Store, want string) {
	t.Helper()
	report := must(store.Check(t.Context()))(t)
	for _, v := range report.Violations {
		if strings.Contains(v.Row+" "+v.Text, want) {
			return
		}
	}
	t.Errorf("balanced %v; nothing names %q: %.5v", report.Balanced, want, report.Violations)
}

func TestRebuildIsTheSameToTheByte(t *testing.T) {
	t.Parallel()
	for _, stillOn := range []bool{false, true} {
		day := storetest.Day(storetest.Options{Seed: 23, Node: "n1", Org: org, Calls: 80, Span: hour, Late: true, StillOn: stillOn})
		store := booked(t, day[:len(day)-200])
		// Figures are refreshed at cuts only; begin where none is behind.
		before := dump(t, store)
		ok(t, store.Rebuild(t.Context()))
		after := dump(t, store)
		if before != after {
			t.Errorf("still on %v: %s", stillOn, firstDifference(before, after))
		}
		sql(t, store.DSN(), `DELETE FROM records.calls; UPDATE records.segments SET talk_us = 0; DELETE FROM records.buckets`)
		ok(t, store.Rebuild(t.Context()))
		if again := dump(t, store); again != before {
			t.Errorf("after losing rows: %s", firstDifference(before, again))
		}
		// The follower goes on where it was.
		feed(t, postgres.NewLedgerFollower(store, "n1"), day, 500)
		if report := must(store.Check(t.Context()))(t); len(report.Violations) > 0 {
			t.Errorf("after going on: %.3v", report.Violations)
		}
	}
}
