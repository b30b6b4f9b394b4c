package media

import (
	"bytes"
	"testing"

	"github.com/pion/rtp"
)

func TestParseRTPCutsWhatWeNeverSend(t *testing.T) {
	p := rtp.Packet{Header: rtp.Header{Version: 2, Marker: true, PayloadType: 8, SequenceNumber: 0xABCD, Timestamp: 0x01020304,
		SSRC: 0xDEADBEEF, CSRC: []uint32{1, 2}, Extension: true, ExtensionProfile: 0xBEDE, PaddingSize: 4}, Payload: []byte("sound")}
	if err := p.SetExtension(1, []byte{9}); err != nil {
		t.Fatal(err)
	}
	p.Padding = true
	wire, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	h, body, err := parseRTP(wire)
	want := header{pt: 8, marker: true, seq: 0xABCD, ts: 0x01020304, ssrc: 0xDEADBEEF}
	if err != nil || h != want || string(body[headerLen:]) != "sound" {
		t.Fatalf("%+v %q %v", h, body, err)
	}
	h.put(body)
	var back rtp.Packet
	if err := back.Unmarshal(body); err != nil || string(back.Payload) != "sound" || len(back.CSRC) != 0 || back.Extension || back.Padding {
		t.Errorf("%v %v", back, err)
	}
}

func FuzzRTP(f *testing.F) {
	f.Add([]byte{0x80, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xFF})
	f.Add([]byte{0xB3, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xFF, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		theirs := rtp.Packet{}
		wire := bytes.Clone(b)
		h, body, err := parseRTP(b)
		if err != nil {
			return
		}
		if len(body) < headerLen || len(body) > len(b) {
			t.Fatalf("%d bytes of %d", len(body), len(b))
		}
		// pion is another reader of the same RFC: where both accept, they see the same. (It reads the items of
		// extensions, which we cut off unread, and so accepts less.)
		if wire[0]&0x10 == 0 && theirs.Unmarshal(wire) == nil {
			if !bytes.Equal(theirs.Payload, body[headerLen:]) || theirs.SequenceNumber != h.seq || theirs.Timestamp != h.ts {
				t.Errorf("we read %x of %+v, pion %v", body[headerLen:], h, theirs)
			}
		}
		h.put(body)
	})
}

func TestRTCPIsToldFromRTP(t *testing.T) {
	if !isRTCP([]byte{0x80, 200}) || !isRTCP([]byte{0x81, 201, 0}) || isRTCP([]byte{0x80, 0x80 | 8}) || isRTCP([]byte{0x80}) {
		t.Error("wrong")
	}
}
