package media

import "time"

// reception keeps the statistics of what comes from one SSRC (RFC 3550 appendix A.1, A.3, A.8) and their sum over the
// SSRCs that were there before.
type reception struct {
	ssrc      uint32
	base      uint64 // extended number of the first packet, in cycle 1
	high      uint64 // of the newest
	count     uint64
	firstAt   time.Time
	transit   int64 // of the packet before, in samples
	jitter    int64 // in samples × 16
	closed    tally // of earlier SSRCs
	lastCount uint64
	lastDue   uint64
}

// tally counts packets that should have come and that came.
type tally struct{ due, came uint64 }

func (r *reception) heard(h header, at time.Time) {
	if r.count == 0 || h.ssrc != r.ssrc || farSeq(h.seq, uint16(r.high)) {
		r.begin(h)
	}
	ext := r.high + uint64(int64(int16(h.seq-uint16(r.high))))
	r.high = max(r.high, ext)
	r.count++
	if r.count == 1 {
		r.firstAt = at
	}
	// Only the difference of two transits counts, so the zero of our clock may be anywhere.
	transit := int64(samples(at.Sub(r.firstAt))) - int64(h.ts)
	if r.count > 1 {
		d := int64(int32(transit - r.transit))
		r.jitter += max(d, -d) - (r.jitter+8)>>4
	}
	r.transit = transit
}

func (r *reception) begin(h header) {
	t := r.totals()
	*r = reception{ssrc: h.ssrc, base: 1<<16 + uint64(h.seq), closed: t}
	r.high = r.base
}

func (r *reception) due() uint64 {
	if r.count == 0 {
		return 0
	}
	return r.high - r.base + 1
}

// totals is the sum over all SSRCs.
func (r *reception) totals() tally {
	return tally{due: r.closed.due + r.due(), came: r.closed.came + r.count}
}

// lost is the number of packets missing; duplicates make up for losses, as in RFC 3550 A.3.
func (t tally) lost() int64 { return int64(t.due) - int64(t.came) }

// block is the reception report since the one before (RFC 3550 §6.4.1).
type block struct {
	ssrc     uint32
	fraction uint8 // lost, in 1/256
	lost     int32 // since the beginning, 24 bits
	highest  uint32
	jitter   uint32 // in samples
}

func (r *reception) report() block {
	due, came := r.due()-r.lastDue, r.count-r.lastCount
	r.lastDue, r.lastCount = r.due(), r.count
	b := block{ssrc: r.ssrc, highest: uint32(r.high - 1<<16), jitter: uint32(r.jitter >> 4)}
	if due > came {
		b.fraction = uint8(min((due-came)<<8/due, 255))
	}
	lost := tally{r.due(), r.count}.lost()
	b.lost = int32(min(max(lost, -1<<23), 1<<23-1))
	return b
}
