package sip

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// SetTrunks replaces the trunks at run time. Calls in progress keep the trunk that they began with, and count on; a trunk
// that has not changed keeps its state. Errors: every faulty trunk; then nothing has changed.
func (u *UA) SetTrunks(list []Trunk) error {
	if err := errors.Join(validateTrunks(list), u.reachable(list)); err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return errors.New("set trunks: closed")
	}
	next := make([]*trunk, 0, len(list))
	trunks := make(map[stamp.TrunkID]*trunk, len(list))
	for _, cfg := range list {
		t := u.trunks[cfg.ID]
		if t == nil || !reflect.DeepEqual(t.Trunk, cfg) {
			t = newTrunk(cfg, t)
		}
		trunks[cfg.ID] = t
		next = append(next, t)
	}
	former := map[stamp.TrunkID]minder{}
	for id, m := range u.minders {
		if trunks[id] != u.trunks[id] {
			m.stop()
			former[id] = m
			delete(u.minders, id)
		}
	}
	u.trunks = trunks
	u.guard.trunks.Store(&next)
	for id, t := range trunks {
		if _, minded := u.minders[id]; !minded {
			u.mindLocked(t, former[id].gone)
		}
	}
	return nil
}

// mindLocked starts a trunk's minder. It begins when the one before it, if any, has undone its registration: the other
// way round our own unregistering would end the new one.
func (u *UA) mindLocked(t *trunk, former <-chan struct{}) {
	ctx, stop := context.WithCancel(u.ctx)
	m := minder{stop: stop, gone: make(chan struct{})}
	u.minders[t.ID] = m
	u.work.Go(func() {
		defer close(m.gone)
		if former != nil {
			select {
			case <-former:
			case <-u.ctx.Done():
			}
		}
		u.mind(ctx, t)
	})
}

// reachable: calls out over a transport name our socket of that transport in their Contact.
func (u *UA) reachable(list []Trunk) error {
	var errs []error
	for _, t := range list {
		if network := cmp.Or(t.Transport, "udp"); t.Host != "" && !u.Addr(network).IsValid() {
			errs = append(errs, fmt.Errorf("trunk %s: nothing listens on %s", t.ID, network))
		}
	}
	return errors.Join(errs...)
}

// Trunks says how each trunk does.
func (u *UA) Trunks() []TrunkState {
	var states []TrunkState
	for _, t := range *u.guard.trunks.Load() {
		states = append(states, t.snapshot())
	}
	return states
}

// newTrunk is a trunk at work; former is what it was before somebody changed it, nil for a new one. The calls that began
// before count against its limit, and a rest that was asked for holds while it is the same carrier.
func newTrunk(cfg Trunk, former *trunk) *trunk {
	t := &trunk{Trunk: cfg, calls: new(atomic.Int64)}
	t.roots, _ = parseCA(cfg.TLSCA) // Validate has read it
	if cfg.PerSecond > 0 {
		t.pace = newBuckets(float64(cfg.PerSecond), float64(cfg.PerSecond))
	}
	if former != nil {
		t.calls = former.calls
		if former.Host == cfg.Host && former.Port == cfg.Port {
			s := former.snapshot()
			t.state.RestsUntil, t.asked = s.RestsUntil, former.asked
		}
	}
	t.prime()
	return t
}

// prime takes hosts that are addresses; a name is resolved by the minder.
func (t *trunk) prime() {
	if found, err := locate(context.Background(), nobody{}, &t.Trunk); err == nil {
		t.targets.Store(&found)
	}
	t.report(time.Now(), !t.Register && t.KeepAlive == 0, "", nil)
}

const (
	resolveEvery = 5 * time.Minute  // names move rarely
	retryProbe   = 30 * time.Second // after a probe that failed
)

// errand is something that a minder does again and again; do returns when next.
type errand struct {
	due time.Time
	do  func(ctx context.Context) time.Duration
}

// mind resolves the trunk's names, keeps its registration and asks whether it is there, until ctx ends.
func (u *UA) mind(ctx context.Context, t *trunk) {
	if t.Host == "" {
		return
	}
	book := newRegistration(t)
	errands := []errand{{do: func(ctx context.Context) time.Duration { return u.resolve(ctx, t) }}}
	switch {
	case t.Register:
		errands = append(errands, errand{do: func(ctx context.Context) time.Duration { return u.register(ctx, t, book) }})
		if t.transport() == "UDP" {
			errands = append(errands, errand{do: func(context.Context) time.Duration { return u.keepOpen(t) }})
		}
	case t.KeepAlive > 0:
		errands = append(errands, errand{do: func(ctx context.Context) time.Duration { return u.probe(ctx, t) }})
	}
	for ctx.Err() == nil {
		next := time.Now().Add(24 * time.Hour)
		for i := range errands {
			e := &errands[i]
			if now := time.Now(); !e.due.After(now) {
				e.due = now.Add(e.do(ctx))
			}
			if e.due.Before(next) {
				next = e.due
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Until(next)):
		}
	}
	if t.Register {
		u.unregister(context.WithoutCancel(ctx), t, book)
	}
}

// resolve looks the host names up and returns when to do so again.
func (u *UA) resolve(ctx context.Context, t *trunk) time.Duration {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	found, err := locate(ctx, u.cfg.Resolver, &t.Trunk)
	if err != nil {
		if !errors.Is(ctx.Err(), context.Canceled) {
			t.report(time.Now(), false, "name not found", nil)
		}
		return retryProbe
	}
	t.targets.Store(&found)
	return resolveEvery
}

// probe sends OPTIONS and returns when to ask again: jitter keeps many nodes from asking at once. Any answer at all
// says that somebody is there. Where nobody is, the next address is asked at once.
func (u *UA) probe(ctx context.Context, t *trunk) time.Duration {
	peer, ok := t.peer()
	if !ok {
		return min(retryProbe, t.KeepAlive)
	}
	start := time.Now()
	res, err := u.ask(ctx, t, newRegistration(t), sip.OPTIONS, func(*sip.Request) {})
	if ctx.Err() != nil {
		return 0
	}
	if err != nil || res.StatusCode == 503 {
		fault := "no answer to OPTIONS"
		if err == nil {
			fault = "503 to OPTIONS"
		}
		if t.shun(peer, time.Now()) {
			return 0
		}
		t.report(time.Now(), false, fault, nil)
		return min(retryProbe, t.KeepAlive)
	}
	t.answers(peer)
	t.report(time.Now(), true, "", func(s *TrunkState) { s.RTT = time.Since(start) })
	return t.KeepAlive*3/4 + rand.N(t.KeepAlive/2+1)
}

// ask sends a request outside a dialog and waits for its final response, answering challenges. Only minders wait here.
func (u *UA) ask(ctx context.Context, t *trunk, r *registration, method sip.RequestMethod, add func(*sip.Request)) (*sip.Response, error) {
	for {
		res, err := u.askOnce(ctx, t, r, method, add)
		if err != nil || !r.auth.learn(res) {
			return res, err
		}
	}
}

func (u *UA) askOnce(ctx context.Context, t *trunk, r *registration, method sip.RequestMethod, add func(*sip.Request)) (*sip.Response, error) {
	peer, _ := t.peer()
	r.dlg.Peer = peer.String()
	r.dlg.LocalSeq++
	req, err := u.inDialog(&r.dlg, nil, method, r.dlg.LocalSeq)
	if err != nil {
		return nil, err
	}
	add(req)
	r.auth.sign(req)
	t.byName(req)
	tx, _, err := u.request(req)
	if err != nil {
		return nil, err
	}
	answer := make(chan *sip.Response, 1)
	none := make(chan error, 1)
	u.await(tx, func(_ time.Time, res *sip.Response) {
		if !res.IsProvisional() {
			answer <- res
		}
	}, func(_ time.Time, err error) { none <- err })
	select {
	case res := <-answer:
		return res, nil
	case err := <-none:
		return nil, fmt.Errorf("%s: %w", method, err)
	case <-ctx.Done():
		tx.Terminate()
		return nil, ctx.Err()
	}
}
