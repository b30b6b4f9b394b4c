package media

import (
	"math/rand/v2"
	"time"
)

const (
	frameTime = 20 * time.Millisecond
	// FrameSize is 20 ms of G.711: bytes and 8 kHz samples.
	FrameSize = 160
	clockRate = 8000

	jumpSeq = 1000          // a larger step of a source's sequence numbers is another stream
	jumpTS  = 5 * clockRate // so is a larger step of its timestamps
	// ignoreFor is how long late packets of the stream before are dropped; they would make the offsets flap.
	ignoreFor = 200 * time.Millisecond
)

// origin is one incoming stream: who received it and under which SSRC. The wheel's own streams have no SSRC.
type origin struct{ via, ssrc uint32 }

// rewriter makes one continuous RTP stream of all that is sent to a far side.
//
// No sequence number is ever used twice under one SSRC: with AES-GCM that would reuse a nonce. Numbers more than 64
// behind the newest are dropped, of the rest `sent` knows each.
type rewriter struct {
	ssrc   uint32
	high   uint64    // extended number of the newest packet sent; starts in cycle 1, so that late ones have room below
	sent   uint64    // bit i: high-i was sent
	lastTS uint32    // timestamp of the newest packet
	lastAt time.Time // when lastTS was now

	from     origin
	prev     origin // relayed before from
	prevTill time.Time
	floor    uint64 // first extended number of from
	inSeq    uint16 // newest of from
	inTS     uint32
	seqOff   uint16
	tsOff    uint32
}

func newRewriter(ssrc uint32) rewriter {
	return rewriter{ssrc: ssrc, high: 1<<16 + uint64(rand.Uint32N(1<<16)), lastTS: rand.Uint32()}
}

// next gives the header under which in leaves; the payload type is kept. ok is false for a duplicate, a packet that
// comes too late, and the tail of a stream that was replaced.
func (r *rewriter) next(from origin, in header, at time.Time) (out header, ok bool) {
	if from == r.prev && at.Before(r.prevTill) {
		return out, false
	}
	fresh := from != r.from || farSeq(in.seq, r.inSeq) || farTS(in.ts, r.inTS)
	if fresh {
		r.switchTo(from, in, at)
	}
	seq := in.seq + r.seqOff
	ext := r.high + uint64(int64(int16(seq-uint16(r.high))))
	if ext < r.floor || !r.claim(ext) {
		return out, false
	}
	ts := in.ts + r.tsOff
	if ext == r.high {
		r.inSeq, r.inTS = in.seq, in.ts
		if ts != r.lastTS || fresh {
			r.lastTS, r.lastAt = ts, at
		}
	}
	return header{pt: in.pt, marker: in.marker || fresh, seq: seq, ts: ts, ssrc: r.ssrc}, true
}

// switchTo sets the offsets so that in follows the newest packet: number + 1, timestamp by the wall clock.
func (r *rewriter) switchTo(from origin, in header, at time.Time) {
	if from != r.from {
		// Only a relayed stream can have packets under way; what the wheel plays ends at once.
		if r.from.ssrc != 0 && from.ssrc != 0 {
			r.prev, r.prevTill = r.from, at.Add(ignoreFor)
		} else {
			r.prev = origin{}
		}
		r.from = from
	}
	step := uint32(FrameSize)
	if !r.lastAt.IsZero() {
		step = max(step, samples(at.Sub(r.lastAt)))
	}
	r.floor = r.high + 1
	r.seqOff = uint16(r.floor) - in.seq
	r.tsOff = r.lastTS + step - in.ts
}

// claim marks ext as sent; false if it was or may have been.
func (r *rewriter) claim(ext uint64) bool {
	if ext > r.high {
		r.sent = r.sent<<(ext-r.high) | 1
		r.high = ext
		return true
	}
	behind := r.high - ext
	if behind >= 64 || r.sent>>behind&1 == 1 {
		return false
	}
	r.sent |= 1 << behind
	return true
}

// now is the timestamp that the stream would have at the given instant, for sender reports (RFC 3550 §6.4.1).
func (r *rewriter) now(at time.Time) uint32 { return r.lastTS + samples(at.Sub(r.lastAt)) }

func samples(d time.Duration) uint32 { return uint32(int64(d) * clockRate / int64(time.Second)) }

func farSeq(a, b uint16) bool {
	d := int16(a - b)
	return d > jumpSeq || d < -jumpSeq
}

func farTS(a, b uint32) bool {
	d := int32(a - b)
	return d > jumpTS || d < -jumpTS
}
