package wiretap

import (
	"encoding/binary"
	"math"
	"time"
)

// RTP is a packet's header as far as a witness needs it (RFC 3550 §5.1).
type RTP struct {
	At        time.Time
	Type      uint8
	Marker    bool
	Number    uint16
	Timestamp uint32
	SSRC      uint32
	Payload   []byte
}

// ReadRTP reads a datagram as RTP; false when it is none. RTCP's types (RFC 5761 §4) are none.
func ReadRTP(p Packet) (RTP, bool) {
	b := p.Data
	if len(b) < 12 || b[0]>>6 != 2 || b[1] >= 192 && b[1] <= 223 {
		return RTP{}, false
	}
	head := 12 + int(b[0]&0x0f)*4
	if b[0]&0x10 != 0 { // extension
		if len(b) < head+4 {
			return RTP{}, false
		}
		head += 4 + int(binary.BigEndian.Uint16(b[head+2:]))*4
	}
	if len(b) < head {
		return RTP{}, false
	}
	return RTP{
		At: p.At, Type: b[1] & 0x7f, Marker: b[1]&0x80 != 0, Number: binary.BigEndian.Uint16(b[2:]),
		Timestamp: binary.BigEndian.Uint32(b[4:]), SSRC: binary.BigEndian.Uint32(b[8:]), Payload: b[head:],
	}, true
}

// Samples decodes the G.711 in the packets, in their order: -1 … 1 at 8 kHz.
func Samples(packets []Packet) []float64 {
	var out []float64
	for _, p := range packets {
		if r, ok := ReadRTP(p); ok {
			out = append(out, Decode(r.Type, r.Payload)...)
		}
	}
	return out
}

// Decode expands a payload of G.711 to -1 … 1 at 8 kHz; pt is 0 for µ-law, 8 for A-law (RFC 3551 §6), all else has no sound.
func Decode(pt uint8, payload []byte) []float64 {
	expand := map[uint8]func(byte) float64{0: mulaw, 8: alaw}[pt]
	if expand == nil {
		return nil
	}
	out := make([]float64, len(payload))
	for i, c := range payload {
		out[i] = expand(c)
	}
	return out
}

// mulaw expands one byte of G.711 µ-law (ITU-T G.711 table 2a): inverted; sign, exponent, mantissa; bias 33 of 8159.
func mulaw(c byte) float64 {
	c = ^c
	v := (float64(c&0x0f)*2+33)*math.Exp2(float64(c>>4&7)) - 33
	if c&0x80 != 0 {
		v = -v
	}
	return v / 8159
}

// alaw expands one byte of G.711 A-law (table 1a): even bits inverted, the sign bit set for positive.
func alaw(c byte) float64 {
	c ^= 0x55
	v, exp := float64(c&0x0f)*2+1, float64(c>>4&7)
	if exp > 0 {
		v = (v + 32) * math.Exp2(exp-1)
	}
	if c&0x80 == 0 {
		v = -v
	}
	return v / 4096
}

// Tone is the share of the samples' power that lies at hz, by Goertzel: 1 for that sine alone, 0 for anything else. Give
// it 0.2 s or more; the band is rate/len wide.
func Tone(samples []float64, rate, hz float64) float64 {
	power := Power(samples)
	if power == 0 {
		return 0
	}
	w := 2 * math.Pi * hz / rate
	c := 2 * math.Cos(w)
	var s1, s2 float64
	for _, x := range samples {
		s1, s2 = x+c*s1-s2, s1
	}
	n := float64(len(samples))
	return 2 * (s1*s1 + s2*s2 - c*s1*s2) / (n * n * power)
}

// Power is the mean square; a full sine has 0.5, 1e-4 is speech at the far end of a room.
func Power(samples []float64) float64 {
	var sum float64
	for _, x := range samples {
		sum += x * x
	}
	if len(samples) == 0 {
		return 0
	}
	return sum / float64(len(samples))
}
