package relay

import (
	"net"
	"net/netip"
	"sync"
)

// Conn is a phone's socket behind the line.
type Conn struct {
	udp  *net.UDPConn
	line *Line
	up   *lane
	in   chan datagram
	gone chan struct{}
	shut sync.Once
	done sync.WaitGroup
}

type datagram struct {
	body []byte
	from netip.AddrPort
}

// waiting is how many datagrams may wait to be read; more are lost, as in a
// socket's buffer.
const waiting = 512

// Wrap puts a socket behind the line: what it sends goes Up, what it receives
// came Down. Closing it closes the socket.
func (l *Line) Wrap(udp *net.UDPConn) *Conn {
	c := &Conn{udp: udp, line: l, in: make(chan datagram, waiting), gone: make(chan struct{})}
	c.up = &lane{dir: Up, send: func(b []byte, to netip.AddrPort) { _, _ = udp.WriteToUDPAddrPort(b, to) }}
	down := &lane{dir: Down, send: c.arrive}
	c.done.Go(func() {
		forward(udp, func(b []byte, from netip.AddrPort) { l.carry(down, b, from) })
	})
	return c
}

func (c *Conn) arrive(b []byte, from netip.AddrPort) {
	select {
	case c.in <- datagram{append([]byte(nil), b...), from}:
	default:
	}
}

// ReadFromUDPAddrPort is that of net.UDPConn.
func (c *Conn) ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error) {
	select {
	case d := <-c.in:
		return copy(b, d.body), d.from, nil
	case <-c.gone:
		return 0, netip.AddrPort{}, net.ErrClosed
	}
}

// WriteToUDPAddrPort is that of net.UDPConn; the line takes everything.
func (c *Conn) WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error) {
	c.line.carry(c.up, b, to)
	return len(b), nil
}

// LocalAddr is the socket's.
func (c *Conn) LocalAddr() net.Addr { return c.udp.LocalAddr() }

// Close closes the socket; what is on its way is lost.
func (c *Conn) Close() error {
	err := net.ErrClosed
	c.shut.Do(func() {
		close(c.gone)
		err = c.udp.Close()
		c.done.Wait()
	})
	return err
}
