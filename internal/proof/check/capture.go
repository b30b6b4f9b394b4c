package check

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"

	"github.com/gopacket/gopacket/pcapgo"
)

// datagram is one UDP packet of the capture.
type datagram struct {
	at       int64 // kernel's, µs
	src, dst netip.AddrPort
	body     []byte // may be cut short by the capture
}

// readPcap gives every UDP datagram over IPv4 in the file to each, in order.
func readPcap(r io.Reader, each func(datagram)) error {
	file, err := pcapgo.NewReader(r)
	if err != nil {
		return fmt.Errorf("read capture: %w", err)
	}
	for {
		frame, info, err := file.ReadPacketData()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read capture: %w", err)
		}
		if d, ok := parseFrame(frame); ok {
			d.at = info.Timestamp.UnixMicro()
			each(d)
		}
	}
}

// parseFrame reads an Ethernet frame of an unfragmented IPv4 UDP datagram.
func parseFrame(b []byte) (d datagram, ok bool) {
	const ethernet, udp = 14, 17
	if len(b) < ethernet+20 || binary.BigEndian.Uint16(b[12:]) != 0x0800 {
		return d, false
	}
	ip := b[ethernet:]
	head := int(ip[0]&15) * 4
	fragment := binary.BigEndian.Uint16(ip[6:])&0x3fff != 0
	if ip[0]>>4 != 4 || head < 20 || ip[9] != udp || fragment || len(ip) < head+8 {
		return d, false
	}
	u := ip[head:]
	d.src = netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[12:16])), binary.BigEndian.Uint16(u))
	d.dst = netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[16:20])), binary.BigEndian.Uint16(u[2:]))
	d.body = u[8:]
	if n := int(binary.BigEndian.Uint16(u[4:])) - 8; n >= 0 && n < len(d.body) {
		d.body = d.body[:n] // the rest is padding
	}
	return d, true
}
