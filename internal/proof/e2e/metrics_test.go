package e2e

import (
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// scrape is one reading of /metrics.
func (h *house) scrape(t *testing.T) map[string]float64 {
	t.Helper()
	got := h.Server.Metrics()
	if got == nil {
		t.Fatal("/metrics does not answer")
	}
	return got
}

// names are those of the metrics, without their labels.
func names(scrape map[string]float64) map[string]bool {
	names := map[string]bool{}
	for series := range scrape {
		name, _, _ := strings.Cut(series, "{")
		names[name] = true
	}
	return names
}

// measures scrapes until every series has at least its value.
func (h *house) measures(t *testing.T, what string, least map[string]float64) {
	t.Helper()
	var missing []string
	rig.Within(t, rig.Patience, "measured: "+what, func() bool {
		missing = nil
		got := h.scrape(t)
		for series, v := range least {
			if have, ok := got["callstamp_"+series]; !ok || have < v {
				missing = append(missing, fmt.Sprintf("%s is %v (there: %v), want %v", series, have, ok, v))
			}
		}
		return len(missing) == 0
	}, func() string { return strings.Join(missing, "; ") })
}

// TestMetricsMove scrapes the real server before, in and after a call, and has promtool read what it says.
func TestMetricsMove(t *testing.T) {
	t.Parallel()
	h := open(t, func(p *plan) { p.Survey = false })
	h.measures(t, "an idle server", map[string]float64{
		`ready`: 1, `trunk_up{trunk="carrier"}`: 1, `degraded{id="postgres_away",name=""}`: 0, `journal_stamps_total`: 1,
		`journal_sync_seconds_count`: 1, `journal_bytes`: 100, `journal_segments`: 1, `journal_disk_state{state="ok"}`: 1, `journal_disk_free_bytes`: 1,
		`follower_position{follower="ledger"}`: 1, `follower_position{follower="live"}`: 1, `follower_lag_seconds{follower="live"}`: 0,
	})
	customer := h.pickUp(t)
	customer.dial("1900")
	h.measures(t, "a call that waits", map[string]float64{
		`calls{direction="in",phase="waiting"}`: 1, `queue_waiting_calls{queue="service"}`: 1, `queue_longest_wait_seconds{queue="service"}`: 0.2,
		`sip_requests_total{direction="received",method="INVITE"}`: 1, `sip_responses_total{code="200",direction="sent",method="INVITE"}`: 1,
		`rtp_packets_total{direction="sent",wire="trunk"}`: 10,
	})
	h.robot(t, "lan", robot.Plan{Wrap: 50 * time.Millisecond, Disposition: "other"})
	h.farHears(t, rig.AgentHz)
	h.measures(t, "a call that talks", map[string]float64{
		`calls{direction="in",phase="talking"}`: 1, `agents{state="talking"}`: 1, `sip_legs`: 1, `rtp_ends`: 2, `rtp_ports_bound`: 1,
		`rtp_packets_total{direction="received",wire="trunk"}`: 10, `rtp_packets_total{direction="received",wire="web"}`: 10,
		`rtp_bytes_total{direction="sent",wire="web"}`: 1600, `offers_total{end="accepted"}`: 1, `trunk_calls{trunk="carrier"}`: 1,
	})
	customer.hangUp()
	h.measures(t, "a call that is over", map[string]float64{
		`calls_closed_total{direction="in",outcome="answered"}`: 1, `queue_exits_total{queue="service",reason="connected"}`: 1,
		`queue_wait_seconds_count{queue="service"}`: 1, `rtp_leg_jitter_seconds_count{wire="trunk"}`: 1, `rtp_leg_mos_count{wire="web"}`: 1,
		`sip_requests_total{direction="received",method="BYE"}`: 1, `agents{state="ready"}`: 1,
	})
	got := h.scrape(t)
	for _, series := range []string{`calls{direction="in",phase="talking"}`, `queue_waiting_calls{queue="service"}`, `queue_longest_wait_seconds{queue="service"}`, `agents{state="talking"}`} {
		if v, ok := got["callstamp_"+series]; !ok || v != 0 {
			t.Errorf("after the call %s is %v (there: %v)", series, v, ok)
		}
	}
	h.lintMetrics(t)
	checkExpressions(t, names(got))
}

// lintMetrics has promtool judge format, names and help texts.
func (h *house) lintMetrics(t *testing.T) {
	t.Helper()
	_, body := h.Server.Get("/metrics")
	cmd := exec.Command(promtool(t), "check", "metrics")
	cmd.Stdin = strings.NewReader(body)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil || strings.Contains(out.String(), "callstamp_") {
		t.Errorf("promtool check metrics: %v\n%s", err, out.String())
	}
}

// metricName finds what an expression asks for.
var metricName = regexp.MustCompile(`\b(?:callstamp|process|go)_[a-z0-9_]+\b`)

// checkExpressions wants every metric that an alarm or a panel asks for to be there.
func checkExpressions(t *testing.T, there map[string]bool) {
	t.Helper()
	asked := 0
	for where, expr := range expressions(t) {
		for _, name := range metricName.FindAllString(expr, -1) {
			asked++
			if !there[name] {
				t.Errorf("%s asks for %s, which the server does not have", where, name)
			}
		}
	}
	if asked < 60 {
		t.Errorf("only %d names were found in the expressions", asked)
	}
}
