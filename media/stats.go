package media

import (
	"math"
	"time"
)

// Stats is a snapshot of an End. Counters run from its beginning.
type Stats struct {
	Received        uint64        // packets taken from the far side
	ReceivedBytes   uint64        // their payloads
	Lost            int64         // packets that should have come and did not; negative: duplicates
	Jitter          time.Duration // interarrival jitter of RFC 3550
	FirstReceivedAt time.Time     // zero: nothing yet
	LastReceivedAt  time.Time
	Unattached      uint64 // received while nothing was attached, dropped
	Malformed       uint64 // not RTP
	UnknownPT       uint64 // payload type that was not negotiated
	Learning        uint64 // dropped while the source of a trunk was not yet locked
	Foreign         uint64 // dropped since the source is locked to another
	Late            uint64 // came after Close, while the port was drained

	Sent       uint64
	SentBytes  uint64 // payloads
	Duplicates uint64 // of what was written: duplicates, too late, or from a stream that was replaced
	Yielded    uint64 // written while something was played or pressed
	Unsendable uint64 // written while the far side was unknown, held, or had not agreed to such packets
	SendErrors uint64

	RTT        time.Duration // by RTCP; 0: unknown
	FarLost    float64       // fraction of ours that the far side misses, by its last report
	FarJitter  time.Duration
	FarReports uint64 // RTCP report blocks about us
}

// Wire is what an end's far side is.
type Wire int

// The wires.
const (
	TrunkWire Wire = iota // a carrier's RTP
	WebWire               // a browser's SRTP
)

// Flow adds up the packets of all ends of a wire since the start. Jitter and RTT are no sums: each leg's account has them.
type Flow struct {
	Received, ReceivedBytes uint64
	Lost                    uint64 // an end whose far side sent more than was due counts as none
	Dropped                 uint64 // malformed, unknown, foreign, while learning, late
	Sent, SentBytes         uint64
	SendErrors              uint64
}

func (f *Flow) add(s Stats) {
	f.Received += s.Received
	f.ReceivedBytes += s.ReceivedBytes
	f.Lost += uint64(max(s.Lost, 0))
	f.Dropped += s.Malformed + s.UnknownPT + s.Learning + s.Foreign + s.Late
	f.Sent += s.Sent
	f.SentBytes += s.SentBytes
	f.SendErrors += s.SendErrors
}

// Flows are both wires'.
type Flows struct{ Trunk, Web Flow }

func (f *Flows) of(w Wire) *Flow {
	if w == WebWire {
		return &f.Web
	}
	return &f.Trunk
}

// LossRatio is the share of packets that did not come, 0 to 1.
func (s Stats) LossRatio() float64 {
	due := float64(s.Received) + float64(s.Lost)
	if s.Lost <= 0 || due <= 0 {
		return 0
	}
	return float64(s.Lost) / due
}

// MOS estimates how the sound from the far side is judged, 1 to 4.4, by the E-model (ITU-T G.107) for G.711 with
// concealment: Ie = 0, Bpl = 25.1 (G.113 appendix I). The delay is half the round trip plus twice the jitter for the
// listener's buffer plus one frame. 0: nothing was received.
func (s Stats) MOS() float64 {
	if s.Received == 0 {
		return 0
	}
	const bpl = 25.1
	loss := 100 * s.LossRatio()
	delay := float64(s.RTT/2+2*s.Jitter+frameTime) / float64(time.Millisecond)
	id := 0.024 * delay
	if delay > 177.3 {
		id += 0.11 * (delay - 177.3)
	}
	r := 93.2 - id - 95*loss/(loss+bpl)
	if r <= 0 {
		return 1
	}
	return 1 + 0.035*r + r*(r-60)*(100-r)*7e-6
}

func samplesToTime(n int64) time.Duration {
	return time.Duration(math.Round(float64(n) * float64(time.Second) / clockRate))
}
