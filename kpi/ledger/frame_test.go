package ledger

import (
	"bytes"
	"testing"
)

// FuzzFrame: whatever stands in a file, parsing it neither panics nor reads
// past it, and what is accepted is written again as the same bytes.
func FuzzFrame(f *testing.F) {
	name := appendStampName(nil, 7, Hash{1, 2, 3})
	f.Add(uint32(1), int64(128), appendFrame(nil, 1, 128, 0, stampFrame, name, []byte(`{"v":1}`)))
	f.Add(uint32(2), int64(4096), appendFrame(nil, 2, 4096, 4000, sideFrame, appendSideName(nil, party("p-1", "0")), []byte(`{}`)))
	f.Add(uint32(3), int64(128), appendFrame(nil, 3, 128, 128, markFrame, nil, nil))
	f.Fuzz(func(t *testing.T, number uint32, off int64, b []byte) {
		got, err := parseFrame(number, off, b)
		if err != nil {
			return
		}
		if got.size > int64(len(b)) || got.size%frameAlign != 0 {
			t.Fatalf("frame of %d bytes in %d", got.size, len(b))
		}
		if got.kind == sideFrame {
			if s, err := parseSideName(got.name); err == nil && !bytes.Equal(appendSideName(nil, s), got.name) {
				t.Fatalf("side entry %+v is named %x", s, got.name)
			}
		}
		again := appendFrame(nil, number, off, got.durable, got.kind, got.name, got.body)
		if !got.erased && !bytes.Equal(again, b[:got.size]) {
			t.Fatalf("read %x, written again %x", b[:got.size], again)
		}
	})
}

func FuzzHeader(f *testing.F) {
	f.Add(appendHeader(nil, header{number: 3, boot: 2, follows: 1, followEnd: 4096, first: 77, made: 1, before: Hash{9}, node: "n-1"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := parseHeader(b)
		if err != nil {
			return
		}
		again := appendHeader(nil, h)
		back, err := parseHeader(again)
		if err != nil || back != h {
			t.Fatalf("read %+v, read again %+v, %v", h, back, err)
		}
	})
}
