package main

import (
	"log/slog"
	"net/http"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics is what a monitoring system may scrape: how the process is and what
// it does at this moment. KPI come from the ledger alone, by their own
// definitions; these figures are for alarms.
func (a *app) metrics() http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	r.MustRegister(a.callMetrics(), a.journalMetrics(), a.followerMetrics(), a.sipMetrics(), a.soundMetrics(), a.stateMetrics(), a.traceMetrics())
	r.MustRegister(a.stamped.all()...)
	r.MustRegister(a.synced)
	a.room.measure(r)
	// A figure that can't be gathered must not take the others with it: those who
	// are woken by them would sleep.
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelError)})
}

// sample is a group of figures that are read together, at each scrape.
type sample struct {
	descs []*prometheus.Desc
	read  func(*reading)
}

// reading is one scrape of a sample.
type reading struct {
	to chan<- prometheus.Metric
}

// desc is a figure of a sample; labels are its variable ones.
func (s *sample) desc(name, help string, labels ...string) *prometheus.Desc {
	d := prometheus.NewDesc("callstamp_"+name, help, labels, nil)
	s.descs = append(s.descs, d)
	return d
}

// Describe implements prometheus.Collector.
func (s *sample) Describe(to chan<- *prometheus.Desc) {
	for _, d := range s.descs {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (s *sample) Collect(to chan<- prometheus.Metric) { s.read(&reading{to}) }

// is gives a figure that goes up and down.
func (r *reading) is(d *prometheus.Desc, v float64, labels ...string) {
	r.to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

// sum gives a figure that only grows.
func (r *reading) sum(d *prometheus.Desc, v uint64, labels ...string) {
	r.to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
}

// stateMetrics are what is degraded, and which program this is.
func (a *app) stateMetrics() *sample {
	s := &sample{}
	degraded := s.desc("degraded", "1 while this is not as it should be; docs/operations.md says what it means and what to do.", "id", "name")
	ready := s.desc("ready", "1 while all is there that the node needs for all of its work, as /readyz says.")
	build := s.desc("build_info", "The program, always 1.", "version", "goversion")
	rebuilds := s.desc("live_rebuilds_total", "How often the live figures were made anew.")
	s.read = func(r *reading) {
		well := 1.0
		on := map[string]bool{}
		for _, d := range a.health.list() {
			r.is(degraded, 1, d.ID, d.Name)
			on[d.ID] = true
			if d.Unready {
				well = 0
			}
		}
		for _, c := range causes() {
			if !on[c.id] {
				r.is(degraded, 0, c.id, "")
			}
		}
		r.is(ready, well)
		r.is(build, 1, version(), runtime.Version())
		done, _ := a.follower.Rebuilds()
		r.sum(rebuilds, done)
	}
	return s
}

func oneIf(on bool) float64 {
	if on {
		return 1
	}
	return 0
}
