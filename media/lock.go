package media

import (
	"net/netip"
	"time"
)

const (
	// learnPackets in sequence, spread over at least learnSpan, make an unannounced source the far side. A talker of
	// 20 ms packets needs 4, one of 10 ms needs 5; a sprayer that is faster than speech needs more.
	learnPackets = 4
	learnSpan    = 40 * time.Millisecond
	// candidates is how many sources are watched at once while learning, so that one cannot push out another.
	candidates = 4
)

type verdict uint8

const (
	accepted verdict = iota
	learning         // may become the source
	foreign          // is not the source
)

// sourceLock decides whose packets are the far side's (RFC 7362 §4, against "RTP bleed"). The announced address is
// believed at once; any other source only after learning, and only until the announced one speaks. Once locked,
// address and SSRC stay. Only another SDP releases the address; another SSRC from the same address has to be learned.
type sourceLock struct {
	announced netip.AddrPort
	source    netip.AddrPort // zero: not locked
	ssrc      uint32
	watched   [candidates]candidate
	turn      int // the candidate to be replaced next
}

type candidate struct {
	from    netip.AddrPort
	ssrc    uint32
	seq     uint16
	inRow   int
	firstAt time.Time
	lastAt  time.Time
}

// announce takes the address of an SDP. The same address again keeps the lock: session refreshes and holds must not
// open the door.
func (l *sourceLock) announce(addr netip.AddrPort) {
	if addr == l.announced {
		return
	}
	*l = sourceLock{announced: addr}
}

func (l *sourceLock) locked() bool { return l.source.IsValid() }

// admit judges a packet with a negotiated payload type.
func (l *sourceLock) admit(from netip.AddrPort, h header, at time.Time) verdict {
	if !l.announced.IsValid() {
		return learning // no SDP yet: nobody can be known
	}
	if from == l.source {
		return l.sameAddress(from, h, at)
	}
	if from == l.announced {
		l.take(from, h.ssrc)
		return accepted
	}
	if l.locked() {
		return foreign
	}
	if l.learned(from, h, at) {
		l.take(from, h.ssrc)
		return accepted
	}
	return learning
}

func (l *sourceLock) sameAddress(from netip.AddrPort, h header, at time.Time) verdict {
	if h.ssrc == l.ssrc {
		return accepted
	}
	if l.learned(from, h, at) {
		l.take(from, h.ssrc)
		return accepted
	}
	return foreign
}

func (l *sourceLock) take(from netip.AddrPort, ssrc uint32) {
	l.source, l.ssrc = from, ssrc
	l.watched = [candidates]candidate{}
}

func (l *sourceLock) learned(from netip.AddrPort, h header, at time.Time) bool {
	c := l.watch(from, h.ssrc)
	if c.inRow == 0 || h.seq != c.seq+1 {
		c.inRow, c.firstAt = 0, at
	}
	c.inRow++
	c.seq, c.lastAt = h.seq, at
	return c.inRow >= learnPackets && at.Sub(c.firstAt) >= learnSpan
}

func (l *sourceLock) watch(from netip.AddrPort, ssrc uint32) *candidate {
	for i := range l.watched {
		if c := &l.watched[i]; c.from == from && c.ssrc == ssrc {
			return c
		}
	}
	c := &l.watched[l.turn]
	l.turn = (l.turn + 1) % candidates
	*c = candidate{from: from, ssrc: ssrc}
	return c
}
