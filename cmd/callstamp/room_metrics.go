package main

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// measure registers who was turned away, and what is left.
func (r *room) measure(to prometheus.Registerer) {
	for s, c := range r.refused {
		for who, n := range map[string]*atomic.Uint64{"in": &c.in, "out": &c.out, "page": &c.pages} {
			to.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
				Namespace: "callstamp", Name: "refused_total", Help: "Calls and pages turned away for want of something.",
				ConstLabels: prometheus.Labels{"want": string(s), "who": who},
			}, func() float64 { return float64(n.Load()) }))
		}
	}
	to.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: "callstamp", Name: "rtp_ports_free", Help: "RTP port pairs that a call can still take; -1: as many as the system has.",
	}, func() float64 {
		free, all := r.ports()
		if all == 0 {
			return -1
		}
		return float64(free)
	}))
	gauge := func(name, help string, value func(used, limit uint64) uint64) {
		to.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "callstamp", Name: name, Help: help},
			func() float64 { return float64(value(r.memory.read())) }))
	}
	gauge("memory_used_bytes", "Memory in use for good: no collection gives it back.", func(used, _ uint64) uint64 { return used })
	gauge("memory_limit_bytes", "Its limit: GOMEMLIMIT, else nine tenths of the cgroup's; 2⁶³-1 without any.", func(_, limit uint64) uint64 { return limit })
}
