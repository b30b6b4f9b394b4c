// Package wiretap is a witness on the loopback interface: it keeps every UDP datagram of the ports it was given, with
// the kernel's time, and reads telephony from the bytes: RTP, G.711, keys, SIP. It shares no code with the product, so a
// fault there cannot hide itself here. It needs the right to capture (root or CAP_NET_RAW).
package wiretap

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Ports is an inclusive range of UDP ports.
type Ports struct{ First, Last uint16 }

func (p Ports) has(port uint16) bool { return port >= p.First && port <= p.Last }

// Packet is one UDP datagram as it stood on the wire.
type Packet struct {
	At       time.Time // the kernel's
	From, To netip.AddrPort
	Data     []byte
}

// Tap is an open capture.
type Tap struct {
	fd    int
	ports []Ports
	done  sync.WaitGroup

	mu      sync.Mutex
	packets []Packet
	grown   chan struct{} // closed and replaced with each packet
	err     error
}

// Open begins to listen on loopback for datagrams from or to any of the ports.
func Open(ports ...Ports) (*Tap, error) {
	// Cooked, so that each packet says whether it is on its way out or in: loopback shows both.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open capture (needs root or CAP_NET_RAW): %w", err)
	}
	t := &Tap{fd: fd, ports: ports, grown: make(chan struct{})}
	if err := t.prepare(); err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	t.done.Go(t.read)
	return t, nil
}

// prepare lets through IPv4 UDP on loopback alone.
func (t *Tap) prepare() error {
	program, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: 9, Size: 1}, // the protocol (RFC 791 §3.1)
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.IPPROTO_UDP, SkipFalse: 1},
		bpf.RetConstant{Val: 65535},
		bpf.RetConstant{Val: 0},
	})
	if err != nil {
		return fmt.Errorf("assemble filter: %w", err)
	}
	raw := make([]unix.SockFilter, len(program))
	for i, p := range program {
		raw[i] = unix.SockFilter{Code: p.Op, Jt: p.Jt, Jf: p.Jf, K: p.K}
	}
	filter := unix.SockFprog{Len: uint16(len(raw)), Filter: &raw[0]}
	errs := []error{
		unix.SetsockoptSockFprog(t.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &filter),
		unix.SetsockoptInt(t.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 8<<20),
		unix.SetsockoptInt(t.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
		// read looks up this often whether Close wants it to end.
		unix.SetsockoptTimeval(t.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 50_000}),
	}
	lo, err := Loopback()
	if err != nil {
		return err
	}
	errs = append(errs, unix.Bind(t.fd, &unix.SockaddrLinklayer{Protocol: networkOrder(unix.ETH_P_IP), Ifindex: lo}))
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("prepare capture: %w", err)
	}
	return nil
}

// Close ends the capture; what was heard stays.
func (t *Tap) Close() error {
	t.mu.Lock()
	ended := t.err
	if t.err == nil {
		t.err = errClosed
	}
	t.mu.Unlock()
	t.done.Wait()
	if errors.Is(ended, errClosed) {
		return nil
	}
	return errors.Join(ended, unix.Close(t.fd))
}

var errClosed = errors.New("capture closed")

// read is the only reader of the socket.
func (t *Tap) read() {
	buf, meta := make([]byte, 65536), make([]byte, 256)
	for {
		n, m, _, from, err := unix.Recvmsg(t.fd, buf, meta, 0)
		t.mu.Lock()
		if t.err != nil {
			t.mu.Unlock()
			return
		}
		switch {
		case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		case err != nil:
			t.err = fmt.Errorf("read capture: %w", err)
		default:
			t.keepLocked(buf[:n], meta[:m], from)
		}
		t.mu.Unlock()
	}
}

func (t *Tap) keepLocked(b, meta []byte, from unix.Sockaddr) {
	if ll, ok := from.(*unix.SockaddrLinklayer); !ok || ll.Pkttype == unix.PACKET_OUTGOING {
		return // the same packet comes in a moment later
	}
	p, ok := datagram(b)
	if !ok || !slices.ContainsFunc(t.ports, func(r Ports) bool { return r.has(p.From.Port()) || r.has(p.To.Port()) }) {
		return
	}
	p.At = stampOf(meta)
	t.packets = append(t.packets, p)
	close(t.grown)
	t.grown = make(chan struct{})
}

// Packets returns what was heard since, in order, as far as keep wants it.
func (t *Tap) Packets(since time.Time, keep func(Packet) bool) []Packet {
	t.mu.Lock()
	all := slices.Clip(t.packets)
	t.mu.Unlock()
	var out []Packet
	for _, p := range all {
		if !p.At.Before(since) && (keep == nil || keep(p)) {
			out = append(out, p)
		}
	}
	return out
}

// Until waits until cond holds, asking it anew with each packet. The error is ctx's.
func (t *Tap) Until(ctx context.Context, cond func() bool) error {
	for {
		t.mu.Lock()
		grown := t.grown
		t.mu.Unlock()
		if cond() {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
