package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// A frame, little endian, beginning at a multiple of 8 in its segment:
//
//	 0       1       2       3       4       5       6       7
//	+-------+-------+-------+-------+-------+-------+-------+-------+
//	|  'C'  |  'S'  | kind  | state |  name length  |   0       0   |
//	+-------+-------+-------+-------+-------+-------+-------+-------+
//	|          body length          |            durable            |
//	+-------+-------+-------+-------+-------+-------+-------+-------+
//	|        CRC32C of body         |        CRC32C of head         |
//	+-------+-------+-------+-------+-------+-------+-------+-------+
//	|  name …  body …  zeros to a multiple of 8                     |
//	+---------------------------------------------------------------+
//
// durable is the number of bytes of this segment that were fsynced when the
// frame was written. The head's CRC covers the segment's number, the frame's
// offset, everything above but state and itself, and the name: a frame is
// valid only where it was written.
//
// Erasing a side entry sets state, fsyncs, overwrites the body with zeros and
// fsyncs. One byte is never torn, and the body of an erased frame is not
// checked, so a power cut at any moment leaves a valid frame.
const (
	frameHead  = 24
	frameAlign = 8
	maxName    = 1024
	maxBody    = 4 << 20
)

type frameKind byte

const (
	stampFrame frameKind = 1
	sideFrame  frameKind = 2
	markFrame  frameKind = 3 // says only what durable says; written by Close
)

const (
	stateStands byte = 0
	stateErased byte = 0xE5
	stateOffset      = 3 // of the state byte in a frame
)

type frame struct {
	kind    frameKind
	erased  bool
	durable int64
	name    []byte
	body    []byte
	size    int64 // in the file, padding included
}

var (
	errShort = errors.New("the file ends inside a frame")
	errBody  = errors.New("wrong checksum of a frame's body")
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli) //nolint:gochecknoglobals // read-only table

// appendFrame writes a frame that will stand at offset off of segment number.
func appendFrame(dst []byte, number uint32, off, durable int64, kind frameKind, name, body []byte) []byte {
	start := len(dst)
	dst = append(dst, 'C', 'S', byte(kind), stateStands)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(name)))
	dst = append(dst, 0, 0)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(body)))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(durable))
	dst = binary.LittleEndian.AppendUint32(dst, crc32.Checksum(body, castagnoli))
	dst = append(dst, 0, 0, 0, 0)
	dst = append(dst, name...)
	head := dst[start:]
	binary.LittleEndian.PutUint32(head[20:], headCRC(number, off, head[:frameHead], name))
	dst = append(dst, body...)
	for (len(dst)-start)%frameAlign != 0 {
		dst = append(dst, 0)
	}
	return dst
}

// frameSize returns how long the frame is whose first frameHead bytes are
// head, or an error where these can't be a frame's.
func frameSize(head []byte) (int64, error) {
	name := int64(binary.LittleEndian.Uint16(head[4:]))
	body := int64(binary.LittleEndian.Uint32(head[8:]))
	switch kind := frameKind(head[2]); {
	case head[0] != 'C' || head[1] != 'S':
		return 0, errors.New("no frame begins here")
	case kind < stampFrame || kind > markFrame || head[6] != 0 || head[7] != 0:
		return 0, fmt.Errorf("frame of unknown kind %d", kind)
	case name > maxName || body > maxBody:
		return 0, fmt.Errorf("frame with a name of %d and a body of %d bytes, allowed are %d and %d", name, body, maxName, maxBody)
	}
	size := frameHead + name + body
	return size + (frameAlign-size%frameAlign)%frameAlign, nil
}

// checkHead says whether b, which holds at least a frame's head and name, is a
// frame that was written at this place.
func checkHead(number uint32, off int64, b []byte) error {
	name := b[frameHead : frameHead+int(binary.LittleEndian.Uint16(b[4:]))]
	if got, want := headCRC(number, off, b[:frameHead], name), binary.LittleEndian.Uint32(b[20:]); got != want {
		return fmt.Errorf("checksum of a frame's head is %08x, the frame says %08x", got, want)
	}
	return nil
}

// parseFrame reads the frame at the beginning of b, which stands at offset off
// of segment number. The frame's name and body are parts of b. The error is
// errShort where b ends too early and errBody where only the body is wrong.
func parseFrame(number uint32, off int64, b []byte) (frame, error) {
	if len(b) < frameHead {
		return frame{}, errShort
	}
	size, err := frameSize(b)
	if err != nil {
		return frame{}, err
	}
	if int64(len(b)) < size {
		return frame{}, errShort
	}
	if err := checkHead(number, off, b); err != nil {
		return frame{}, err
	}
	body := frameHead + int(binary.LittleEndian.Uint16(b[4:]))
	end := body + int(binary.LittleEndian.Uint32(b[8:]))
	f := frame{
		kind: frameKind(b[2]), durable: int64(binary.LittleEndian.Uint32(b[12:])),
		name: b[frameHead:body], body: b[body:end], size: size,
	}
	return f, f.checkBody(b)
}

func (f *frame) checkBody(b []byte) error {
	switch state := b[stateOffset]; {
	case state == stateErased && f.kind == sideFrame:
		f.erased = true
		return nil
	case state != stateStands:
		return fmt.Errorf("frame of kind %d in unknown state %d", f.kind, state)
	}
	if crc32.Checksum(f.body, castagnoli) != binary.LittleEndian.Uint32(b[16:]) {
		return errBody
	}
	for _, pad := range b[frameHead+len(f.name)+len(f.body) : f.size] {
		if pad != 0 {
			return errBody
		}
	}
	return nil
}

func headCRC(number uint32, off int64, head, name []byte) uint32 {
	var place [12]byte
	binary.LittleEndian.PutUint32(place[:], number)
	binary.LittleEndian.PutUint64(place[4:], uint64(off))
	crc := crc32.Update(0, castagnoli, place[:])
	crc = crc32.Update(crc, castagnoli, head[:stateOffset])
	crc = crc32.Update(crc, castagnoli, head[stateOffset+1:20])
	return crc32.Update(crc, castagnoli, name)
}
