package phone

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// Speaker sends a stream, a packet each 20 ms, and drops what it hears: whoever wants to judge that looks at the wire.
type Speaker struct {
	conn *net.UDPConn
	done sync.WaitGroup
	stop chan struct{}

	mu     sync.Mutex
	stream *Stream
	to     netip.AddrPort // invalid: quiet
	keys   [][]byte
}

// Listen opens an RTP socket on 127.0.0.1; nothing is sent before Speak.
func Listen(s *Stream) (*Speaker, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	p := &Speaker{conn: conn, stream: s, stop: make(chan struct{})}
	p.done.Go(p.drop)
	p.done.Go(p.run)
	return p, nil
}

// Port is the socket's.
func (p *Speaker) Port() int { return p.conn.LocalAddr().(*net.UDPAddr).Port }

// Speak sends to the address from now on; the zero address is silence.
func (p *Speaker) Speak(to netip.AddrPort) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.to = to
}

// Press sends a key of 100 ms in place of the tone.
func (p *Speaker) Press(digit byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = append(p.keys, p.stream.Key(digit, 5)...)
}

// Close ends it. Twice is allowed.
func (p *Speaker) Close() {
	p.mu.Lock()
	select {
	case <-p.stop:
	default:
		close(p.stop)
	}
	p.mu.Unlock()
	p.conn.Close()
	p.done.Wait()
}

func (p *Speaker) drop() {
	b := make([]byte, 2048)
	for {
		if _, err := p.conn.Read(b); err != nil {
			select {
			case <-p.stop:
				return
			case <-time.After(time.Millisecond): // the far side has gone for a moment
			}
		}
	}
}

func (p *Speaker) run() {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
			p.frame()
		}
	}
}

func (p *Speaker) frame() {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b []byte
	if len(p.keys) > 0 {
		b, p.keys = p.keys[0], p.keys[1:]
	} else {
		b = p.stream.Next()
	}
	if p.to.IsValid() {
		_, _ = p.conn.WriteToUDPAddrPort(b, p.to) // nobody there is heard in the capture
	}
}
