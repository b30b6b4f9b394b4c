package phonenet

import (
	"net"
	"net/netip"
	"strings"
	"sync"
)

// Socket is what a phone needs of *net.UDPConn.
type Socket interface {
	ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error)
	WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error)
	LocalAddr() net.Addr
	Close() error
}

var _ Socket = (*net.UDPConn)(nil)

// head is what a rule may look at.
type head struct {
	out    bool   // of the network
	start  string // first line
	method string // of CSeq
}

// wire is the signalling socket: it loses what a call's quirk wants lost.
type wire struct {
	net.PacketConn

	mu    sync.Mutex
	rules map[string]func(head) bool // by Call-ID; they outlive the call, for what comes late
}

func newWire(conn net.PacketConn) *wire {
	return &wire{PacketConn: conn, rules: map[string]func(head) bool{}}
}

func (w *wire) lose(callID string, rule func(head) bool) {
	if rule == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rules[callID] = rule
}

// ReadFrom implements net.PacketConn.
func (w *wire) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := w.PacketConn.ReadFrom(b)
		if err != nil || !w.lost(b[:n], false) {
			return n, from, err
		}
	}
}

// WriteTo implements net.PacketConn.
func (w *wire) WriteTo(b []byte, to net.Addr) (int, error) {
	if w.lost(b, true) {
		return len(b), nil
	}
	return w.PacketConn.WriteTo(b, to)
}

func (w *wire) lost(b []byte, out bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.rules) == 0 {
		return false
	}
	text := string(b)
	rule := w.rules[header(text, "Call-ID")]
	if rule == nil {
		return false
	}
	start, _, _ := strings.Cut(text, "\r\n")
	_, method, _ := strings.Cut(header(text, "CSeq"), " ")
	return rule(head{out: out, start: start, method: method})
}

// header is the first value of a header in a message's text.
func header(text, name string) string {
	for line := range strings.SplitSeq(text, "\r\n") {
		if line == "" {
			break // the body
		}
		if k, v, _ := strings.Cut(line, ":"); strings.EqualFold(strings.TrimSpace(k), name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
