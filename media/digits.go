package media

import (
	"encoding/binary"
	"time"
)

const (
	// keys in the order of their RFC 4733 event codes 0 to 15.
	keys = "0123456789*#ABCD"
	// digitGap ends a key whose end packets were all lost.
	digitGap = 100 * time.Millisecond
)

// digitReader finds keys in telephone-events (RFC 4733): each once, whatever of it is lost, doubled or late. A key is
// known by its SSRC and the timestamp that all its packets share.
type digitReader struct {
	open     bool
	ssrc     uint32
	ts       uint32
	key      byte
	duration uint32 // samples so far; longer than 65,535 by segments (§2.5.1.3)
	segment  uint32 // samples of earlier segments
	at       time.Time
	lastAt   time.Time
	done     [8]digitID // keys already told, a ring
	turn     int
}

type digitID struct {
	ssrc, ts uint32
	used     bool
}

type pressed struct {
	key      byte
	at       time.Time
	duration time.Duration
}

// heard takes one event packet and appends the keys that it completes to out: the one before it, its own, or both.
//
//	|     event     |E|R| volume    |          duration             |
func (d *digitReader) heard(h header, payload []byte, at time.Time, out []pressed) []pressed {
	if len(payload) < 4 || int(payload[0]) >= len(keys) {
		return out
	}
	key, ended := keys[payload[0]], payload[1]&0x80 != 0
	duration := uint32(binary.BigEndian.Uint16(payload[2:]))
	if d.told(h.ssrc, h.ts) {
		return out
	}
	if d.open && d.ssrc == h.ssrc && d.key == key && h.ts == d.ts+0xFFFF {
		d.segment += 0xFFFF
		d.tell() // late packets of the segment before are no new key
		d.ts = h.ts
	}
	if !d.open || d.ssrc != h.ssrc || d.ts != h.ts {
		out = d.finish(out)
		*d = digitReader{open: true, ssrc: h.ssrc, ts: h.ts, key: key, at: at, done: d.done, turn: d.turn}
	}
	d.duration = max(d.duration, d.segment+duration)
	d.lastAt = at
	if ended {
		out = d.finish(out)
	}
	return out
}

// expire completes a key of which nothing came for digitGap.
func (d *digitReader) expire(now time.Time, out []pressed) []pressed {
	if d.open && now.Sub(d.lastAt) >= digitGap {
		return d.finish(out)
	}
	return out
}

func (d *digitReader) finish(out []pressed) []pressed {
	if !d.open {
		return out
	}
	d.open = false
	d.tell()
	return append(out, pressed{d.key, d.at, samplesToTime(int64(d.duration))})
}

func (d *digitReader) tell() {
	d.done[d.turn] = digitID{d.ssrc, d.ts, true}
	d.turn = (d.turn + 1) % len(d.done)
}

func (d *digitReader) told(ssrc, ts uint32) bool {
	for _, id := range d.done {
		if id == (digitID{ssrc, ts, true}) {
			return true
		}
	}
	return false
}
