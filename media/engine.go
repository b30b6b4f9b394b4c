package media

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// Errors that callers tell apart.
var (
	ErrClosed  = errors.New("media: closed")
	ErrNoPorts = errors.New("media: no free RTP port pair")
	ErrNoCodec = errors.New("media: offer has no PCMU or PCMA")
)

// Config says where an Engine listens. The zero value of a duration is its default.
type Config struct {
	TrunkAddr netip.Addr // where trunks' RTP is received and sent; 0.0.0.0 when zero
	// Ports of RTP, even, each with its RTCP above; both zero: whatever the system gives.
	PortMin, PortMax uint16
	Web              netip.AddrPort // the one UDP port for all browsers; port 0: whatever the system gives
	PublicIP         netip.Addr     // put into browsers' candidates in place of ours where NAT stands before us; zero: none

	SilentAfter    time.Duration // without expected packets until Silent; 5 s
	GoneAfter      time.Duration // … until Silent comes once more; 30 s
	WebLostAfter   time.Duration // without ICE consent until Lost; 7 s (browsers ask every 2.5 s)
	WebSilentAfter time.Duration // the same for a browser that promised packets, sent some and then none; 2 s
	DrainIdle      time.Duration // a closed trunk's port stays bound until nothing came for so long; 5 s
	DrainMax       time.Duration // … and at most so long; 60 s

	ReportEvery time.Duration // between our RTCP reports, on average; 5 s (RFC 3550 §6.2)

	Log *slog.Logger // of pion's own complaints; nil: none
}

func (c Config) withDefaults() Config {
	for _, d := range []struct {
		value *time.Duration
		ifNot time.Duration
	}{
		{&c.SilentAfter, 5 * time.Second}, {&c.GoneAfter, 30 * time.Second}, {&c.WebLostAfter, 7 * time.Second},
		{&c.WebSilentAfter, 2 * time.Second},
		{&c.DrainIdle, 5 * time.Second}, {&c.DrainMax, 60 * time.Second}, {&c.ReportEvery, 5 * time.Second},
	} {
		if *d.value == 0 {
			*d.value = d.ifNot
		}
	}
	if !c.TrunkAddr.IsValid() {
		c.TrunkAddr = netip.IPv4Unspecified()
	}
	if !c.Web.IsValid() {
		c.Web = netip.AddrPortFrom(netip.IPv4Unspecified(), 0)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// Engine makes ends and runs what they share.
type Engine struct {
	// given at start
	cfg   Config
	cname string // of our RTCP: the same for all, names nobody

	wheel   *wheel
	courier *courier
	ports   *ports
	web     *webPort
	lastID  atomic.Uint32
	running sync.WaitGroup // every end until its last resource is free, and its goroutines

	mu     sync.Mutex
	ends   map[*side]struct{}
	gone   Flows // of the ends before
	closed bool
}

// New listens on the browsers' port. Errors name the address that could not be had.
func New(cfg Config) (*Engine, error) {
	cfg = cfg.withDefaults()
	pool, err := newPorts(cfg.TrunkAddr, cfg.PortMin, cfg.PortMax)
	if err != nil {
		return nil, err
	}
	web, err := openWebPort(cfg)
	if err != nil {
		return nil, err
	}
	return &Engine{cfg: cfg, cname: uuid.NewString(), wheel: newWheel(), courier: newCourier(), ports: pool, web: web,
		ends: make(map[*side]struct{})}, nil
}

// WebAddr is where browsers are received.
func (e *Engine) WebAddr() netip.AddrPort { return e.web.addr }

// Ports is how many pairs of RTP ports are bound, those being drained included, and how many there are in the range; all
// is 0 where the system gives as many as it has.
func (e *Engine) Ports() (bound, all int) { return e.ports.bound(), e.ports.size() }

// EngineStats counts what belongs to no end.
type EngineStats struct {
	Ends         int
	PortsBound   int // RTP port pairs, those being drained included
	Flows        Flows
	ForgedAlerts uint64 // plaintext DTLS alerts dropped at the browsers' port
}

// Stats is a snapshot.
func (e *Engine) Stats() EngineStats {
	e.mu.Lock()
	defer e.mu.Unlock()
	stats := EngineStats{Ends: len(e.ends), PortsBound: e.ports.bound(), ForgedAlerts: e.web.guard.forged.Load(), Flows: e.gone}
	for s := range e.ends {
		stats.Flows.of(s.wire).add(s.Stats())
	}
	return stats
}

// Close ends every end with ErrClosed, without draining, and waits for all goroutines and events. It must not be
// called from an event's callback.
func (e *Engine) Close() error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil
	}
	e.closed = true
	ends := make([]*side, 0, len(e.ends))
	for s := range e.ends {
		ends = append(ends, s)
	}
	e.mu.Unlock()

	for _, s := range ends {
		s.Close(ErrClosed)
	}
	e.ports.close()
	e.running.Wait()
	err := e.web.close()
	e.wheel.stop()
	e.courier.stop()
	if err != nil {
		return fmt.Errorf("close browsers' port: %w", err)
	}
	return nil
}

func (e *Engine) newID() uint32 { return e.lastID.Add(1) }

// admit takes a new end in, unless the engine is closed. The end says running.Done when nothing of it is left.
func (e *Engine) admit(s *side) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return ErrClosed
	}
	e.running.Add(1)
	e.ends[s] = struct{}{}
	e.wheel.add(s)
	return nil
}

func (e *Engine) forget(s *side) {
	e.wheel.remove(s)
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, known := e.ends[s]; known {
		e.gone.of(s.wire).add(s.Stats())
	}
	delete(e.ends, s)
}
