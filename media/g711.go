package media

import "math/bits"

// Law is one of the two companding laws of ITU-T G.711.
type Law uint8

// PCMU is the µ-law of North America and Japan, PCMA the A-law of the rest.
const (
	PCMU Law = iota
	PCMA
)

func (l Law) String() string {
	if l == PCMA {
		return "PCMA"
	}
	return "PCMU"
}

// Silence is the code of the sample 0 (A-law has none: the smallest positive one).
func (l Law) Silence() byte {
	if l == PCMA {
		return 0xD5
	}
	return 0xFF
}

// Decode gives the sample on a scale of 16 bits.
func (l Law) Decode(code byte) int16 { return decoded[l&1][code] }

// Encode gives the code of the interval that the sample lies in.
func (l Law) Encode(sample int16) byte {
	if l == PCMA {
		return encodeA(sample)
	}
	return encodeMu(sample)
}

// transcode changes payload from one law to the other in place.
func transcode(payload []byte, from, to Law) {
	if from == to {
		return
	}
	table := &crossed[from&1]
	for i, c := range payload {
		payload[i] = table[c]
	}
}

var (
	decoded = [2][256]int16{PCMU: makeTable(decodeMu), PCMA: makeTable(decodeA)}
	// crossed[l] maps a code of l to the code of the same sample in the other law.
	crossed = [2][256]byte{
		PCMU: makeTable(func(c byte) byte { return encodeA(decodeMu(c)) }),
		PCMA: makeTable(func(c byte) byte { return encodeMu(decodeA(c)) }),
	}
)

func makeTable[T any](f func(byte) T) (table [256]T) {
	for i := range table {
		table[i] = f(byte(i))
	}
	return table
}

const (
	// muBias makes the µ-law segments powers of two: 33 on G.711's scale of 14 bits, ×4 on ours of 16.
	muBias = 33 * 4
	// muClip is the largest magnitude with a segment of its own.
	muClip = 0x7FFF - muBias
)

// A code is sign (1 bit), segment (3), interval in the segment (4); µ-law is sent inverted (G.711 §3.2, table 2a).
func decodeMu(code byte) int16 {
	code = ^code
	segment, step := code>>4&7, int16(code&15)
	v := (step<<3+muBias)<<segment - muBias
	if code&0x80 != 0 {
		return -v
	}
	return v
}

func encodeMu(sample int16) byte {
	sign, m := byte(0), int(sample)
	if m < 0 {
		sign, m = 0x80, -m
	}
	m = min(m, muClip) + muBias
	segment := bits.Len(uint(m)) - 8
	return ^(sign | byte(segment<<4) | byte(m>>(segment+3))&15)
}

// A-law is sent with its even bits inverted (G.711 §3.1, table 1a); its segments 0 and 1 have the same step.
func decodeA(code byte) int16 {
	code ^= 0x55
	segment, v := code>>4&7, int16(code&15)<<4+8
	if segment > 0 {
		v = (v + 0x100) << (segment - 1)
	}
	if code&0x80 == 0 {
		return -v
	}
	return v
}

func encodeA(sample int16) byte {
	sign, m := byte(0x80), int(sample)
	if m < 0 {
		sign, m = 0, ^m
	}
	m >>= 4
	segment := max(bits.Len(uint(m))-4, 0)
	return (sign | byte(segment<<4) | byte(m>>max(segment-1, 0))&15) ^ 0x55
}
