package media

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
)

// receiveMTU is the largest packet we read; G.711 has 172 bytes at 20 ms, 1,500 is the largest that comes whole.
const receiveMTU = 1500

// TrunkConfig is what a trunk end is made with.
type TrunkConfig struct {
	// OnEvent gets the end's events, one after another, in the engine's courier: it should post and return. nil: none.
	OnEvent func(Event)
}

// trunkEnd is RTP over a pair of plain UDP sockets.
type trunkEnd struct {
	side
	pair      *pair
	local     netip.AddrPort
	drainTill atomic.Int64 // Unix nanoseconds; 0: not being drained

	// under side.mu
	lock     sourceLock
	remote   Remote
	sendTo   netip.AddrPort // locked source, else what was announced; zero: nowhere
	reportTo netip.AddrPort
	packet   Packet      // the reader's
	crypt    *trunkCrypt // nil: plain RTP
}

var _ TrunkEnd = (*trunkEnd)(nil)

// NewTrunk binds a pair of ports and reads from them: what comes before SetRemote and Attach is counted and dropped.
// ErrNoPorts, ErrClosed, or the system's error.
func (e *Engine) NewTrunk(cfg TrunkConfig) (TrunkEnd, error) {
	pr, err := e.ports.take()
	if err != nil {
		return nil, fmt.Errorf("new trunk: %w", err)
	}
	t := &trunkEnd{pair: pr, local: pr.rtp.LocalAddr().(*net.UDPAddr).AddrPort()}
	t.setup(e, cfg.OnEvent, t, rand.Uint32())
	if err := e.admit(&t.side); err != nil {
		e.ports.release(pr)
		return nil, fmt.Errorf("new trunk: %w", err)
	}
	e.running.Go(t.readRTCP)
	go t.readRTP()
	return t, nil
}

func (t *trunkEnd) LocalAddr() netip.AddrPort { return t.local }

func (t *trunkEnd) SetRemote(r Remote) {
	r.RTP = unmap(r.RTP)
	t.mu.Lock()
	defer t.mu.Unlock()
	held := r.RTP.Port() == 0 || !r.RTP.Addr().IsValid() || r.RTP.Addr().IsUnspecified()
	if held {
		// RFC 3264 §8.4, the old way to hold: the last good address comes back with the next offer, or so we hope.
		r.RTP, r.RTCP, r.NoSend = t.remote.RTP, t.remote.RTCP, true
	}
	if r.RTP != t.remote.RTP {
		t.lock.announce(r.RTP)
		t.sendTo = r.RTP
		t.reportTo = netip.AddrPortFrom(r.RTP.Addr(), r.RTP.Port()+1)
	}
	if r.RTCP.IsValid() {
		t.reportTo = unmap(r.RTCP)
	}
	if err := t.agreeLocked(r.Crypto); err != nil {
		r.NoSend = true // the caller has seen to suite and keys: this can't be
	}
	t.remote, t.format = r, r.Format
}

func unmap(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// ready implements far.
func (t *trunkEnd) ready() bool { return t.sendTo.IsValid() && !t.remote.NoSend }

func (t *trunkEnd) send(h header, b []byte) error {
	h.put(b)
	b, err := t.sealLocked(b)
	if err == nil {
		_, err = t.pair.rtp.WriteToUDPAddrPort(b, t.sendTo)
	}
	return err
}

func (t *trunkEnd) report(packets []rtcp.Packet) {
	b, err := rtcp.Marshal(packets)
	if err != nil {
		return // of our own making; a test proves that it can be written
	}
	t.mu.Lock()
	to := t.reportTo
	t.mu.Unlock()
	b, ok := t.sealReport(b)
	if ok && to.IsValid() {
		_, _ = t.pair.rtcp.WriteToUDPAddrPort(b, to) // many trunks listen to no reports: an error says nothing
	}
}

// watch implements far: a trunk that falls silent is told as Silent, and that is all.
func (t *trunkEnd) watch(time.Time) {}

// shut begins the draining: the sockets stay bound until the far side is quiet, so that what it still sends does not
// reach the next call on these ports.
func (t *trunkEnd) shut() {
	now := time.Now()
	t.drainTill.Store(now.Add(t.eng.cfg.DrainMax).UnixNano())
	_ = t.pair.rtp.SetReadDeadline(now.Add(min(t.eng.cfg.DrainIdle, t.eng.cfg.DrainMax))) // wakes the reader at the latest then
}

// readRTP is the goroutine that owns the pair. It ends when the port is drained or the engine closes it.
func (t *trunkEnd) readRTP() {
	defer t.eng.running.Done() // admit's
	defer t.eng.ports.release(t.pair)
	buf := make([]byte, receiveMTU+32)
	for {
		n, from, err := t.pair.rtp.ReadFromUDPAddrPort(buf[:receiveMTU])
		at := time.Now()
		till := t.drainTill.Load()
		switch {
		case errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrDeadlineExceeded):
			return
		case err != nil:
			// An unconnected UDP socket has no errors of its far side: the system is out of something.
			t.Close(fmt.Errorf("read RTP: %w", err))
			return
		case till != 0:
			t.drained(at, time.Unix(0, till))
		default:
			t.handle(buf[:n], unmap(from), at)
		}
	}
}

// drained takes a packet after Close.
func (t *trunkEnd) drained(at, till time.Time) {
	t.mu.Lock()
	t.stats.Late++
	t.mu.Unlock()
	idle := at.Add(t.eng.cfg.DrainIdle)
	if idle.After(till) {
		idle = till
	}
	_ = t.pair.rtp.SetReadDeadline(idle)
}

// handle takes one packet from the RTP port.
func (t *trunkEnd) handle(b []byte, from netip.AddrPort, at time.Time) {
	if isRTCP(b) { // a far side that muxes without having asked
		t.handleRTCP(b, from, at)
		return
	}
	b, ok := t.open(b)
	if !ok {
		return
	}
	h, body, err := parseRTP(b)
	t.mu.Lock()
	if err != nil || t.closed {
		t.stats.Malformed++
		t.mu.Unlock()
		return
	}
	dst := t.admitLocked(h, body, from, at)
	t.mu.Unlock()
	if dst != nil {
		dst.WriteRTP(&t.packet)
	}
}

func (t *trunkEnd) admitLocked(h header, body []byte, from netip.AddrPort, at time.Time) Sink {
	law, event, ok := t.format.known(h.pt)
	if !ok {
		t.stats.UnknownPT++
		return nil
	}
	wasLocked, source := t.lock.locked(), t.lock.source
	switch t.lock.admit(from, h, at) {
	case learning:
		t.stats.Learning++
		return nil
	case foreign:
		t.stats.Foreign++
		return nil
	}
	if t.lock.source != source {
		t.sendTo = from
		t.reportTo = netip.AddrPortFrom(from.Addr(), from.Port()+1)
		if t.remote.RTCP.IsValid() && from == t.remote.RTP {
			t.reportTo = unmap(t.remote.RTCP)
		}
	}
	if !wasLocked {
		t.emitLocked(Event{Kind: Up, At: at})
	}
	return t.takeLocked(h, body, law, event, at, &t.packet)
}

func (t *trunkEnd) readRTCP() {
	buf := make([]byte, receiveMTU)
	for {
		n, from, err := t.pair.rtcp.ReadFromUDPAddrPort(buf)
		if err != nil {
			return // closed together with the RTP socket, whose reader tells of trouble
		}
		t.handleRTCP(buf[:n], unmap(from), time.Now())
	}
}

// handleRTCP takes reports from the locked host only; its port is the one to answer to.
func (t *trunkEnd) handleRTCP(b []byte, from netip.AddrPort, at time.Time) {
	t.mu.Lock()
	ours, about := t.lock.locked() && from.Addr() == t.lock.source.Addr(), t.tx.ssrc
	if ours {
		t.reportTo = from
	} else {
		t.stats.Foreign++
	}
	t.mu.Unlock()
	if !ours {
		return
	}
	if b, ok := t.openReport(b); ok {
		t.heardRTCP(b, about, at)
	}
}
