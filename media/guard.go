package media

import (
	"errors"
	"net"
	"net/netip"
	"sync/atomic"

	"github.com/pion/ice/v4"
)

// alertGuard is the browsers' socket without plaintext DTLS alerts: pion/dtls (3.1.8) believes an alert of epoch 0 even
// after the handshake, so that one forged datagram would end a call. The price: a failed handshake is noticed by
// time-out only.
type alertGuard struct {
	*net.UDPConn
	forged atomic.Uint64
}

// maxReadErrors in one read: more is no passing shortage of the system's.
const maxReadErrors = 1000

// pion reads and writes by these where the connection has them, without allocating an address per packet.
var _ ice.AddrPortReaderWriter = (*alertGuard)(nil)

// ReadFromAddrPort reads the next datagram and passes over those that hold nothing but alerts.
func (g *alertGuard) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	for failed := 0; ; {
		n, from, err := g.UDPConn.ReadFromUDPAddrPort(b)
		if err != nil && !errors.Is(err, net.ErrClosed) && failed < maxReadErrors {
			failed++ // pion's reader would end for good, and with it every browser
			continue
		}
		kept := dropAlerts(b[:n])
		if kept < n {
			g.forged.Add(1)
		}
		if err != nil || kept > 0 || n == 0 {
			return kept, from, err
		}
	}
}

// ReadFrom is ReadFromAddrPort for who does not know it.
func (g *alertGuard) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := g.ReadFromAddrPort(b)
	if err != nil {
		return 0, nil, err
	}
	return n, net.UDPAddrFromAddrPort(from), nil
}

// WriteToAddrPort writes a datagram.
func (g *alertGuard) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	return g.UDPConn.WriteToUDPAddrPort(b, to)
}

// A DTLS record (RFC 6347 §4.1): type, version (2 bytes), epoch (2), sequence number (6), length (2), content.
const (
	dtlsHeader = 13
	dtlsAlert  = 21
)

// dropAlerts removes the alert records of epoch 0 from a datagram in place and returns what is left of its length.
// Only datagrams that RFC 7983 calls DTLS (first byte 20 to 63) are looked into.
func dropAlerts(b []byte) int {
	if len(b) == 0 || b[0] < 20 || b[0] > 63 {
		return len(b)
	}
	kept := 0
	for rest := b; len(rest) > 0; {
		size := len(rest)
		if size >= dtlsHeader {
			size = min(size, dtlsHeader+int(rest[11])<<8+int(rest[12]))
		}
		alert := rest[0] == dtlsAlert && (len(rest) < 5 || rest[3] == 0 && rest[4] == 0)
		if !alert {
			kept += copy(b[kept:], rest[:size])
		}
		rest = rest[size:]
	}
	return kept
}
