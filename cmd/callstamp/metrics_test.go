package main

import (
	"maps"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/callstamp/callstamp/call/switchboard"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// gathered reads all figures of the collectors, histograms by their counts.
func gathered(t *testing.T, all ...prometheus.Collector) map[string]float64 {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(all...)
	families, err := r.Gather()
	fine(t, err)
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, l := range m.GetLabel() {
				name += " " + l.GetName() + "=" + l.GetValue()
			}
			got[name] = m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return got
}

// TestStampMetricsFollowACall: what stands while it goes on, and what is counted when it is over.
func TestStampMetricsFollowACall(t *testing.T) {
	stamps := stampsOf(tracedCall, answeredCall())
	now := stamps[4].Instant.Add(3e6)
	m := newStampMetrics(func(stamp.QueueID) string { return "Support" }, func() stamp.Instant { return now })
	for _, s := range stamps[:5] { // it waits
		m.heed(s)
	}
	m.heed(agentStamp("s-1", 1, stamp.AgentLogin{Agent: "u-ha"}, stamp.StateUnreachable))
	m.heed(agentStamp("s-1", 2, stamp.AgentStateChanged{Agent: "u-ha", From: stamp.StateUnreachable, To: stamp.StateReady}, stamp.StateReady))
	got := gathered(t, m.all()...)
	for name, want := range map[string]float64{
		"callstamp_queue_waiting_calls queue=Support": 1, "callstamp_queue_longest_wait_seconds queue=Support": 3.077,
		"callstamp_agents state=ready": 1, "callstamp_agents state=unreachable": 0, "callstamp_agents state=talking": 0,
	} {
		if got[name] != want {
			t.Errorf("while it waits %s is %v, want %v", name, got[name], want)
		}
	}
	for _, s := range stamps[5:] {
		m.heed(s)
	}
	m.heed(agentStamp("s-1", 3, stamp.AgentLogout{Agent: "u-ha"}, stamp.StateOffline))
	got = gathered(t, m.all()...)
	for name, want := range map[string]float64{
		"callstamp_queue_waiting_calls queue=Support": 0, "callstamp_queue_longest_wait_seconds queue=Support": 0,
		"callstamp_agents state=ready": 0, "callstamp_offers_total end=accepted": 1, "callstamp_offers_total end=timed_out": 1,
		"callstamp_calls_closed_total direction=in outcome=answered": 1, "callstamp_queue_exits_total queue=Support reason=connected": 1,
		"callstamp_queue_wait_seconds queue=Support": 1, "callstamp_rtp_leg_mos wire=trunk": 1, "callstamp_rtp_leg_loss_ratio wire=trunk": 1,
	} {
		if got[name] != want {
			t.Errorf("when it is over %s is %v, want %v", name, got[name], want)
		}
	}
	if len(m.waiting)+len(m.direction)+len(m.agents) != 0 {
		t.Errorf("kept for ever: %v %v %v", m.waiting, m.direction, m.agents)
	}
}

func agentStamp(session stamp.ID, n uint64, fact stamp.Fact, phase string) stamp.Stamp {
	return stamp.Stamp{Subject: stamp.Subject{Kind: stamp.SubjectAgent, ID: session}, N: n, Phase: phase, Fact: fact, Instant: stamp.Instant{At: time.Now().UnixMicro()}}
}

// TestQueuesOfOneNameAddUp: a registry refuses two figures with the same labels, and the whole scrape would fail.
func TestQueuesOfOneNameAddUp(t *testing.T) {
	m := newStampMetrics(func(stamp.QueueID) string { return "" }, func() stamp.Instant { return stamp.Instant{} })
	for i, q := range []stamp.QueueID{"q-1", "q-2"} {
		s := stampsOf(tracedCall, []moment{{0, "", stamp.System, stamp.QueueEntered{Entry: stamp.EntryNo(i + 1), Queue: q}}})
		m.heed(s[0])
	}
	if got := gathered(t, m.all()...)["callstamp_queue_waiting_calls queue="]; got != 2 {
		t.Errorf("%v wait", got)
	}
}

func TestCallsByPhaseAndCampaign(t *testing.T) {
	all := []switchboard.Status{
		{Direction: stamp.In, Phase: stamp.PhaseTalking}, {Direction: stamp.In, Phase: stamp.PhaseTalking},
		{Direction: stamp.Out, Campaign: "c-1", Phase: stamp.PhaseDialing}, {Direction: stamp.Out, Campaign: "c-2", Phase: stamp.PhaseHeld},
		{Direction: stamp.Out, Campaign: "c-2", Phase: stamp.PhaseOver, Over: true},
	}
	n := byPhase(all)
	if n[phaseKey{"in", "talking"}] != 2 || n[phaseKey{"out", "dialing"}] != 1 || n[phaseKey{"out", "over"}] != 1 {
		t.Errorf("%v", n)
	}
	if zero, there := n[phaseKey{"in", "waiting"}]; !there || zero != 0 {
		t.Error("a phase without calls is gone instead of 0")
	}
	same := func(stamp.CampaignID) string { return "Renewal" }
	lines := byCampaign(all, []stamp.CampaignID{"c-1", "c-3"}, same)
	if want := map[lineKey]int{{"", "dialing"}: 0, {"Renewal", "dialing"}: 1, {"Renewal", "talking"}: 1}; !maps.Equal(lines, want) {
		t.Errorf("%v, want %v", lines, want)
	}
}
