package media

import "time"

// takeLocked counts and reads a packet that came from the far side, and says where it goes; nil: nowhere. p is filled
// for that Sink. body is from 12 bytes before the payload.
func (s *side) takeLocked(h header, body []byte, law Law, event bool, at time.Time, p *Packet) Sink {
	s.countLocked(h, len(body)-headerLen, at)
	*p = Packet{B: body, At: at, Law: law, Event: event, Marker: h.marker, Seq: h.seq, TS: h.ts, SSRC: h.ssrc, Via: s.id}
	switch {
	case s.muted && event:
		return nil
	case s.muted:
		hush(p)
	case event:
		s.inband = nil
		s.pressedLocked(s.digits.heard(h, p.Payload(), at, s.found[:0]), false)
	case s.inband != nil:
		s.pressedLocked(s.inband.heard(p.Payload(), law, at, s.found[:0]), true)
	}
	if s.ear != nil && !event {
		if kind := s.ear.heard(p.Payload(), law, at); kind != 0 {
			s.emitLocked(Event{Kind: kind, At: at})
		}
	}
	if s.tap != nil {
		s.tap.Heard(p)
	}
	if s.dst == nil {
		s.stats.Unattached++
	}
	return s.dst
}

func (s *side) countLocked(h header, payload int, at time.Time) {
	s.stats.Received++
	s.stats.ReceivedBytes += uint64(payload)
	s.stats.LastReceivedAt = at
	s.since, s.heard = at, true
	s.rx.heard(h, at)
	if s.stats.FirstReceivedAt.IsZero() {
		s.stats.FirstReceivedAt = at
	}
	if s.told > 0 {
		s.told = 0
		s.emitLocked(Event{Kind: Resumed, At: at})
	}
	if s.armed && !at.Before(s.armedAt) {
		s.armed = false
		s.emitLocked(Event{Kind: FirstReceived, At: at})
	}
}

// watchLocked looks for what is told by nothing coming.
func (s *side) watchLocked(now time.Time) {
	s.pressedLocked(s.digits.expire(now, s.found[:0]), false)
	for _, after := range [...]time.Duration{s.eng.cfg.SilentAfter, s.eng.cfg.GoneAfter} {
		if s.expected && s.told < after && now.Sub(s.since) >= after {
			s.told = after
			s.emitLocked(Event{Kind: Silent, At: s.since.Add(after), Duration: after})
		}
	}
}

func (s *side) pressedLocked(found []pressed, inband bool) {
	for _, k := range found {
		s.emitLocked(Event{Kind: Digit, At: k.at, Digit: k.key, Duration: k.duration, Inband: inband})
	}
}

func hush(p *Packet) {
	payload := p.Payload()
	for i := range payload {
		payload[i] = p.Law.Silence()
	}
}
