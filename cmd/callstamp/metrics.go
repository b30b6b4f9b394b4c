package main

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/callstamp/callstamp/kpi/ledger"
)

// metrics is what a monitoring system may scrape: how the process is, not how
// the floor is. KPI come from the ledger alone.
func (a *app) metrics() http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	gauge := func(name, help string, value func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "callstamp", Name: name, Help: help}, value))
	}
	count := func(name, help string, value func() uint64) {
		o := prometheus.CounterOpts{Namespace: "callstamp", Name: name, Help: help}
		r.MustRegister(prometheus.NewCounterFunc(o, func() float64 { return float64(value()) }))
	}
	gauge("calls", "Calls that live, those in after-call work included.", func() float64 { return float64(len(a.board.Calls())) })
	gauge("sip_legs", "SIP legs that live.", func() float64 { return float64(a.ua.Legs()) })
	gauge("rtp_ports_bound", "RTP port pairs in use or being drained.", func() float64 { return float64(a.engine.Stats().PortsBound) })
	gauge("draining", "1 while the server stops.", func() float64 { return flag(a.draining.Load()) })
	count("journal_stamps_total", "Stamps appended to the journal.", a.journal.Appended)
	count("journal_durable_stamps_total", "Of them, fsynced.", a.journal.Durable)
	count("journal_failures_total", "Failed writes or fsyncs; each began a new segment.", func() uint64 { return uint64(a.journal.Health().Failures) })
	gauge("journal_disk_low", "1 while the journal's disk is low: no dialing; 2 while critical: no new calls.", func() float64 {
		switch a.journal.Health().State {
		case ledger.Low:
			return 1
		case ledger.Critical:
			return 2
		}
		return 0
	})
	for name, feed := range map[string]func() *ledger.Feed{"ledger": func() *ledger.Feed { return a.truth }, "live": func() *ledger.Feed { return a.now }} {
		label := prometheus.Labels{"follower": name}
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Namespace: "callstamp", Name: "follower_lag_stamps", Help: "Durable stamps that a store has not taken in.", ConstLabels: label,
		}, func() float64 { return float64(feed().Lag().Stamps) }), prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Namespace: "callstamp", Name: "follower_lag_seconds", Help: "Age of the oldest of them.", ConstLabels: label,
		}, func() float64 { return feed().Lag().Age.Seconds() }))
	}
	count("sip_passed_total", "SIP messages let in.", func() uint64 { return a.ua.Counts().Passed })
	count("sip_unknown_total", "SIP messages of unknown sources, met with silence.", func() uint64 { return a.ua.Counts().Unknown })
	count("sip_flooded_total", "SIP messages beyond a source's rate.", func() uint64 { return a.ua.Counts().Flooded })
	count("sip_malformed_total", "SIP messages that could not be read.", func() uint64 { return a.ua.Counts().Malformed })
	count("sip_panics_total", "Handlers that panicked and were recovered.", func() uint64 { return a.ua.Counts().Panics })
	count("dtls_forged_alerts_total", "Plaintext DTLS alerts dropped.", func() uint64 { return a.engine.Stats().ForgedAlerts })
	a.room.measure(r)
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{})
}

func flag(on bool) float64 {
	if on {
		return 1
	}
	return 0
}
