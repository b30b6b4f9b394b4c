package media

import (
	"math"
	"time"
)

const (
	// jitterRing holds 512 ms; a power of two, so that timestamps index it by their low bits.
	jitterRing = 4096
	// jitterLeast is how far behind the newest sample the reading begins: one packet of 20 ms and one frame of slack for
	// a wheel and a sender that are not in step.
	jitterLeast = 2 * FrameSize
	// jitterMost is how far it falls behind on a bad line.
	jitterMost = 8 * FrameSize
	// jitterCalm is how long the buffer must have held more than it needs before a frame is left out.
	jitterCalm = 50 // frames: 1 s
	// missing marks a sample that did not come; G.711 has none of this value.
	missing = math.MinInt16
	// fadeShift halves what is heard in place of a missing sample for every frame that it lasts.
	fadeShift = 1
)

// jitterBuffer turns packets that come late, early, twice or never into one frame every 20 ms. It is ordered by the
// packets' timestamps, so packets of any length will do. What is missing is filled with the frame before it, fading.
//
// It stands only where sound is consumed (mixer, recorder); a bridge passes packets on as they come.
type jitterBuffer struct {
	ring    [jitterRing]int16
	ssrc    uint32
	via     uint32
	open    bool   // the reading position stands
	next    uint32 // timestamp of the next sample to be read
	high    uint32 // timestamp after the newest sample
	target  uint32 // how far behind high the reading begins
	low     uint32 // least that was left in the ring after a read, since calm was 0
	calm    int
	dry     int // frames in a row without a single sample
	last    [FrameSize]int16
	dropped uint64 // samples that came too late or were left out
}

// maxDry is after how many empty frames the buffer begins anew with the next packet: what comes then is no late part of
// what was there before, but speech after a pause.
const maxDry = 5

// put takes a packet's payload.
func (j *jitterBuffer) put(p *Packet) {
	payload := p.Payload()
	n := uint32(len(payload)) //nolint:gosec // at most an MTU
	if n == 0 || n > jitterRing/4 {
		return
	}
	if !j.open || p.SSRC != j.ssrc || p.Via != j.via || farTS(p.TS, j.high) {
		j.begin(p, n)
	}
	ts := p.TS
	if int32(j.next-ts) > 0 {
		skip := j.late(ts, n)
		payload, ts, n = payload[skip:], ts+skip, n-skip
		if n == 0 {
			return
		}
	}
	if int32(ts+n-j.next) > jitterRing-FrameSize {
		j.begin(p, n) // half a second ahead: the sender's clock jumped
	}
	table := &decoded[p.Law&1]
	for i, c := range payload {
		j.ring[(ts+uint32(i))%jitterRing] = table[c]
	}
	if int32(ts+n-j.high) > 0 {
		j.high = ts + n
	}
}

// begin sets the reading position: target behind the end of p.
func (j *jitterBuffer) begin(p *Packet, n uint32) {
	if j.target == 0 || !j.open {
		j.target = max(jitterLeast, n+FrameSize)
	}
	for i := range j.ring {
		j.ring[i] = missing
	}
	j.open, j.ssrc, j.via = true, p.SSRC, p.Via
	j.high = p.TS + n
	j.next = j.high - max(j.target, n)
	j.dry, j.calm = 0, 0
}

// late takes a packet of n samples whose place, or a part of it, has been read already, and says how many of them can't
// be used. The reading steps back by a frame, which is filled, so that the next one like it comes in time.
func (j *jitterBuffer) late(ts, n uint32) (skip uint32) {
	if int32(j.high-j.next) < jitterMost {
		j.target = min(j.target+FrameSize, jitterMost)
		j.next -= FrameSize
		for i := range uint32(FrameSize) {
			j.ring[(j.next+i)%jitterRing] = missing
		}
		j.calm = 0
	}
	skip = min(uint32(max(int32(j.next-ts), 0)), n)
	j.dropped += uint64(skip)
	return skip
}

// frame reads the next 20 ms into dst and reports whether any of it was received.
func (j *jitterBuffer) frame(dst *[FrameSize]int16) bool {
	if !j.open {
		clear(dst[:])
		return false
	}
	j.shorten()
	got := false
	for i := range dst {
		at := &j.ring[(j.next+uint32(i))%jitterRing]
		if *at == missing {
			j.last[i] >>= fadeShift
			dst[i] = j.last[i]
			continue
		}
		got = true
		dst[i], j.last[i] = *at, *at
		*at = missing
	}
	j.next += FrameSize
	if !got {
		j.dry++
		if j.dry >= maxDry {
			j.open = false
		}
		return false
	}
	j.dry = 0
	return true
}

// shorten leaves a frame out when the buffer has held more than it needs for a second: the sender's clock is faster
// than ours, or the line has become better.
func (j *jitterBuffer) shorten() {
	held := j.high - j.next
	if int32(held) < 0 {
		held = 0
	}
	if j.calm == 0 || held < j.low {
		j.low = held
	}
	j.calm++
	if j.calm < jitterCalm {
		return
	}
	if j.low > j.target+FrameSize {
		for i := range uint32(FrameSize) {
			j.ring[(j.next+i)%jitterRing] = missing
		}
		j.next += FrameSize
		j.dropped += FrameSize
	} else if j.target > jitterLeast && j.low > 2*FrameSize {
		j.target -= FrameSize
	}
	j.calm = 0
}

// delay is how long a sample stays in the buffer.
func (j *jitterBuffer) delay() time.Duration { return samplesToTime(int64(int32(j.high - j.next))) }
