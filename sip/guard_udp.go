package sip

import (
	"net"
	"time"
)

// guardedPacketConn is the UDP socket as the parser sees it: only admitted, well-formed messages come out of it.
type guardedPacketConn struct {
	*net.UDPConn
	guard *guard
	alter func(incoming bool, b []byte) bool // tests only: loses packets; nil: none
}

// ReadFrom returns the next message that may be parsed. An oversized datagram fills b to the brim, which is beyond the
// limit, so it is dropped whole.
func (c *guardedPacketConn) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.UDPConn.ReadFromUDPAddrPort(b)
		if err != nil {
			return 0, nil, err
		}
		if !c.guard.admit(from.Addr(), time.Now()) || c.alter != nil && !c.alter(true, b[:n]) {
			continue
		}
		if n > c.guard.cfg.MaxMessage {
			c.guard.oversized.Add(1)
			continue
		}
		n = len(tidy(b[:n]))
		pass, reply := c.guard.inspect(b[:n])
		if pass {
			return n, net.UDPAddrFromAddrPort(from), nil
		}
		if reply != nil {
			_, _ = c.UDPConn.WriteToUDPAddrPort(reply, from) // as much as the sender may expect
		}
	}
}

// WriteTo sends a message. A test may lose it.
func (c *guardedPacketConn) WriteTo(b []byte, to net.Addr) (int, error) {
	if c.alter != nil && !c.alter(false, b) {
		return len(b), nil
	}
	c.guard.messages.written(b)
	return c.UDPConn.WriteTo(b, to)
}
