package main

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/postgres/storetest"
)

const (
	acme     stamp.OrgID  = "acme"
	nodeOne  stamp.NodeID = "n1"
	oneHour  int64        = 3_600_000_000
	dayCalls              = 300
)

// titled gives every id the name "name of it".
type titled struct{}

func (titled) Queue(id stamp.QueueID) string       { return "name of " + string(id) }
func (titled) Agent(id stamp.AgentID) string       { return "name of " + string(id) }
func (titled) Campaign(id stamp.CampaignID) string { return "name of " + string(id) }

// library is a database with one day in it.
type library struct {
	*testing.T
	store   *postgres.Store
	dsn     string
	reports *reports
	day     []ledger.Entry
	rest    []ledger.Entry // of a day that is still on
}

func newLibrary(t *testing.T, o storetest.Options) *library {
	t.Helper()
	dsn := private.TestPostgresFrom(t, "callstamp", func(ctx context.Context, dsn string) error {
		db, err := postgres.Open(ctx, dsn)
		if err != nil {
			return err
		}
		defer db.Close()
		return db.Migrate(ctx)
	})
	db, err := postgres.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	on := o.StillOn
	o.Node, o.Org, o.Calls, o.Span, o.StillOn = nodeOne, acme, dayCalls, 2*oneHour, false
	l := &library{T: t, store: db.For(acme), dsn: dsn, day: storetest.Day(o)}
	if on {
		n := len(l.middle())
		l.day, l.rest = l.day[:n], l.day[n:]
	}
	l.reports = &reports{records: l.store.Reader(), names: titled{}}
	l.feed(l.day)
	return l
}

// middle is the day up to a moment at which calls wait and a closed bucket is
// not settled: its figures have changed since its cut.
func (l *library) middle() []ledger.Entry {
	l.Helper()
	live, middle := kpi.NewLive(), 0
	for i, e := range l.day {
		if _, settled := e.Stamp.Fact.(stamp.BucketSettled); settled && i > middle {
			for _, c := range live.Now().Calls {
				if c.WaitingSince != 0 {
					middle = i
				}
			}
		}
		if _, err := live.Apply(e.Stamp); err != nil {
			l.Fatal(err)
		}
	}
	if middle < len(l.day)/4 {
		l.Fatalf("no call waits while a bucket is about to settle, but at %d of %d", middle, len(l.day))
	}
	return l.day[:middle]
}

func (l *library) feed(entries []ledger.Entry) {
	l.Helper()
	f := postgres.NewLedgerFollower(l.store, nodeOne)
	for part := range slices.Chunk(entries, 500) {
		if err := f.Apply(l.Context(), part); err != nil {
			l.Fatal(err)
		}
	}
}

// spoil changes a row behind the reports' back.
func (l *library) spoil(sql string) {
	l.Helper()
	conn, err := pgx.Connect(l.Context(), l.dsn)
	if err != nil {
		l.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if tag, err := conn.Exec(l.Context(), sql); err != nil || tag.RowsAffected() == 0 {
		l.Fatalf("%s: %v, %d rows", sql, err, tag.RowsAffected())
	}
}

// whole is a query about the whole day.
func whole(group, key string) api.Query {
	return api.Query{
		From: time.UnixMicro(storetest.Start), To: time.UnixMicro(storetest.Start + 24*oneHour),
		Zone: "Asia/Ho_Chi_Minh", Group: group, Key: key, Limit: 500,
	}
}

func (l *library) report(q api.Query) wire.Report {
	l.Helper()
	r, err := l.reports.Report(l.Context(), q)
	if err != nil {
		l.Fatal(err)
	}
	return r
}

// counted is what kpi.Live makes of the day: another way to the same numbers.
func (l *library) counted(d kpi.Dim) kpi.Figures {
	l.Helper()
	live, sums := kpi.NewLive(), kpi.Figures{}
	for _, e := range l.day {
		pulse, err := live.Apply(e.Stamp)
		if err != nil {
			l.Fatal(err)
		}
		for _, delta := range pulse.Deltas {
			if delta.Dim == d && delta.Basis == kpi.Event {
				sums[delta.Metric] += delta.Add
			}
		}
	}
	return sums
}

// What a report prints is what was counted live, for every KPI, the whole and
// each group.
func TestReportIsWhatWasCounted(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]storetest.Options{
		"a day that is over": {Seed: 1, Late: true}, "in the middle of a day": {Seed: 2, StillOn: true, Late: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLibrary(t, o)
			same := func(what string, got []wire.Figure, d kpi.Dim) {
				t.Helper()
				f := l.counted(d)
				for _, figure := range got {
					def, _ := kpi.Find(figure.KPI)
					if o.StillOn && slices.Contains([]string{"c.talk", "c.hold", "c.wrap"}, figure.KPI) {
						continue // Live credits what goes on at the cut only
					}
					want := kpi.Evaluate(def, f)
					if figure.Num != want.Num || figure.Den != want.Den || !equalValue(figure.Value, want.Value) {
						t.Errorf("%s %s: %+v, counted %+v", what, figure.KPI, figure, want)
					}
				}
			}
			r := l.report(whole("none", ""))
			if len(r.Total) < 20 || len(r.Rows) != 0 {
				t.Errorf("%d figures, %d rows", len(r.Total), len(r.Rows))
			}
			same("whole", r.Total, kpi.Dim{Kind: kpi.DimOrg, ID: string(acme)})
			if last := l.day[len(l.day)-1].Stamp.At; r.AsOf != last {
				t.Errorf("as of %d, the last stamp is of %d", r.AsOf, last)
			}
			for _, group := range []string{"queue", "agent", "campaign"} {
				rows := l.report(whole(group, "")).Rows
				if len(rows) == 0 {
					t.Errorf("no %s", group)
				}
				for _, row := range rows {
					d := kpi.Dim{Kind: kpi.DimKind(group), ID: row.Key}
					same(group+" "+row.Key, row.Figures, d)
					one := l.report(whole(group, row.Key))
					if len(one.Rows) != 1 || row.Name != "name of "+row.Key {
						t.Errorf("%s %s: %d rows, named %s", group, row.Key, len(one.Rows), row.Name)
					}
					same("total of "+row.Key, one.Total, d)
				}
			}
		})
	}
}

func equalValue(a, b *float64) bool { return a == b || a != nil && b != nil && *a == *b }

// The rows of hours, quarter hours and days add up to the total, and each is
// there though nothing happened in it.
func TestRowsOfTimeAddUp(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, storetest.Options{Seed: 3, StillOn: true})
	for group, rows := range map[string]int{"interval": 96, "hour": 24, "day": 2} { // the day begins at noon in Saigon
		r := l.report(whole(group, ""))
		if len(r.Rows) != rows {
			t.Errorf("%d rows by %s, want %d", len(r.Rows), group, rows)
		}
		for i, total := range r.Total {
			sum := wire.Figure{}
			for _, row := range r.Rows {
				sum.Num += row.Figures[i].Num
				sum.Den += row.Figures[i].Den
			}
			if sum.Num != total.Num || sum.Den != total.Den {
				t.Errorf("%s by %s: Σ %d ÷ %d, total %d ÷ %d", total.KPI, group, sum.Num, sum.Den, total.Num, total.Den)
			}
		}
		keys := slices.SortedFunc(slices.Values(r.Rows), func(a, b wire.ReportRow) int { return cmp.Compare(a.Key, b.Key) })
		one := l.report(whole(group, keys[0].Key))
		if len(one.Rows) != 1 || one.Rows[0].Key != keys[0].Key {
			t.Errorf("one %s: %d rows", group, len(one.Rows))
		}
	}
}

// The parts of the calls behind a number add up to it, whole and by group.
func TestCallsBehindAddUp(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, storetest.Options{Seed: 4, Late: true})
	queries := []api.Query{whole("none", "")}
	for _, group := range []string{"queue", "agent", "campaign", "day"} {
		for _, row := range l.report(whole(group, "")).Rows {
			queries = append(queries, whole(group, row.Key))
		}
	}
	proved := 0
	for _, q := range queries {
		for _, figure := range l.report(q).Total {
			rows, err := l.reports.Behind(t.Context(), figure.KPI, q)
			if err != nil {
				t.Fatalf("%s by %s: %v", figure.KPI, q.Group, err)
			}
			sum := 0.0
			for _, row := range rows {
				sum += *row.Value
			}
			if def, _ := kpi.Find(figure.KPI); timed(def) {
				sum *= 1e6
			}
			if math.Abs(sum-float64(figure.Num)) > 0.5 {
				t.Errorf("%s, %s %s: %d calls add up to %.0f, the number is %d", figure.KPI, q.Group, q.Key, len(rows), sum, figure.Num)
			}
			proved += len(rows)
		}
	}
	if proved < 500 {
		t.Errorf("only %d calls were added up", proved)
	}
}

func TestBehindRefuses(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, storetest.Options{Seed: 5})
	for name, ask := range map[string]func() error{
		"a KPI that is not there":   func() error { _, err := l.reports.Behind(t.Context(), "in.nothing", whole("none", "")); return err },
		"a group it is not kept by": func() error { _, err := l.reports.Behind(t.Context(), "out.attempts", whole("queue", "q")); return err },
		"a report of it": func() error {
			q := whole("none", "")
			q.IDs = []string{"in.nothing"}
			_, err := l.reports.Report(t.Context(), q)
			return err
		},
		"no instant": func() error { _, err := l.reports.Report(t.Context(), whole("hour", "noon")); return err },
		"a call":     func() error { _, err := l.reports.Call(t.Context(), "nobody"); return err },
	} {
		if err := ask(); err == nil || !strings.HasPrefix(err.Error(), "There is no ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The calls that wait now stand behind the longest wait.
func TestBehindTheWallsOwnNumber(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, storetest.Options{Seed: 2, StillOn: true})
	rows, err := l.reports.Behind(t.Context(), "in.longest_waiting_now", whole("none", ""))
	if err != nil {
		t.Fatal(err)
	}
	live := kpi.NewLive()
	for _, e := range l.day {
		if _, err := live.Apply(e.Stamp); err != nil {
			t.Fatal(err)
		}
	}
	waiting := 0
	for _, c := range live.Now().Calls {
		if c.WaitingSince != 0 {
			waiting++
		}
	}
	if len(rows) != waiting {
		t.Errorf("%d calls, %d wait", len(rows), waiting)
	}
}

// Talk that goes on counts up to the last stamp, not to the end of its bucket.
func TestTalkThatGoesOn(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, storetest.Options{Seed: 11, StillOn: true})
	r := l.report(whole("none", ""))
	calls, err := l.reports.Calls(t.Context(), whole("none", ""))
	if err != nil {
		t.Fatal(err)
	}
	us, goingOn := map[string]int64{}, 0
	for _, c := range calls {
		for _, b := range c.Bands {
			if b.To == 0 {
				b.To = r.AsOf
				goingOn++
			}
			us[b.Phase] += b.To - b.From
		}
	}
	for _, figure := range r.Total {
		phase := map[string]string{"c.talk": stamp.PhaseTalking, "c.hold": stamp.PhaseHeld}[figure.KPI]
		if phase != "" && figure.Num != us[phase] {
			t.Errorf("%s is %d, the calls' bands say %d", figure.KPI, figure.Num, us[phase])
		}
	}
	if goingOn == 0 {
		t.Error("nothing goes on: the day proves nothing")
	}
}
