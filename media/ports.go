package media

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// ports hands out pairs of UDP sockets: an even port for RTP, the next for RTCP (RFC 3550 §11).
type ports struct {
	addr     netip.Addr
	min, max uint16 // even bounds of the RTP ports; 0: any

	mu     sync.Mutex
	taken  map[uint16]*pair
	closed bool
}

// pair is bound until release.
type pair struct {
	rtp, rtcp *net.UDPConn
	port      uint16
}

func newPorts(addr netip.Addr, lowest, highest uint16) (*ports, error) {
	p := &ports{addr: addr, min: lowest + lowest&1, max: highest &^ 1, taken: make(map[uint16]*pair)}
	if highest&1 == 0 && highest > 0 {
		p.max = highest - 2 // its RTCP port would be outside
	}
	if (lowest != 0 || highest != 0) && (p.min == 0 || p.max < p.min) {
		return nil, fmt.Errorf("RTP ports %d to %d: no even port with its successor among them", lowest, highest)
	}
	return p, nil
}

// take binds a free pair, found from a random place on so that nobody can guess the next (M5). ErrNoPorts: none left.
func (p *ports) take() (*pair, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, ErrClosed
	}
	if p.max == 0 {
		return p.takeAnyLocked()
	}
	size := p.size()
	start := rand.IntN(size)
	for i := range size {
		port := p.min + uint16((start+i)%size)*2
		if p.taken[port] != nil {
			continue
		}
		pr, err := p.bindLocked(port)
		if errors.Is(err, syscall.EADDRINUSE) {
			continue // by another program
		}
		return pr, err
	}
	return nil, fmt.Errorf("%w in %d to %d", ErrNoPorts, p.min, p.max+1)
}

// takeAnyLocked asks the system for ports until one is even and its successor free.
func (p *ports) takeAnyLocked() (*pair, error) {
	for range 200 {
		c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(p.addr, 0)))
		if err != nil {
			return nil, fmt.Errorf("bind RTP: %w", err)
		}
		port := localPort(c)
		c.Close()
		pr, err := p.bindLocked(port &^ 1)
		if errors.Is(err, syscall.EADDRINUSE) {
			continue
		}
		return pr, err
	}
	return nil, ErrNoPorts
}

func (p *ports) bindLocked(port uint16) (*pair, error) {
	rtp, err := p.listen(port)
	if err != nil {
		return nil, fmt.Errorf("bind RTP: %w", err)
	}
	rtcp, err := p.listen(port + 1)
	if err != nil {
		rtp.Close()
		return nil, fmt.Errorf("bind RTCP: %w", err)
	}
	pr := &pair{rtp: rtp, rtcp: rtcp, port: port}
	p.taken[port] = pr
	return pr, nil
}

// rtpBuffer is room for a second of G.711 and the system's bookkeeping of it.
const rtpBuffer = 256 << 10

func (p *ports) listen(port uint16) (*net.UDPConn, error) {
	c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(p.addr, port)))
	if err != nil {
		return nil, err
	}
	if err := c.SetReadBuffer(rtpBuffer); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// release closes the sockets and gives the ports back.
func (p *ports) release(pr *pair) {
	pr.rtp.Close()
	pr.rtcp.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.taken, pr.port)
}

// size is how many pairs the range has, 0 without a range.
func (p *ports) size() int {
	if p.max == 0 {
		return 0
	}
	return int(p.max-p.min)/2 + 1
}

func (p *ports) bound() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.taken)
}

// close ends all draining: readers of the sockets see them closed and release them.
func (p *ports) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, pr := range p.taken {
		pr.rtp.Close()
		pr.rtcp.Close()
	}
}

func localPort(c *net.UDPConn) uint16 { return c.LocalAddr().(*net.UDPAddr).AddrPort().Port() }
