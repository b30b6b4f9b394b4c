package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// FormatVersion is the version of the files that this build writes. Every
// released version stays readable.
const FormatVersion = 1

// The header of a segment, little endian:
//
//	  0  'c' 'a' 'l' 'l' 's' 't' 'm' 'p'
//	  8  format version (u32)     12  CRC32C of bytes 8 to 11 and 16 to 127 (u32)
//	 16  number (u32)             20  boot (u32)
//	 24  number of the segment that this one follows, 0 = none (u32)
//	 28  how many bytes of that one count (u32)
//	 32  first Seq (u64)
//	 40  when it was made, wall clock, µs since 1970 (i64)
//	 48  link of the hash chain before the first Seq (32 bytes)
//	 80  length of the node's id (u8), the id, zeros (48 bytes in all)
//	128  frames
//
// In every version the first 16 bytes mean this and the header has 128 bytes,
// so that a build knows a later version's file from a torn one.
const (
	headerBytes = 128
	maxNode     = 47
)

const headerMagic = "callstmp"

type header struct {
	number    uint32
	boot      uint32
	follows   uint32
	followEnd int64
	first     uint64
	made      int64
	before    Hash
	node      stamp.NodeID
}

func appendHeader(dst []byte, h header) []byte {
	start := len(dst)
	dst = append(dst, headerMagic...)
	dst = binary.LittleEndian.AppendUint32(dst, FormatVersion)
	dst = append(dst, 0, 0, 0, 0)
	for _, v := range []uint32{h.number, h.boot, h.follows, uint32(h.followEnd)} {
		dst = binary.LittleEndian.AppendUint32(dst, v)
	}
	dst = binary.LittleEndian.AppendUint64(dst, h.first)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(h.made))
	dst = append(dst, h.before[:]...)
	dst = append(dst, byte(len(h.node)))
	dst = append(dst, h.node...)
	dst = append(dst, make([]byte, headerBytes-(len(dst)-start))...)
	b := dst[start:]
	binary.LittleEndian.PutUint32(b[12:], headerCRC(b))
	return dst
}

var errHeader = errors.New("damaged header")

// ErrNewer says that a later build of callstamp has written the journal.
var ErrNewer = errors.New("install the newer callstamp that wrote it")

func parseHeader(b []byte) (header, error) {
	if len(b) < headerBytes || string(b[:8]) != headerMagic {
		return header{}, errHeader
	}
	b = b[:headerBytes]
	if headerCRC(b) != binary.LittleEndian.Uint32(b[12:]) {
		return header{}, errHeader
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v != FormatVersion {
		return header{}, fmt.Errorf("format version %d, this build of callstamp knows up to %d: %w", v, FormatVersion, ErrNewer)
	}
	if int(b[80]) > maxNode {
		return header{}, errHeader
	}
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
	h := header{
		number: u32(16), boot: u32(20), follows: u32(24), followEnd: int64(u32(28)),
		first: binary.LittleEndian.Uint64(b[32:]), made: int64(binary.LittleEndian.Uint64(b[40:])),
		node: stamp.NodeID(b[81 : 81+int(b[80])]),
	}
	copy(h.before[:], b[48:80])
	return h, nil
}

func headerCRC(b []byte) uint32 {
	return crc32.Update(crc32.Checksum(b[8:12], castagnoli), castagnoli, b[16:headerBytes])
}
