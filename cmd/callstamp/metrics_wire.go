package main

import (
	"strconv"

	"github.com/callstamp/callstamp/media"
)

// sipMetrics are the signalling's: messages, the door, trunks.
func (a *app) sipMetrics() *sample {
	s := &sample{}
	legs := s.desc("sip_legs", "SIP legs that live.")
	requests := s.desc("sip_requests_total", "SIP requests, repetitions included.", "direction", "method")
	responses := s.desc("sip_responses_total", "SIP responses, repetitions included; method is the request's.", "direction", "method", "code")
	passed := s.desc("sip_passed_total", "SIP messages let in.")
	refused := s.desc("sip_refused_total", "SIP messages not let in: unknown source, beyond its rate, too long, not readable.", "why")
	panics := s.desc("sip_panics_total", "Handlers that panicked and were recovered.")
	up := s.desc("trunk_up", "1 while the carrier answers, or is not asked.", "trunk")
	calls := s.desc("trunk_calls", "Calls on the trunk.", "trunk")
	registered := s.desc("trunk_registered", "1 while the carrier's registrar keeps our contact.", "trunk")
	rtt := s.desc("trunk_rtt_seconds", "How long the last OPTIONS took; 0: not known.", "trunk")
	s.read = func(r *reading) {
		r.is(legs, float64(a.ua.Legs()))
		for _, m := range a.ua.Messages() {
			direction := "received"
			if m.Sent {
				direction = "sent"
			}
			if m.Code == 0 {
				r.sum(requests, m.N, direction, m.Method)
			} else {
				r.sum(responses, m.N, direction, m.Method, strconv.Itoa(m.Code))
			}
		}
		c := a.ua.Counts()
		r.sum(passed, c.Passed)
		r.sum(refused, c.Unknown, "unknown")
		r.sum(refused, c.Flooded, "flooded")
		r.sum(refused, c.Oversized, "oversized")
		r.sum(refused, c.Malformed, "malformed")
		r.sum(panics, c.Panics)
		for _, t := range a.ua.Trunks() {
			r.is(up, oneIf(t.Up || t.Fault == ""), string(t.ID))
			r.is(registered, oneIf(t.Registered), string(t.ID))
			r.is(calls, float64(t.Calls), string(t.ID))
			r.is(rtt, t.RTT.Seconds(), string(t.ID))
		}
	}
	return s
}

// soundMetrics are RTP's; jitter and loss of each leg are in its account, see
// stampMetrics.
func (a *app) soundMetrics() *sample {
	s := &sample{}
	ports := s.desc("rtp_ports_bound", "RTP port pairs in use or being drained.")
	ends := s.desc("rtp_ends", "Connections with sound, or warm: a carrier's leg or a browser.")
	packets := s.desc("rtp_packets_total", "RTP packets.", "wire", "direction")
	bytes := s.desc("rtp_bytes_total", "Their payloads.", "wire", "direction")
	lost := s.desc("rtp_lost_packets_total", "RTP packets that should have come and did not.", "wire")
	dropped := s.desc("rtp_dropped_packets_total", "RTP packets that came and were not let in: malformed, foreign, of another codec, late.", "wire")
	failed := s.desc("rtp_send_errors_total", "RTP packets that the system would not send.", "wire")
	forged := s.desc("dtls_forged_alerts_total", "Plaintext DTLS alerts dropped.")
	s.read = func(r *reading) {
		e := a.engine.Stats()
		r.is(ports, float64(e.PortsBound))
		r.is(ends, float64(e.Ends))
		r.sum(forged, e.ForgedAlerts)
		for wire, f := range map[string]media.Flow{"trunk": e.Flows.Trunk, "web": e.Flows.Web} {
			r.sum(packets, f.Received, wire, "received")
			r.sum(packets, f.Sent, wire, "sent")
			r.sum(bytes, f.ReceivedBytes, wire, "received")
			r.sum(bytes, f.SentBytes, wire, "sent")
			r.sum(lost, f.Lost, wire)
			r.sum(dropped, f.Dropped, wire)
			r.sum(failed, f.SendErrors, wire)
		}
	}
	return s
}
