package wiretap

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Loopback is the index of the interface that the machine talks to itself on.
func Loopback() (int, error) {
	all, err := net.Interfaces()
	if err != nil {
		return 0, fmt.Errorf("list interfaces: %w", err)
	}
	for _, i := range all {
		if i.Flags&net.FlagLoopback != 0 {
			return i.Index, nil
		}
	}
	return 0, fmt.Errorf("list interfaces: no loopback among %d", len(all))
}

func networkOrder(v uint16) uint16 { return v<<8 | v>>8 }

// datagram reads IPv4 (RFC 791) and UDP (RFC 768). Fragments are not put together: loopback makes none below 64 KiB.
func datagram(b []byte) (Packet, bool) {
	if len(b) < 28 || b[0]>>4 != 4 || b[9] != unix.IPPROTO_UDP {
		return Packet{}, false
	}
	head := int(b[0]&0x0f) * 4
	if len(b) < head+8 {
		return Packet{}, false
	}
	udp := b[head:]
	length := int(binary.BigEndian.Uint16(udp[4:]))
	if length < 8 || length > len(udp) {
		return Packet{}, false
	}
	from, to := netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
	return Packet{
		From: netip.AddrPortFrom(from, binary.BigEndian.Uint16(udp)),
		To:   netip.AddrPortFrom(to, binary.BigEndian.Uint16(udp[2:])),
		Data: slices.Clone(udp[8:length]),
	}, true
}

// stampOf is the kernel's time in the message's control data, our own where it has none.
func stampOf(meta []byte) time.Time {
	messages, err := unix.ParseSocketControlMessage(meta)
	if err != nil {
		return time.Now()
	}
	for _, m := range messages {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= int(unsafe.Sizeof(unix.Timespec{})) {
			at := *(*unix.Timespec)(unsafe.Pointer(&m.Data[0]))
			return time.Unix(at.Unix())
		}
	}
	return time.Now()
}
