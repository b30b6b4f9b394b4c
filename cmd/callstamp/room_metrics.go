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
}
