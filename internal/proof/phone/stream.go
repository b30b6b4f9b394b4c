// Package phone is the voice of a telephone for tests: RTP with a tone in G.711 and keys by RFC 4733, live on a socket or
// as a capture file that SIPp plays. Signalling is somebody else's. It shares no code with the product.
package phone

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strings"
)

// Payload types of RFC 3551 §6.
const (
	PCMU = 0
	PCMA = 8
)

// Frame is 20 ms at 8 kHz.
const Frame = 160

// Stream makes the packets of one RTP source, each of 20 ms.
type Stream struct {
	Type  byte    // PCMU or PCMA
	Event byte    // payload type of telephone-event
	Hz    float64 // 0 = silence

	ssrc      uint32
	number    uint16
	timestamp uint32
	sample    uint64
	begun     bool
}

// NewStream begins at a random number and time (RFC 3550 §5.1).
func NewStream(kind, event byte, hz float64) *Stream {
	return &Stream{Type: kind, Event: event, Hz: hz, ssrc: rand.Uint32(), number: uint16(rand.Uint32()), timestamp: rand.Uint32()}
}

// Next is the next 20 ms of the tone, a quarter of the full power.
func (s *Stream) Next() []byte {
	b := s.header(s.Type, !s.begun, s.timestamp)
	s.begun = true
	for range Frame {
		v := 0.5 * math.Sin(2*math.Pi*s.Hz*float64(s.sample)/8000)
		s.sample++
		b = append(b, Encode(s.Type, v))
	}
	s.timestamp += Frame
	return b
}

// Key is a key pressed for n·20 ms: n packets, of which the last comes three times (RFC 4733 §2.5.1.4). All carry the
// instant of the press; the stream goes on after it.
func (s *Stream) Key(digit byte, n int) [][]byte {
	code := strings.IndexByte("0123456789*#ABCD", digit)
	var all [][]byte
	for i := 1; i <= n+2; i++ {
		end, duration := byte(0), min(i, n)*Frame
		if i >= n {
			end = 0x80
		}
		b := s.header(s.Event, i == 1, s.timestamp)
		b = append(b, byte(code), end|10) // −10 dBm0
		all = append(all, binary.BigEndian.AppendUint16(b, uint16(duration)))
	}
	s.timestamp += uint32(n+2) * Frame
	s.sample += uint64(n+2) * Frame
	return all
}

func (s *Stream) header(kind byte, mark bool, timestamp uint32) []byte {
	if mark {
		kind |= 0x80
	}
	s.number++
	b := binary.BigEndian.AppendUint16([]byte{0x80, kind}, s.number)
	b = binary.BigEndian.AppendUint32(b, timestamp)
	return binary.BigEndian.AppendUint32(b, s.ssrc)
}

// Encode codes −1 … 1 by G.711, kind is PCMA or PCMU.
func Encode(kind byte, x float64) byte {
	if kind == PCMA {
		return alaw(x)
	}
	return mulaw(x)
}

// mulaw codes −1 … 1 by ITU-T G.711 table 2a: sign, exponent, mantissa of the biased 14-bit value, all inverted.
func mulaw(x float64) byte {
	sign, v := byte(0), int(math.Round(math.Abs(x)*8158))+33
	if x < 0 {
		sign = 0x80
	}
	exp := 0
	for v>>exp > 63 {
		exp++
	}
	return ^(sign | byte(min(exp, 7))<<4 | byte(v>>(exp+1))&0x0f)
}

// alaw codes −1 … 1 by table 1a: the sign bit set for positive, even bits inverted. The first two segments are linear.
func alaw(x float64) byte {
	sign, v := byte(0x80), int(math.Abs(x)*4095)
	if x < 0 {
		sign = 0
	}
	exp := 0
	for v>>exp > 63 {
		exp++
	}
	if v > 31 {
		exp++
	}
	return (sign | byte(exp)<<4 | byte(v>>(max(exp-1, 0)+1))&0x0f) ^ 0x55
}
