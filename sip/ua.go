package sip

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// UA is the user agent: sockets, guard, transactions, and the legs by their dialogs.
type UA struct {
	// given at start
	cfg   Config
	start time.Time
	log   *slog.Logger
	alter func(incoming bool, b []byte) bool // tests only

	guard   *guard
	tp      *sip.TransportLayer
	tx      *sip.TransactionLayer
	sockets []socket
	udp     *net.UDPConn // the first of them, nil without one

	ctx  context.Context // ends with Close
	stop context.CancelFunc
	work sync.WaitGroup // legs, awaited transactions, minders

	mu       sync.Mutex
	legs     map[dialogKey]*Leg
	arriving map[mergeKey]*Leg // INVITEs being answered, to know a merged one by (§8.2.2.2)
	trunks   map[stamp.TrunkID]*trunk
	minders  map[stamp.TrunkID]minder
	locals   map[netip.Addr]netip.Addr // from which address we reach another
	closed   bool                      // no new legs
	done     bool                      // no new goroutines
}

// minder is the goroutine that looks after a trunk.
type minder struct {
	stop context.CancelFunc
	gone chan struct{} // closed by it, after its registration is undone
}

// mergeKey is the same for copies of one request that came over different ways.
type mergeKey struct {
	callID, fromTag string
	seq             uint32
}

// New opens the sockets; nothing is read before Serve. Errors: a faulty Config, all faults at once; an address that
// cannot be had; another T1 than that of the process.
func New(cfg Config) (*UA, error) { return newUA(cfg, nil) }

func newUA(cfg Config, alter func(bool, []byte) bool) (*UA, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if err := tune(cfg.T1); err != nil {
		return nil, err
	}
	u := &UA{cfg: cfg, start: time.Now(), log: cfg.Log, alter: alter, legs: map[dialogKey]*Leg{}, arriving: map[mergeKey]*Leg{}, trunks: map[stamp.TrunkID]*trunk{},
		minders: map[stamp.TrunkID]minder{}, locals: map[netip.Addr]netip.Addr{}}
	u.ctx, u.stop = context.WithCancel(context.Background())
	log := slog.New(quiet{Handler: cfg.Log.Handler(), limit: newBuckets(1, 5)})
	parser := sip.NewParser()
	parser.MaxMessageLength = 4 * cfg.Guard.MaxMessage
	u.guard = newGuard(cfg.Guard, func(b []byte) bool { return parses(parser, b) })
	u.tp = sip.NewTransportLayer(net.DefaultResolver, parser, u.dialTLS(), sip.WithTransportLayerLogger(log))
	u.tp.OnMessage(u.onMessage) // before the transaction layer adds its own: handlers run in this order
	u.tx = sip.NewTransactionLayer(u.tp, sip.WithTransactionLayerLogger(log),
		sip.WithTransactionLayerUnhandledResponseHandler(u.strayResponse), sip.WithTransactionLayerTerminateOnConnClose())
	u.tx.OnRequest(u.handle)
	if err := u.openSockets(); err != nil {
		return nil, errors.Join(err, u.closeSockets())
	}
	if err := u.SetTrunks(cfg.Trunks); err != nil {
		return nil, errors.Join(err, u.closeSockets())
	}
	return u, nil
}

// Addr returns the address of the first socket of the network (udp, tcp, tls); zero where there is none.
func (u *UA) Addr(network string) netip.AddrPort {
	for _, s := range u.sockets {
		if s.network == network {
			return netip.MustParseAddrPort(s.addr.String())
		}
	}
	return netip.AddrPort{}
}

// Serve reads the sockets until ctx ends or Close is called. A parser that panics loses its message and is called again.
// The error is that of a socket.
func (u *UA) Serve(ctx context.Context) error {
	failed := make(chan error, len(u.sockets))
	var reading sync.WaitGroup
	for _, s := range u.sockets {
		reading.Go(func() { failed <- u.serve(s) })
	}
	var err error
	select {
	case <-ctx.Done():
	case <-u.ctx.Done():
	case err = <-failed:
	}
	if cerr := u.closeSockets(); err == nil && cerr != nil {
		err = cerr
	}
	reading.Wait()
	return err
}

func (u *UA) serve(s socket) error {
	for {
		again, err := u.serveOnce(s)
		if !again {
			return err
		}
	}
}

func (u *UA) serveOnce(s socket) (again bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			u.panicked("parse", r)
			again = true
		}
	}()
	err = s.serve()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	return false, err
}

func (u *UA) closeSockets() error {
	var errs []error
	for _, s := range u.sockets {
		if err := s.close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, fmt.Errorf("close SIP socket: %w", err))
		}
	}
	return errors.Join(errs...)
}

// Close releases every leg, waits until the far sides have answered or ctx ends, and closes everything. Serve should be
// running until Close returns, so that answers are heard.
func (u *UA) Close(ctx context.Context) error {
	u.mu.Lock()
	u.closed = true
	legs := make([]*Leg, 0, len(u.legs))
	for _, l := range u.legs {
		legs = append(legs, l)
	}
	var ends []chan struct{}
	for _, m := range u.minders {
		m.stop()
		ends = append(ends, m.gone)
	}
	u.mu.Unlock()
	for _, l := range legs {
		l.Release(503)
		ends = append(ends, l.ended)
	}
	for _, end := range ends {
		select {
		case <-end:
		case <-ctx.Done():
		}
	}
	u.mu.Lock()
	u.done = true
	u.mu.Unlock()
	u.guard.shut.Store(true)
	u.stop()
	u.tx.Close()
	u.work.Wait()
	<-time.After(settleTime)
	err := errors.Join(u.closeSockets(), u.tp.Close())
	<-time.After(settleTime)
	return errors.Join(err, u.tp.Close())
}

// settleTime is for messages that the library was handling in goroutines of its own when the guard shut: one that finds
// the sockets closed would open a new one, which the second closing ends.
const settleTime = 20 * time.Millisecond

// spawn runs f in a goroutine that Close waits for; false when it is too late for that.
func (u *UA) spawn(f func()) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.done {
		return false
	}
	u.work.Go(f)
	return true
}

// Counts says what the door has seen.
func (u *UA) Counts() Counts { return u.guard.counts() }

// Legs is how many legs live, those included whose last BYE is not yet answered.
func (u *UA) Legs() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.legs)
}

// Ways is how many addresses of the trunk a call may be tried at, 3 at most; 0 of an unknown one.
func (u *UA) Ways(id stamp.TrunkID) int {
	t := u.trunk(id)
	if t == nil || t.targets.Load() == nil {
		return 0
	}
	return min(len(*t.targets.Load()), 3)
}

// Dial prepares a leg on a trunk; Bind and Invite follow, or Release. Errors: ErrUnknownTrunk, ErrTrunkFull, ErrTooFast,
// ErrNotAllowed, Resting.
func (u *UA) Dial(d call.Dial) (*Leg, error) {
	u.mu.Lock()
	t := u.trunks[d.Trunk]
	closed := u.closed
	u.mu.Unlock()
	if t == nil || t.Host == "" || closed {
		return nil, fmt.Errorf("dial: %w: %s", ErrUnknownTrunk, d.Trunk)
	}
	if err := t.allows(d.Number); err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	from, err := t.callerID(d.CallerID)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	if err := t.resting(time.Now()); err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	if !t.paces(time.Now()) {
		return nil, fmt.Errorf("dial: %w: %s, %d a second", ErrTooFast, t.ID, t.PerSecond)
	}
	if !t.take() {
		return nil, fmt.Errorf("dial: %w: %s", ErrTrunkFull, t.ID)
	}
	l := newOutbound(u, t, d, from)
	if l == nil {
		t.give()
		return nil, fmt.Errorf("dial: %w", net.ErrClosed)
	}
	return l, nil
}

// add enters a leg; false after Close.
func (u *UA) add(l *Leg, merge *mergeKey) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return false
	}
	if merge != nil {
		if _, again := u.arriving[*merge]; again {
			return false
		}
		u.arriving[*merge] = l
	}
	u.legs[l.dlg.key()] = l
	return true
}

func (u *UA) drop(key dialogKey, merge *mergeKey) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.legs, key)
	if merge != nil {
		delete(u.arriving, *merge)
	}
}

func (u *UA) legOf(key dialogKey) *Leg {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.legs[key]
}

func (u *UA) trunk(id stamp.TrunkID) *trunk {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.trunks[id]
}

// recovered is deferred around everything that foreign bytes can reach.
func (u *UA) recovered(what string) {
	if r := recover(); r != nil {
		u.panicked(what, r)
	}
}

func (u *UA) panicked(what string, r any) {
	u.guard.panics.Add(1)
	u.log.Error("sip panicked", "in", what, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
}
