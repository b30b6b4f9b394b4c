package postgres_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/postgres/storetest"
)

func busyDay(seed uint64, stillOn bool) []ledger.Entry {
	return storetest.Day(storetest.Options{Seed: seed, Node: "n1", Org: org, Calls: 80, Span: hour, Late: true, StillOn: stillOn})
}

func wholeDay(dim kpi.Dim, perBucket bool) postgres.Selection {
	return postgres.Selection{
		From: stamp.BucketAt(storetest.Start), Until: stamp.BucketAt(storetest.Start + 24*hour), Dim: dim, PerBucket: perBucket,
	}
}

// However it is divided, a report adds up to what the live way counts, also in
// the middle of a bucket, where closed buckets have changed since their cut.
func TestReportAddsUp(t *testing.T) {
	t.Parallel()
	for _, stillOn := range []bool{false, true} {
		day := busyDay(30, stillOn)
		reader := booked(t, day).Reader()
		want := liveFigures(t, day)
		for _, perBucket := range []bool{false, true} {
			account := must(reader.Account(t.Context(), wholeDay(kpi.Dim{Kind: kpi.DimQueue}, perBucket)))(t)
			sum := kpi.Figures{}
			for _, row := range account.Rows {
				if !strings.HasSuffix(string(row.Metric), "_us") { // the live way counts open time at the cuts only
					sum[row.Metric] += row.Value
				}
			}
			if !reflect.DeepEqual(sum, want) {
				t.Errorf("still on %v, per bucket %v: %v, want %v", stillOn, perBucket, sum, want)
			}
			equal(t, "age", account.AsOf, day[len(day)-1].Stamp.At)
			equal(t, "figures unlike", account.Unlike, 0)
		}
	}
}

func liveFigures(t *testing.T, day []ledger.Entry) kpi.Figures {
	t.Helper()
	live, figures := kpi.NewLive(), kpi.Figures{}
	for _, e := range day {
		for _, d := range must(live.Apply(e.Stamp))(t).Deltas {
			if d.Dim.Kind == kpi.DimQueue && d.Basis == kpi.Event && !strings.HasSuffix(string(d.Metric), "_us") {
				figures[d.Metric] += d.Add
			}
		}
	}
	return figures
}

// For every KPI of the catalogue the calls behind it add up to its numerator.
func TestCallsBehindAddUpToTheFigure(t *testing.T) {
	t.Parallel()
	reader := booked(t, busyDay(32, false)).Reader()
	all := wholeDay(kpi.Dim{Kind: kpi.DimOrg}, false)
	account := must(reader.Account(t.Context(), all))(t)
	figures := kpi.Gather(account.Total, kpi.Dim{Kind: kpi.DimOrg, ID: string(org)}, kpi.Event)
	shown := 0
	for _, def := range kpi.Catalogue() {
		filter, _ := kpi.Behind(def.ID)
		if filter.At == "" {
			continue // of the live wall
		}
		var fields []string
		if filter.Sum != "" {
			fields = []string{filter.Sum}
		}
		var sum int64
		for _, share := range must(reader.Behind(t.Context(), filter, fields, all, 1000))(t) {
			sum += share.Value
		}
		if value := kpi.Evaluate(def, figures); value.Num != 0 {
			shown++
			if sum != value.Num && def.Unit != kpi.Seconds {
				t.Errorf("%s: the calls behind come to %d, the figure's numerator is %d", def.ID, sum, value.Num)
			}
		}
	}
	if shown < 15 {
		t.Errorf("only %d figures", shown)
	}
}

func TestCallsBehindTakesNoForeignName(t *testing.T) {
	t.Parallel()
	reader := fresh(t).Reader()
	for name, filter := range map[string]kpi.Filter{
		"field": {Record: kpi.OfCalls, At: `arrived_at" = 0 OR "closed`},
		"where": {Record: kpi.OfCalls, At: "arrived_at", Where: []kpi.Cond{{Field: "1=1 --", Op: kpi.OpEq, Value: "x"}}},
		"op":    {Record: kpi.OfCalls, At: "arrived_at", Where: []kpi.Cond{{Field: "queue", Op: "OR", Value: "x"}}},
	} {
		if _, err := reader.Behind(t.Context(), filter, nil, wholeDay(kpi.Dim{}, false), 1); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := reader.Behind(t.Context(), kpi.Filter{Record: kpi.OfCalls, At: "arrived_at"}, []string{"password_hash"}, wholeDay(kpi.Dim{}, false), 1); err == nil {
		t.Error("a foreign sum was taken")
	}
}

func TestCallWithItsStamps(t *testing.T) {
	t.Parallel()
	day := busyDay(33, false)
	store := booked(t, day)
	reader := store.Reader()
	recent := must(reader.Arrived(t.Context(), wholeDay(kpi.Dim{}, false), 5))(t)
	equal(t, "recent calls", len(recent), 5)
	file := must(reader.Call(t.Context(), recent[0]))(t)
	var want []postgres.SealedStamp
	for _, e := range day {
		if e.Stamp.Call == recent[0] {
			want = append(want, postgres.SealedStamp{Stamp: e.Stamp, Hash: e.Hash})
		}
	}
	if !reflect.DeepEqual(file.Stamps, want) || !file.Sealed {
		t.Errorf("sealed %v, stamps %+v, want %+v", file.Sealed, file.Stamps, want)
	}
	equal(t, "legs", len(file.Legs), file.Calls[0].LegCount)
	sql(t, store.DSN(), `UPDATE stamps SET bytes = replace(bytes::text, '7b22', '7b2022')::bytea WHERE seq = $1`, want[0].Seq)
	if must(reader.Call(t.Context(), recent[0]))(t).Sealed {
		t.Error("a changed stamp is sealed")
	}
	if _, err := reader.Call(t.Context(), "0"); !errors.Is(err, postgres.ErrNotFound) {
		t.Errorf("unknown call: %v", err)
	}
	for _, narrow := range []kpi.Dim{{Kind: kpi.DimQueue, ID: "no"}, {Kind: kpi.DimAgent, ID: "no"}, {Kind: kpi.DimCampaign, ID: "no"}} {
		equal(t, fmt.Sprintf("calls of %v", narrow), len(must(reader.Arrived(t.Context(), wholeDay(narrow, false), 5))(t)), 0)
	}
}

// Recovery finds every stamp of what is open, and nothing else.
func TestOpenStampsAreThoseOfOpenSubjects(t *testing.T) {
	t.Parallel()
	day := busyDay(34, true)
	store := booked(t, day)
	over := map[stamp.Subject]bool{}
	for _, e := range day {
		switch e.Stamp.Fact.(type) {
		case stamp.CallClosed, stamp.AgentLogout:
			over[e.Stamp.Subject] = true
		}
	}
	var want []uint64
	for _, e := range day {
		if !over[e.Stamp.Subject] && e.Stamp.Subject.Kind != stamp.SubjectNode {
			want = append(want, e.Seq)
		}
	}
	var got []uint64
	for _, s := range must(store.OpenStamps(t.Context(), "n1"))(t) {
		got = append(got, s.Seq)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("stamps %v, want %v", got, want)
	}
}

func TestPendingWork(t *testing.T) {
	t.Parallel()
	store := booked(t, busyDay(35, true))
	pending := 0
	for i := range 5 {
		for _, g := range must(store.PendingWork(t.Context(), stamp.AgentID(fmt.Sprintf("agent%d", i))))(t) {
			if pending++; g.Closed || g.EndedAt == 0 || g.WrapEndedAt != 0 && g.Disposition != "" {
				t.Errorf("not pending: %+v", g)
			}
		}
	}
	want := query[int](t, store.DSN(), `SELECT count(*) FROM records.segments WHERE NOT closed AND ended_at > 0 AND connected_at > 0`)[0]
	if pending != want || want == 0 {
		t.Errorf("%d pending segments, want %d", pending, want)
	}
}

func TestLastBucketBalances(t *testing.T) {
	t.Parallel()
	store := booked(t, busyDay(36, true))
	bucket, same, known, err := store.Reader().Balance(t.Context())
	ok(t, err)
	if !known || !same {
		t.Errorf("bucket %s: known %v, equal %v", bucket.Time(), known, same)
	}
	sql(t, store.DSN(), `UPDATE records.intervals SET rolled = rolled + 1 WHERE bucket = $1 AND basis = 'event'`, int64(bucket))
	_, same, _, err = store.Reader().Balance(t.Context())
	ok(t, err)
	equal(t, "equal after a row was changed", same, false)
}
