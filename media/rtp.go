package media

import (
	"encoding/binary"
	"errors"
)

// The RTP header (RFC 3550 §5.1):
//
//	 0                   1                   2                   3
//	|V=2|P|X|  CC   |M|     PT      |       sequence number         |
//	|                           timestamp                           |
//	|                             SSRC                              |
//	|                   CSRC, CC times … extension, if X            |
type header struct {
	pt     byte
	marker bool
	seq    uint16
	ts     uint32
	ssrc   uint32
}

var errNotRTP = errors.New("not an RTP packet")

// parseRTP reads the header of b. body is b from 12 bytes before the payload to its end: CSRC, extension and padding
// are cut off, since we never send them on.
func parseRTP(b []byte) (h header, body []byte, err error) {
	if len(b) < headerLen || b[0]>>6 != 2 {
		return h, nil, errNotRTP
	}
	start, end := headerLen+4*int(b[0]&15), len(b)
	if b[0]&0x10 != 0 {
		if end < start+4 {
			return h, nil, errNotRTP
		}
		start += 4 + 4*int(binary.BigEndian.Uint16(b[start+2:]))
	}
	if b[0]&0x20 != 0 {
		pad := int(b[end-1])
		if pad == 0 {
			return h, nil, errNotRTP
		}
		end -= pad
	}
	if start > end {
		return h, nil, errNotRTP
	}
	h = header{
		pt:     b[1] & 0x7F,
		marker: b[1]&0x80 != 0,
		seq:    binary.BigEndian.Uint16(b[2:]),
		ts:     binary.BigEndian.Uint32(b[4:]),
		ssrc:   binary.BigEndian.Uint32(b[8:]),
	}
	return h, b[start-headerLen : end], nil
}

// put writes h to the first 12 bytes of b.
func (h header) put(b []byte) {
	b[0], b[1] = 2<<6, h.pt
	if h.marker {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], h.seq)
	binary.BigEndian.PutUint32(b[4:], h.ts)
	binary.BigEndian.PutUint32(b[8:], h.ssrc)
}

// isRTCP tells RTCP from RTP where both share a port (RFC 5761 §4).
func isRTCP(b []byte) bool { return len(b) >= 2 && b[1] >= 192 && b[1] <= 223 }
