package phone

import (
	"encoding/binary"
	"io"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// WritePCAP writes a capture of a telephone that speaks for the time and presses the key once every such time (0 =
// never): what SIPp's play_pcap_audio wants.
func WritePCAP(w io.Writer, s *Stream, length time.Duration, key byte, every time.Duration) error {
	p := pcapgo.NewWriter(w)
	if err := p.WriteFileHeader(65536, layers.LinkTypeEthernet); err != nil {
		return err
	}
	at := time.Unix(0, 0)
	begin, next := at, at.Add(every)
	for at.Sub(begin) < length {
		packets := [][]byte{}
		if every > 0 && !at.Before(next) {
			packets, next = s.Key(key, 5), next.Add(every)
		} else {
			packets = append(packets, s.Next())
		}
		for _, b := range packets {
			f := frameOf(b)
			if err := p.WritePacket(gopacket.CaptureInfo{Timestamp: at, CaptureLength: len(f), Length: len(f)}, f); err != nil {
				return err
			}
			at = at.Add(20 * time.Millisecond)
		}
	}
	return nil
}

// frameOf wraps RTP in Ethernet, IPv4 and UDP; SIPp puts in its own addresses and checksums.
func frameOf(rtp []byte) []byte {
	b := make([]byte, 14, 42+len(rtp))
	binary.BigEndian.PutUint16(b[12:], 0x0800)
	b = append(b, 0x45, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(28+len(rtp)))
	b = append(b, 0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1)
	b = binary.BigEndian.AppendUint16(b, 10000)
	b = binary.BigEndian.AppendUint16(b, 10000)
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(rtp)))
	b = append(b, 0, 0)
	return append(b, rtp...)
}
