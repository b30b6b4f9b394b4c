package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres/storetest"
)

// entered = Σ exits + waiting, of a day that is over and of one that is not,
// and for each queue.
func TestLedgerBalances(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]storetest.Options{"over": {Seed: 6, Late: true}, "still on": {Seed: 7, StillOn: true, Late: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLibrary(t, o)
			open := map[stamp.Subject]bool{}
			for _, e := range l.day {
				switch e.Stamp.Fact.(type) {
				case stamp.CallCreated:
					open[e.Stamp.Subject] = true
				case stamp.CallClosed:
					delete(open, e.Stamp.Subject)
				}
			}
			r := l.report(whole("none", ""))
			b := r.Ledger
			left := int64(0)
			for _, n := range b.Exits {
				left += int64(n)
			}
			if !b.Balanced || b.Gap != "" || b.Entered != left+b.Waiting || b.Entered == 0 || b.Open != int64(len(open)) {
				t.Errorf("%+v, %d calls are open", b, len(open))
			}
			if (b.Open == 0) == o.StillOn {
				t.Errorf("%d open calls: the day proves nothing", b.Open)
			}
			byQueue := int64(0)
			for _, row := range l.report(whole("queue", "")).Rows {
				q := l.report(whole("queue", row.Key)).Ledger
				if !q.Balanced {
					t.Errorf("queue %s: %+v", row.Key, q)
				}
				byQueue += q.Entered
			}
			if byQueue != b.Entered {
				t.Errorf("the queues entered %d, the whole %d", byQueue, b.Entered)
			}
		})
	}
}

// What is missing, or was counted otherwise, is said.
func TestLedgerShowsItsGap(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, storetest.Options{Seed: 8})
	l.spoil(`UPDATE records.intervals SET folded = folded - 1 WHERE metric = 'queue.exit.connected' AND basis = 'cohort'`)
	if b := l.report(whole("none", "")).Ledger; b.Balanced || !strings.Contains(b.Gap, "not 0") {
		t.Errorf("an exit is missing: %+v", b)
	}
	l.spoil(`UPDATE records.intervals SET folded = folded + 1 WHERE metric = 'queue.exit.connected' AND basis = 'cohort'`)
	bucket := stamp.BucketAt(storetest.Start)
	rows := []kpi.Interval{{Key: kpi.Key{
		Node: nodeOne, Org: acme, Bucket: bucket, Dim: kpi.Dim{Kind: kpi.DimOrg, ID: string(acme)}, Basis: kpi.Event, Metric: kpi.MInCalls,
	}, Value: 1000}}
	cut := l.cutOf(bucket)
	if err := l.store.StoreRolled(t.Context(), nodeOne, bucket, kpi.Event, cut, rows); err != nil {
		t.Fatal(err)
	}
	if b := l.report(whole("none", "")).Ledger; b.Balanced || !strings.Contains(b.Gap, "differ") {
		t.Errorf("counted otherwise: %+v", b)
	}
	if _, equal, known, err := l.store.Reader().Balance(t.Context()); err != nil || !known || equal {
		t.Errorf("the last bucket: equal %v, known %v, %v", equal, known, err)
	}
}

// Every call of a day is shown with its stamps, and its lines add up to it.
func TestCallDetail(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, storetest.Options{Seed: 9})
	list, err := l.reports.Calls(t.Context(), whole("none", ""))
	if err != nil || len(list) != dayCalls {
		t.Fatalf("%d calls, %v", len(list), err)
	}
	if !slices.IsSortedFunc(list, func(a, b wire.CallRow) int { return int(b.Created - a.Created) }) {
		t.Error("the newest call is not first")
	}
	sources, lines := map[string]bool{}, 0
	for _, shown := range list {
		d, err := l.reports.Call(t.Context(), shown.ID)
		if err != nil {
			t.Fatal(err)
		}
		last := d.Stamps[len(d.Stamps)-1]
		if !d.Sealed || d.Hash != last.Hash || last.Kind != "call.closed" || d.Created != d.Stamps[0].At {
			t.Errorf("%s: sealed %v, hash %s, last %+v", d.ID, d.Sealed, d.Hash, last)
		}
		us := map[string]int64{}
		for _, m := range d.Measures {
			us[m.KPI] += m.US
			if from, to := d.Stamps[m.FromN-1], d.Stamps[m.ToN-1]; to.At-from.At != m.US {
				t.Errorf("%s: %s from %d to %d is %d", d.ID, m.KPI, m.FromN, m.ToN, m.US)
			}
			lines++
		}
		if us["c.talk"] != d.TalkUS || us["c.hold"] != d.HoldUS || us["c.wrap"] != d.WrapUS || us["in.wait"]+us["in.abandon_wait"] > d.WaitUS {
			t.Errorf("%s: lines %v, the call %+v", d.ID, us, d.CallRow)
		}
		at := d.Created
		for _, b := range d.Bands {
			if b.From != at || b.To <= b.From {
				t.Errorf("%s: band %+v does not begin at %d", d.ID, b, at)
			}
			at = b.To
		}
		for _, s := range d.Stamps {
			sources[s.From] = true
		}
		for _, g := range d.Segments {
			if g.Name != "name of "+g.Agent {
				t.Errorf("%s: segment %+v", d.ID, g)
			}
		}
	}
	for _, from := range []string{fromSIP, fromRTP, fromIVR, fromACD, fromWeb, fromSystem} {
		if !sources[from] {
			t.Errorf("no stamp is from %s", from)
		}
	}
	if lines < dayCalls {
		t.Errorf("only %d lines", lines)
	}
}

// A changed stamp breaks the seal of its call and of no other before it.
func TestSealBreaks(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, storetest.Options{Seed: 10})
	list, err := l.reports.Calls(t.Context(), whole("none", ""))
	if err != nil {
		t.Fatal(err)
	}
	id := list[0].ID
	l.spoil(`UPDATE stamps SET hash = decode(repeat('00', 32), 'hex') WHERE call_id = '` + id + `' AND subject = 'call:` + id + `' AND n = 2`)
	if d, err := l.reports.Call(t.Context(), id); err != nil || d.Sealed || d.Hash != "" {
		t.Errorf("still sealed: %v, %v", d.Sealed, err)
	}
}

// cutOf is the stamp that closed the bucket.
func (l *library) cutOf(b stamp.Bucket) (seq uint64) {
	l.Helper()
	conn, err := pgx.Connect(l.Context(), l.dsn)
	if err != nil {
		l.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.QueryRow(l.Context(), `SELECT closed_seq FROM records.buckets WHERE bucket = $1`, int64(b)).Scan(&seq); err != nil {
		l.Fatal(err)
	}
	return seq
}
