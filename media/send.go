package media

import "time"

// WriteRTP relays p to the far side: payload type, law, SSRC, number and timestamp become those of our stream.
func (s *side) WriteRTP(p *Packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	if s.src != nil || s.keypad.busy() {
		s.stats.Yielded++
		return
	}
	pt, ok := s.mapLocked(p)
	if !ok || !s.far.ready() {
		s.stats.Unsendable++
		return
	}
	in := header{pt: pt, marker: p.Marker, seq: p.Seq, ts: p.TS, ssrc: p.SSRC}
	sent := s.transmitLocked(origin{p.Via, p.SSRC}, in, p.B, p.At)
	if sent && s.awaiting == p.Via {
		s.awaiting = 0
		s.emitLocked(Event{Kind: FirstSent, At: time.Now()})
	}
}

// mapLocked gives the payload type under which p leaves and changes the law of its payload where it must.
func (s *side) mapLocked(p *Packet) (pt byte, ok bool) {
	if p.Event {
		return byte(s.format.Event), s.format.Event != NoPT
	}
	pt, as, ok := s.format.audio(p.Law)
	if ok {
		transcode(p.Payload(), p.Law, as)
	}
	return pt, ok
}

func (s *side) transmitLocked(from origin, in header, b []byte, at time.Time) bool {
	out, ok := s.tx.next(from, in, at)
	if !ok {
		s.stats.Duplicates++
		return false
	}
	if err := s.far.send(out, b); err != nil {
		s.stats.SendErrors++
		return false
	}
	s.stats.Sent++
	s.stats.SentBytes += uint64(len(b) - headerLen)
	return true
}

func (s *side) Play(id string, src Source) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.src, s.srcID = src, id
	s.srcVia = s.eng.newID()
}

func (s *side) Press(digits string, hold time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	if !s.keypad.busy() {
		s.keyVia = s.eng.newID()
	}
	return s.keypad.press(digits, hold)
}

// playLocked sends the frame of this turn: of the key being pressed, else of what is played. Both go on while nothing
// can be sent, so that they end in time.
func (s *side) playLocked(now time.Time) {
	switch {
	case s.keypad.busy() && s.format.Event != NoPT:
		s.eventLocked(now)
	case s.keypad.busy():
		b := s.frame[:headerLen+FrameSize]
		s.keypad.sound(s.format.Prefer, b[headerLen:])
		s.frameLocked(s.keyVia, b, now)
	case s.src != nil:
		s.sourceLocked(now)
	default:
		return
	}
	s.genSeq++
	s.genTS += FrameSize
}

func (s *side) eventLocked(now time.Time) {
	b := s.frame[:headerLen+4]
	first, send := s.keypad.event(b[headerLen:])
	if first {
		s.keyTS = s.genTS
	}
	if !send {
		s.genSeq-- // a pause is no loss
		return
	}
	if !s.far.ready() {
		s.stats.Unsendable++
		return
	}
	in := header{pt: byte(s.format.Event), marker: first, seq: s.genSeq, ts: s.keyTS}
	s.transmitLocked(origin{via: s.keyVia}, in, b, now)
}

func (s *side) sourceLocked(now time.Time) {
	b := s.frame[:headerLen+FrameSize]
	law := s.format.Prefer
	n := s.src.Frame(law, b[headerLen:])
	for i := headerLen + n; i < len(b); i++ {
		b[i] = law.Silence()
	}
	if n > 0 {
		s.frameLocked(s.srcVia, b, now)
	}
	if n < FrameSize {
		s.src = nil
		s.emitLocked(Event{Kind: Played, At: now, ID: s.srcID})
	}
}

// frameLocked sends 20 ms of audio in the preferred law.
func (s *side) frameLocked(via uint32, b []byte, now time.Time) {
	pt, _, ok := s.format.audio(s.format.Prefer)
	if !ok || !s.far.ready() {
		s.stats.Unsendable++
		return
	}
	in := header{pt: pt, seq: s.genSeq, ts: s.genTS}
	s.transmitLocked(origin{via: via}, in, b, now)
}
