package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/callstamp/callstamp/kpi/ledger"
)

// newSynced is how long groups of stamps take to be on the disk. A good disk
// takes 1 ms, a network's 20; calls in set-up wait for it.
func newSynced() prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: "callstamp", Name: "journal_sync_seconds", Help: "Time to write and fsync a group of stamps.",
		Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .25, .5, 1, 2.5, 10},
	})
}

// journalMetrics are the journal's.
func (a *app) journalMetrics() *sample {
	s := &sample{}
	stamps := s.desc("journal_stamps_total", "Stamps appended to the journal since its beginning.")
	durable := s.desc("journal_durable_stamps_total", "Of them, fsynced.")
	waiting := s.desc("journal_waiting", "Stamps and side entries that are not yet durable.")
	failures := s.desc("journal_failures_total", "Failed writes or fsyncs; each began a new segment.")
	groups := s.desc("journal_groups_total", "Groups written and fsynced.")
	refused := s.desc("journal_refused_stamps_total", "Stamps that came after the journal was closed: a fault of the program.")
	segments := s.desc("journal_segments", "Files of the journal.")
	bytes := s.desc("journal_bytes", "Their size.")
	free := s.desc("journal_disk_free_bytes", "Free space on the journal's disk.")
	state := s.desc("journal_disk_state", "1 for the state the disk is in: ok, low (no dialing) or critical (no new calls).", "state")
	s.read = func(r *reading) {
		h := a.journal.Health()
		r.sum(stamps, a.journal.Appended())
		r.sum(durable, a.journal.Durable())
		r.is(waiting, float64(h.Waiting))
		r.sum(failures, h.Failures)
		r.sum(groups, h.Groups)
		r.sum(refused, h.Refused)
		r.is(segments, float64(h.Segments))
		r.is(bytes, float64(h.Bytes))
		r.is(free, float64(h.Free))
		for _, one := range []ledger.State{ledger.Ok, ledger.Low, ledger.Critical} {
			r.is(state, oneIf(h.State == one), string(one))
		}
	}
	return s
}

// followerMetrics are the stores': ledger is Postgres, live is Redis.
func (a *app) followerMetrics() *sample {
	s := &sample{}
	position := s.desc("follower_position", "Seq of the last stamp that the store has.", "follower")
	stamps := s.desc("follower_lag_stamps", "Durable stamps that the store has not taken in.", "follower")
	seconds := s.desc("follower_lag_seconds", "Age of the oldest of them.", "follower")
	failing := s.desc("follower_failing", "1 while the store refuses or does not answer.", "follower")
	s.read = func(r *reading) {
		for name, f := range map[string]*ledger.Feed{"ledger": a.truth, "live": a.now} {
			lag := f.Lag()
			r.is(position, float64(f.Position()), name)
			r.is(stamps, float64(lag.Stamps), name)
			r.is(seconds, lag.Age.Seconds(), name)
			r.is(failing, oneIf(f.Failing() != nil), name)
		}
	}
	return s
}
