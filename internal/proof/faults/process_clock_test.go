package faults_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// wallClock is the server's: it shows as much more than the machine's as the
// file says.
type wallClock struct{ file string }

func newWallClock(t *testing.T, o *rig.Options) wallClock {
	t.Helper()
	w := wallClock{filepath.Join(t.TempDir(), "wall")}
	o.Tags, o.Env = append(o.Tags, "wallfile"), append(o.Env, "CALLSTAMP_WALL_FILE="+w.file)
	return w
}

// set writes the file whole or not at all.
func (w wallClock) set(t *testing.T, ahead time.Duration) {
	t.Helper()
	must(t, os.WriteFile(w.file+".new", fmt.Appendf(nil, "%d", ahead.Microseconds()), 0o600))
	must(t, os.Rename(w.file+".new", w.file))
}

// steps waits until the server has stamped n steps and returns how long that
// took.
func steps(t *testing.T, h *rig.House, n int64) time.Duration {
	t.Helper()
	began := time.Now()
	rig.Within(t, 5*time.Second, "the step is stamped", func() bool {
		return h.SQL.TryCount(`SELECT count(*) FROM stamps WHERE kind = 'clock.step'`) >= n
	}, nil)
	return time.Since(began)
}

// rolled waits until the live store's figures of all closed quarter hours are
// there to be compared.
func rolled(t *testing.T, h *rig.House) int64 {
	t.Helper()
	rig.Within(t, 30*time.Second, "every closed quarter hour is rolled", func() bool {
		return h.SQL.TryCount(`SELECT count(*) FROM records.buckets b WHERE closed_seq > 0 AND NOT EXISTS (
			SELECT FROM rolled r WHERE r.node = b.node AND r.bucket = b.bucket AND r.basis = 'event' AND r.seq = b.closed_seq)`) == 0
	}, nil)
	return h.SQL.Count(`SELECT count(*) FROM records.buckets WHERE closed_seq > 0`)
}

// stepped adds what all clock scenarios show.
func stepped(t *testing.T, h *rig.House, row *rig.Row, took time.Duration) {
	t.Helper()
	row.Figure("stamped %.0f ms after", ms(took))
	row.Figure("%d quarter hours closed, live and folded equal", rolled(t, h))
}

// clockForward ends with the right time again: what the checker compares with
// the wire must be on one clock. The quarter hours that were closed an hour
// early are compared before.
func clockForward(t *testing.T, row *rig.Row) {
	var w wallClock
	h, l := loaded(t, func(o *rig.Options) { w = newWallClock(t, o) })
	healed := h.Fault(check.ClockSet)
	w.set(t, time.Hour)
	took := steps(t, h, 1)
	l.For(15 * time.Second)
	l.Stop()
	h.Settle(2 * time.Minute)
	stepped(t, h, row, took)
	if _, err := h.Balanced("--live"); err != nil {
		t.Error(err)
	}
	w.set(t, 0)
	steps(t, h, 2)
	healed()
	judged(t, h, row, rig.Allow{})
}

func clockBack(t *testing.T, row *rig.Row) {
	var w wallClock
	h, l := loaded(t, func(o *rig.Options) { w = newWallClock(t, o) })
	healed := h.Fault(check.ClockSet)
	w.set(t, -time.Hour)
	took := steps(t, h, 1)
	l.For(15 * time.Second)
	w.set(t, 0)
	steps(t, h, 2)
	healed()
	l.For(5 * time.Second)
	l.Stop()
	h.Settle(2 * time.Minute)
	stepped(t, h, row, took)
	judged(t, h, row, rig.Allow{})
}

// winterTime lives through the hour that comes twice in New York, and asks for
// that day's report.
func winterTime(t *testing.T, row *rig.Row) {
	change := time.Date(2025, 11, 2, 6, 0, 0, 0, time.UTC)
	var w wallClock
	s := fullSize()
	o := s.options(t, rig.Seed(t))
	o.Config = map[string]any{"organisation.zone": "America/New_York"}
	w = newWallClock(t, &o)
	h := rig.Build(t, o)
	healed := h.Fault(check.ClockSet)
	turned := time.Now()
	w.set(t, change.Add(-30*time.Second).Sub(turned)) // as the server will find it
	h.Start()
	l := h.Load(s.mix())
	l.For(time.Until(turned.Add(30 * time.Second)))
	began := h.SQL.Count(`SELECT count(*) FROM records.calls WHERE arrived_at < $1`, change.UnixMicro())
	l.For(15 * time.Second)
	w.set(t, 0)
	took := steps(t, h, 1)
	healed()
	l.Stop()
	h.Settle(2 * time.Minute)
	days(t, h, row, change, began)
	stepped(t, h, row, took)
	judged(t, h, row, rig.Allow{})
}

// days asks for the report of the day of 25 hours.
func days(t *testing.T, h *rig.House, row *rig.Row, change time.Time, atLeast int64) {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	must(t, err)
	y, m, d := change.In(zone).Date()
	from := time.Date(y, m, d, 0, 0, 0, 0, zone)
	q := url.Values{"zone": {"America/New_York"}, "group": {"hour"}, "ids": {"in.offered"}, "from": {from.Format(time.RFC3339)}, "to": {from.AddDate(0, 0, 1).Format(time.RFC3339)}}
	var report struct {
		Rows []struct {
			Name    string
			Figures []struct{ Num int64 }
		}
		Total []struct{ Num int64 }
	}
	if status := rig.NewClient(t, h.URL(), "boss").Do(http.MethodGet, "/api/kpi?"+q.Encode(), nil, &report); status != http.StatusOK {
		t.Fatalf("the report answers %d", status)
	}
	sum, twice := int64(0), []int64{}
	for _, r := range report.Rows {
		sum += r.Figures[0].Num
		if r.Name == "2025-11-02 01:00" {
			twice = append(twice, r.Figures[0].Num)
		}
	}
	counted := h.SQL.Count(`SELECT count(*) FROM records.calls WHERE entered_at > 0 AND entered_at < $1`, from.AddDate(0, 0, 1).UnixMicro())
	if len(report.Rows) != 25 || sum != report.Total[0].Num || sum != counted || len(twice) != 2 || twice[0] == 0 || twice[1] == 0 || atLeast == 0 {
		t.Errorf("%d hours with %d calls, total %d, counted %d; 01:00 twice with %v", len(report.Rows), sum, report.Total[0].Num, counted, twice)
	}
	row.Figure("the day has %d hours and %d calls in, the hour that came twice %v", len(report.Rows), sum, twice)
}
