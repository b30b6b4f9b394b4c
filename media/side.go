package media

import (
	"sync"
	"time"

	"github.com/pion/rtcp"
)

// side is what a trunk end and a browser end have in common: all but the wire.
type side struct {
	// given at start
	eng   *Engine
	id    uint32
	owner func(Event)
	far   far
	wire  Wire

	mu     sync.Mutex
	closed bool
	format Format
	stats  Stats // the counters; the rest is filled in by Stats
	inbound
	outbound
	reporter reporter
}

// far is the wire to the far side.
type far interface {
	ready() bool                   // whether something can be sent now; side.mu is held
	send(h header, b []byte) error // b begins with 12 bytes of room for h; side.mu is held
	report(packets []rtcp.Packet)  // side.mu is not held
	watch(now time.Time)           // every 20 ms; side.mu is held
	shut()                         // once; side.mu is not held; does not wait
}

// inbound is the state of what comes from the far side.
type inbound struct {
	dst      Sink
	tap      Tap
	ear      *Ear // nil: nobody judges what is said
	muted    bool
	armed    bool      // the next packet is a FirstReceived
	armedAt  time.Time // … unless it was received before: it belongs to what was attached then
	expected bool
	heard    bool          // something was received since the expectation began
	since    time.Time     // expectation began or last packet
	told     time.Duration // the Silent that was told last; 0: none
	rx       reception
	digits   digitReader
	inband   *inbandReader // nil: not asked for
	found    [2]pressed    // room for the keys that one packet can complete
}

// outbound is the state of what goes to the far side.
type outbound struct {
	tx       rewriter
	awaiting uint32 // FirstSent is due at the first packet via this end; 0: none
	src      Source
	srcID    string
	srcVia   uint32 // origin of what src plays, another one for each Play
	genSeq   uint16 // number and timestamp of what the wheel makes
	genTS    uint32
	keypad   keypad
	keyVia   uint32 // origin of keys, another one whenever the keypad was idle
	keyTS    uint32
	frame    [headerLen + FrameSize + 32]byte
}

// setup is the constructor's part; the caller then gives it to the wheel.
func (s *side) setup(eng *Engine, owner func(Event), wire far, ssrc uint32) {
	now := time.Now()
	s.eng, s.id, s.owner, s.far = eng, eng.newID(), owner, wire
	s.format = Format{PCMU: NoPT, PCMA: NoPT, Event: NoPT}
	s.armed = true
	s.since = now
	s.tx = newRewriter(ssrc)
	s.reporter.due = nextReport(now, eng.cfg.ReportEvery)
}

func (s *side) Attach(dst Sink) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.dst = dst
	s.armed, s.armedAt = dst != nil, time.Now()
	s.mu.Unlock()
	if other, ok := dst.(interface{ await(via uint32) }); ok {
		other.await(s.id)
	}
}

// await arms FirstSent for packets via the given end.
func (s *side) await(via uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.awaiting = via
}

func (s *side) Tap(t Tap) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tap = t
}

func (s *side) Meter(e *Ear) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ear = e
}

func (s *side) Mute(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.muted = on
}

func (s *side) Expect(packets bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if packets && !s.expected {
		s.since, s.heard = time.Now(), false
	}
	s.expected = packets
	if !packets {
		s.told = 0
	}
}

func (s *side) DetectInband(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inband = nil
	if on {
		s.inband = &inbandReader{}
	}
}

func (s *side) Format() Format {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.format
}

func (s *side) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.stats
	out.Lost = s.rx.totals().lost()
	out.Jitter = samplesToTime(s.rx.jitter >> 4)
	out.RTT, out.FarLost = s.reporter.rtt, s.reporter.farLost
	out.FarJitter, out.FarReports = s.reporter.farJitter, s.reporter.farReports
	return out
}

func (s *side) Close(cause error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	s.dst, s.tap, s.ear, s.src, s.inband = nil, nil, nil, nil, nil
	s.keypad = keypad{}
	s.emitLocked(Event{Kind: Closed, At: time.Now(), Cause: cause})
	bye := s.byeLocked()
	s.mu.Unlock()
	if bye != nil {
		s.far.report(bye)
	}
	s.eng.forget(s)
	s.far.shut()
}

func (s *side) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// byeLocked is the end of our SSRC (RFC 3550 §6.6), nil if nobody ever heard of it.
func (s *side) byeLocked() []rtcp.Packet {
	if s.stats.Sent == 0 {
		return nil
	}
	return append(s.reportLocked(time.Now()), &rtcp.Goodbye{Sources: []uint32{s.tx.ssrc}})
}

func (s *side) reportLocked(now time.Time) []rtcp.Packet {
	return s.reporter.compound(now, &s.tx, &s.rx, s.stats.Sent, s.stats.SentBytes, s.eng.cname)
}

// heardRTCP takes a compound packet of the far side; what cannot be read is counted. about is the SSRC whose blocks
// count: ours, or 0 where another reader gets the same packet for them.
func (s *side) heardRTCP(b []byte, about uint32, at time.Time) {
	packets, err := rtcp.Unmarshal(b)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.stats.Malformed++
		return
	}
	s.reporter.heard(packets, about, at)
}

func (s *side) emitLocked(ev Event) { s.eng.courier.post(s.owner, ev) }

// tick is the wheel's turn.
func (s *side) tick(now time.Time) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.watchLocked(now)
	s.far.watch(now)
	s.playLocked(now)
	var report []rtcp.Packet
	if !now.Before(s.reporter.due) {
		s.reporter.due = nextReport(now, s.eng.cfg.ReportEvery)
		// A warm connection is silent: no report without news.
		if s.far.ready() && (s.stats.Sent > s.reporter.sentAtLast || s.rx.count > s.rx.lastCount) {
			report = s.reportLocked(now)
		}
	}
	s.mu.Unlock()
	if report != nil {
		s.far.report(report)
	}
}
