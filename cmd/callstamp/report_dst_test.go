package main

import (
	"slices"
	"testing"
	"time"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/store/postgres/storetest"
)

// A local day with a change of the clocks in it has 23 or 25 hours, each with
// its own row, an hour that comes twice too; they add up to the day, and the
// day to what was counted.
func TestDaysOf23And25Hours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone, day   string
		change      string // when the clocks change
		hours       int
		name        string // of the hour after it
		twice, none string // hours that come twice, and not at all
	}{
		{"America/New_York", "2026-11-01", "2026-11-01T06:00:00Z", 25, "2026-11-01 01:00", "2026-11-01 01:00", ""},
		{"Europe/Berlin", "2026-10-25", "2026-10-25T01:00:00Z", 25, "2026-10-25 02:00", "2026-10-25 02:00", ""},
		{"Europe/Berlin", "2026-03-29", "2026-03-29T01:00:00Z", 23, "2026-03-29 03:00", "", "2026-03-29 02:00"},
		{"Australia/Lord_Howe", "2026-04-05", "2026-04-04T15:00:00Z", 25, "2026-04-05 01:30", "", ""}, // half an hour
	} {
		t.Run(c.zone+" "+c.day, func(t *testing.T) {
			t.Parallel()
			zone, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			change, err := time.Parse(time.RFC3339, c.change)
			if err != nil {
				t.Fatal(err)
			}
			l := newLibrary(t, storetest.Options{Seed: 12, Late: true, Start: change.Add(-time.Hour).UnixMicro()})
			day, err := time.ParseInLocation(time.DateOnly, c.day, zone)
			if err != nil {
				t.Fatal(err)
			}
			local := api.Query{From: day, To: day.AddDate(0, 0, 1), Zone: c.zone, Group: "hour", Limit: 500}
			hours := l.report(local)
			names := map[string]int{}
			for _, row := range hours.Rows {
				names[row.Name]++
			}
			if len(hours.Rows) != c.hours || names[c.name] == 0 || names[c.none] != 0 || c.twice != "" && names[c.twice] != 2 {
				t.Errorf("%d hours, want %d: %v", len(hours.Rows), c.hours, names)
			}
			keys := map[string]bool{}
			for _, row := range hours.Rows {
				keys[row.Key] = true
			}
			if len(keys) != len(hours.Rows) {
				t.Errorf("%d keys of %d rows", len(keys), len(hours.Rows))
			}
			sameSum(t, "hours", hours)
			local.Group = "interval"
			quarters := l.report(local)
			if want := int(day.AddDate(0, 0, 1).Sub(day) / (15 * time.Minute)); len(quarters.Rows) != want {
				t.Errorf("%d quarter hours, want %d", len(quarters.Rows), want)
			}
			sameSum(t, "quarter hours", quarters)
			local.Group = "day"
			if days := l.report(local); len(days.Rows) != 1 || !slices.EqualFunc(days.Rows[0].Figures, quarters.Total, equalFigure) {
				t.Errorf("%d days: %+v", len(days.Rows), days.Rows)
			}
			counted := l.counted(kpi.Dim{Kind: kpi.DimOrg, ID: string(acme)})
			for _, f := range hours.Total { // the whole of the invented day lies in the local one
				def, _ := kpi.Find(f.KPI)
				if want := kpi.Evaluate(def, counted); f.Num != want.Num || f.Den != want.Den {
					t.Errorf("%s: %+v, counted %+v", f.KPI, f, want)
				}
			}
		})
	}
}

func equalFigure(a, b wire.Figure) bool {
	return a.KPI == b.KPI && a.Num == b.Num && a.Den == b.Den && equalValue(a.Value, b.Value)
}

// sameSum checks that a report's rows add up to its total.
func sameSum(t *testing.T, what string, r wire.Report) {
	t.Helper()
	some := false
	for i, total := range r.Total {
		num, den := int64(0), int64(0)
		for _, row := range r.Rows {
			num, den = num+row.Figures[i].Num, den+row.Figures[i].Den
		}
		if num != total.Num || den != total.Den {
			t.Errorf("%s of %s: Σ %d ÷ %d, total %d ÷ %d", what, total.KPI, num, den, total.Num, total.Den)
		}
		some = some || num > 0
	}
	if !some {
		t.Errorf("%s: nothing happened, which proves nothing", what)
	}
}
