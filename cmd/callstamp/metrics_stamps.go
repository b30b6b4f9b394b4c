package main

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// stampMetrics are the figures that are a fold of the stamps of this boot: what
// ended how, who waits, what agents do. It knows queues by id; names are asked
// for when it is scraped.
type stampMetrics struct {
	sample

	closed *prometheus.CounterVec   // calls by direction and outcome
	offers *prometheus.CounterVec   // by end
	exits  *prometheus.CounterVec   // of queues, by reason
	waited *prometheus.HistogramVec // of those connected, by queue
	jitter *prometheus.HistogramVec // by wire
	loss   *prometheus.HistogramVec
	mos    *prometheus.HistogramVec

	name func(stamp.QueueID) string
	now  func() stamp.Instant

	mu        sync.Mutex
	direction map[stamp.ID]stamp.Direction // of calls that are not closed
	waiting   map[place]stay
	agents    map[stamp.ID]string // session → state
	queues    map[stamp.QueueID]bool
}

// place is one stay in a queue, stay since when and where.
type place struct {
	call  stamp.ID
	entry stamp.EntryNo
}

type stay struct {
	queue stamp.QueueID
	since stamp.Instant
}

func newStampMetrics(name func(stamp.QueueID) string, now func() stamp.Instant) *stampMetrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "callstamp", Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, buckets []float64, label string) *prometheus.HistogramVec {
		o := prometheus.HistogramOpts{Namespace: "callstamp", Name: name, Help: help, Buckets: buckets}
		return prometheus.NewHistogramVec(o, []string{label})
	}
	m := &stampMetrics{
		name: name, now: now, direction: map[stamp.ID]stamp.Direction{}, waiting: map[place]stay{}, agents: map[stamp.ID]string{},
		queues: map[stamp.QueueID]bool{},
		closed: counter("calls_closed_total", "Calls of which nothing is open any more.", "direction", "outcome"),
		offers: counter("offers_total", "Offers to agents by their end.", "end"),
		exits:  counter("queue_exits_total", "Stays in queues by their end.", "queue", "reason"),
		waited: histogram("queue_wait_seconds", "Wait of calls that met an agent.", []float64{1, 2, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600}, "queue"),
		jitter: histogram("rtp_leg_jitter_seconds", "Jitter of a leg at its end (RFC 3550).", []float64{.001, .002, .005, .01, .02, .03, .05, .1, .2}, "wire"),
		loss:   histogram("rtp_leg_loss_ratio", "Share of a leg's packets that did not come.", []float64{0, .001, .005, .01, .02, .05, .1, .2, .5}, "wire"),
		mos:    histogram("rtp_leg_mos", "Estimate of how a leg was heard, 1 to 4.4 (ITU-T G.107).", []float64{1.5, 2, 2.5, 3, 3.3, 3.6, 3.8, 4, 4.2, 4.4}, "wire"),
	}
	waiting := m.desc("queue_waiting_calls", "Calls that wait in a queue, those for which an agent is being rung included.", "queue")
	longest := m.desc("queue_longest_wait_seconds", "How long the first of them has waited; 0: nobody waits.", "queue")
	agents := m.desc("agents", "Agent sessions by state.", "state")
	m.read = func(r *reading) { m.gather(r, waiting, longest, agents) }
	return m
}

// all is what is to be registered.
func (m *stampMetrics) all() []prometheus.Collector {
	return []prometheus.Collector{&m.sample, m.closed, m.offers, m.exits, m.waited, m.jitter, m.loss, m.mos}
}

// heed folds one stamp.
func (m *stampMetrics) heed(s stamp.Stamp) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch f := s.Fact.(type) {
	case stamp.CallCreated:
		m.direction[s.Subject.ID] = f.Direction
	case stamp.CallClosed:
		m.closed.WithLabelValues(string(m.direction[s.Subject.ID]), f.Outcome).Inc()
		delete(m.direction, s.Subject.ID)
	case stamp.OfferAccepted:
		m.offers.WithLabelValues(string(stamp.OfferAcceptedEnd)).Inc()
	case stamp.OfferEnded:
		m.offers.WithLabelValues(string(f.End)).Inc()
	case stamp.QueueEntered:
		m.queues[f.Queue] = true
		m.waiting[place{s.Subject.ID, f.Entry}] = stay{f.Queue, s.Instant}
	case stamp.QueueExited:
		m.exitLocked(s, f)
	case stamp.MediaSummary:
		m.sound(f)
	case stamp.AgentLogin:
		m.agents[s.Subject.ID] = s.Phase
	case stamp.AgentStateChanged:
		m.agents[s.Subject.ID] = f.To
	case stamp.AgentLogout:
		delete(m.agents, s.Subject.ID)
	}
}

func (m *stampMetrics) exitLocked(s stamp.Stamp, f stamp.QueueExited) {
	delete(m.waiting, place{s.Subject.ID, f.Entry})
	m.queues[f.Queue] = true
	name := m.name(f.Queue)
	m.exits.WithLabelValues(name, string(f.Reason)).Inc()
	if f.Reason == stamp.ExitConnected {
		m.waited.WithLabelValues(name).Observe(seconds(f.WaitUS))
	}
}

func (m *stampMetrics) sound(f stamp.MediaSummary) {
	wire := "web"
	if f.Leg == stamp.CustomerLeg {
		wire = "trunk"
	}
	if due := int64(f.Rx) + f.Lost; f.Rx > 0 && due > 0 {
		m.jitter.WithLabelValues(wire).Observe(seconds(f.JitterUS))
		m.loss.WithLabelValues(wire).Observe(max(float64(f.Lost)/float64(due), 0))
	}
	if f.MOS > 0 {
		m.mos.WithLabelValues(wire).Observe(f.MOS)
	}
}

func seconds(us int64) float64 { return float64(us) / float64(time.Second/time.Microsecond) }

// gather reads what stands at this moment. A queue that was ever entered is
// told for ever, a state always: what is none is 0.
func (m *stampMetrics) gather(r *reading, waiting, longest, agents *prometheus.Desc) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	n, oldest := map[string]int{}, map[string]int64{} // by name: two queues may have the same, or none any more
	for q := range m.queues {
		n[m.name(q)], oldest[m.name(q)] = 0, 0
	}
	for _, s := range m.waiting {
		name := m.name(s.queue)
		n[name]++
		oldest[name] = max(oldest[name], now.Sub(s.since))
	}
	for name := range n {
		r.is(waiting, float64(n[name]), name)
		r.is(longest, seconds(oldest[name]), name)
	}
	states := map[string]int{
		stamp.StateReady: 0, stamp.StateReserved: 0, stamp.StateRinging: 0, stamp.StateConnecting: 0, stamp.StateConsulting: 0, stamp.StateTalking: 0,
		stamp.StateWrap: 0, stamp.StatePaused: 0, stamp.StateUnreachable: 0,
	}
	for _, s := range m.agents {
		if s != "" && s != stamp.StateOffline {
			states[s]++
		}
	}
	for state, count := range states {
		r.is(agents, float64(count), state)
	}
}
