package faults_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

const (
	soakMinutes = 24 // SOAK_MINUTES shortens it
	soakWarm    = 4 * time.Minute
	soakEvery   = 30 * time.Second
)

// TestSoak: at half load for 24 minutes what the server holds after a forced
// collection does not grow: the slopes from the fourth minute on are within
// their own error of zero. The ledger has no difference, at rest and in flight.
func TestSoak(t *testing.T) {
	rep := suite(t, "soak", "Soak", fmt.Sprintf("Half load (5 calls a second) for %d minutes. Every %s the server is told to collect, and says what it still holds. "+
		"Each quantity from minute 4 on is fitted by least squares to the time and to the number of calls in progress, which it carries; "+
		"the slope is that of the time, ± half of its 95 %% confidence interval, and the bound the upper end of it.", soakMinutes, soakEvery))
	rep.Command = fmt.Sprintf("PROOF_SEED=%d make proof-soak", rep.Seed)
	rep.Scenario(t, "half load", "5 calls/s, 20 robots, real sound", func(t *testing.T, row *rig.Row) {
		s := fullSize()
		s.agents, s.sellers, s.perSecond = s.agents/2, s.sellers/2, s.perSecond/2
		h := rig.Open(t, s.options(t, rep.Seed))
		l := h.Load(s.mix())
		samples := soak(t, h, soakLength(t))
		l.Stop()
		h.Settle(2 * time.Minute)
		rest := holds(t, h)
		// How soon things happen is the ledger proof's; a machine that is busy for
		// half an hour stalls everybody, the witnesses too. Whether what happened is
		// recorded, once and without contradiction, is asked here.
		slow := 0
		row.Take(h.Check(rig.Allow{
			Log: []string{"reservation outlived its offer"}, // a call that stood still for two seconds
			Finding: func(f check.Finding) bool {
				late := f.Law == check.LawTime || f.Law == check.LawHold
				if late {
					slow++
				}
				return late
			}}))
		row.Figure("%d instants that the stalled machine was late with", slow)
		row.Figure("at rest %.2f MB, %d goroutines, %d files", mega(rest.LiveBytes), rest.Goroutines, rest.FDs)
		judgeSoak(t, rep, samples)
		t.Log(soakTable(samples))
		rep.Note("%s", soakTable(samples))
	})
}

func soakLength(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("SOAK_MINUTES")
	if text == "" {
		return soakMinutes * time.Minute
	}
	n, err := strconv.Atoi(text)
	must(t, err)
	return time.Duration(n) * time.Minute
}

// sample is what the server holds at a moment after a collection.
type sample struct {
	at         time.Duration // since the load began
	calls      int           // in progress
	LiveBytes  uint64        `json:"live_bytes"`
	Objects    uint64        `json:"objects"`
	SysBytes   uint64        `json:"sys_bytes"` // taken from the system and not given back
	Goroutines int           `json:"goroutines"`
	FDs        int           `json:"fds"`
}

// soak samples until length is over, and twice asks the running server for its
// books.
func soak(t *testing.T, h *rig.House, length time.Duration) (samples []sample) {
	t.Helper()
	began := time.Now()
	for at := time.Duration(0); at <= length; at += soakEvery {
		rig.Pass(time.Until(began.Add(at)))
		s := holds(t, h)
		s.at = time.Since(began)
		samples = append(samples, s)
		t.Logf("%5.1f min %3d calls  %7.2f MB live  %6d objects  %4d goroutines  %3d files  %7.2f MB taken", s.at.Minutes(), s.calls,
			mega(s.LiveBytes), s.Objects, s.Goroutines, s.FDs, mega(s.SysBytes))
		// The first time it fills PostgreSQL's caches of statements: while it is warming up.
		if at == soakWarm/2 || at == length/2 {
			if _, err := h.Balanced("--live"); err != nil {
				t.Error(err)
			}
		}
		if keep := os.Getenv("PROOF_KEEP"); keep != "" && (at == soakWarm || at == length) {
			profile(t, h, filepath.Join(keep, fmt.Sprintf("heap-%02.0f.pprof", at.Minutes())))
		}
	}
	return samples
}

// holds asks on the admin socket.
func holds(t *testing.T, h *rig.House) (s sample) {
	t.Helper()
	must(t, json.Unmarshal(ask(t, h, "/heap"), &s))
	s.calls = h.Net.Calls()
	return s
}

// profile keeps a heap profile, to look at what has grown.
func profile(t *testing.T, h *rig.House, file string) {
	t.Helper()
	must(t, os.WriteFile(file, ask(t, h, "/profile/heap"), 0o600))
}

func ask(t *testing.T, h *rig.House, path string) []byte {
	t.Helper()
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", filepath.Join(h.Data, "admin.sock"))
		}}}
	res, err := client.Get("http://callstamp" + path)
	must(t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(t, err)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s: %s", path, res.Status, text)
	}
	return text
}

// judgeSoak fits each quantity from the warm time on.
func judgeSoak(t *testing.T, rep *rig.Report, samples []sample) {
	t.Helper()
	for _, q := range []struct {
		name, unit string
		judged     bool
		of         func(sample) float64
	}{
		{"live heap", "kB", true, func(s sample) float64 { return float64(s.LiveBytes) / 1e3 }},
		{"goroutines", "", true, func(s sample) float64 { return float64(s.Goroutines) }},
		{"files", "", true, func(s sample) float64 { return float64(s.FDs) }},
		// Told beside the heap: many small things are seen here first. Not judged, as
		// the first cut of a quarter hour makes some thousand that stay (statements).
		{"objects", "", false, func(s sample) float64 { return float64(s.Objects) }},
	} {
		var hours, calls, y []float64
		for _, s := range samples {
			if s.at >= soakWarm-time.Second {
				hours, calls, y = append(hours, s.at.Hours()), append(calls, float64(s.calls)), append(y, q.of(s))
			}
		}
		if len(y) < 8 {
			t.Logf("%s: %d samples after the warm time say nothing", q.name, len(y))
			continue
		}
		last := len(y) - 1
		slope, e, each := fit(hours, calls, y)
		text := fmt.Sprintf("%s: %.0f %s at minute %.0f with %.0f calls, %.0f at minute %.0f with %.0f; %.1f for each call; slope %+.1f ± %.1f %s per hour, at most %+.1f.",
			q.name, y[0], q.unit, hours[0]*60, calls[0], y[last], hours[last]*60, calls[last], each, slope, e, q.unit, slope+e)
		t.Log(text)
		rep.Note("%s", text)
		if q.judged && slope > e {
			t.Errorf("%s grows: %s", q.name, text)
		}
	}
}

func soakTable(samples []sample) string {
	var b strings.Builder
	b.WriteString("| minute | calls | live MB | objects | goroutines | files | taken from the system MB |\n|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, s := range samples {
		fmt.Fprintf(&b, "| %.1f | %d | %.2f | %d | %d | %d | %.1f |\n", s.at.Minutes(), s.calls, mega(s.LiveBytes), s.Objects, s.Goroutines, s.FDs, mega(s.SysBytes))
	}
	return b.String()
}

func mega(n uint64) float64 { return float64(n) / 1e6 }
