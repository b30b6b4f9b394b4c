package sip

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"reflect"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// SetTrunks replaces the trunks at run time. Calls in progress keep the trunk that they began with; a trunk that has not
// changed keeps its state. Errors: every faulty trunk; then nothing has changed.
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
			t = &trunk{Trunk: cfg}
			t.prime()
		}
		trunks[cfg.ID] = t
		next = append(next, t)
	}
	for id, m := range u.minders {
		if trunks[id] != u.trunks[id] {
			m.stop()
			delete(u.minders, id)
		}
	}
	u.trunks = trunks
	u.guard.trunks.Store(&next)
	for id, t := range trunks {
		if _, minded := u.minders[id]; !minded {
			ctx, stop := context.WithCancel(u.ctx)
			m := minder{stop: stop, gone: make(chan struct{})}
			u.minders[id] = m
			u.work.Go(func() {
				defer close(m.gone)
				u.mind(ctx, t)
			})
		}
	}
	return nil
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

// prime takes a Host that is an address; a name is resolved by the minder.
func (t *trunk) prime() {
	if a, err := netip.ParseAddr(t.Host); err == nil {
		t.hosts.Store(&[]netip.Addr{a.Unmap()})
	}
	t.report(time.Now(), !t.Register && t.KeepAlive == 0, "", nil)
}

const (
	resolveEvery = 5 * time.Minute  // names move rarely
	retryProbe   = 30 * time.Second // after a probe that failed
)

// mind resolves the trunk's name, keeps its registration and asks whether it is there, until ctx ends.
func (u *UA) mind(ctx context.Context, t *trunk) {
	if t.Host == "" {
		return
	}
	binding := newRegistration(t)
	for {
		wait := u.resolve(ctx, t)
		if _, ok := t.peer(); ok {
			if t.Register {
				wait = min(wait, u.register(ctx, t, binding, t.expires()))
			} else if t.KeepAlive > 0 {
				wait = min(wait, u.probe(ctx, t))
			}
		}
		select {
		case <-ctx.Done():
			if t.Register && t.snapshot().Registered {
				u.register(context.WithoutCancel(ctx), t, binding, 0)
			}
			return
		case <-time.After(wait):
		}
	}
}

// resolve looks a host name up and returns when to do so again.
func (u *UA) resolve(ctx context.Context, t *trunk) time.Duration {
	if _, err := netip.ParseAddr(t.Host); err == nil {
		return 24 * time.Hour
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", t.Host)
	if err != nil || len(found) == 0 {
		t.report(time.Now(), false, "name not found", nil)
		return retryProbe
	}
	for i := range found {
		found[i] = found[i].Unmap()
	}
	t.hosts.Store(&found)
	return resolveEvery
}

// probe sends OPTIONS and returns when to ask again: jitter keeps many nodes from asking at once. Any answer at all
// says that somebody is there.
func (u *UA) probe(ctx context.Context, t *trunk) time.Duration {
	d := newRegistration(t)
	start := time.Now()
	res, err := u.ask(ctx, t, d, sip.OPTIONS, func(*sip.Request) {})
	if ctx.Err() != nil {
		return 0
	}
	if err != nil {
		t.report(time.Now(), false, "no answer to OPTIONS", nil)
		return min(retryProbe, t.KeepAlive)
	}
	up := res.StatusCode != 503
	t.report(time.Now(), up, map[bool]string{false: "503 to OPTIONS"}[up], func(s *TrunkState) { s.RTT = time.Since(start) })
	return t.KeepAlive*3/4 + rand.N(t.KeepAlive/2+1)
}

// registration is the dialog-like state of REGISTERs: one Call-ID, counting CSeq (§10.2).
type registration struct {
	dlg  dialog
	auth *credentials
}

func newRegistration(t *trunk) *registration {
	own := "sip:" + t.User + "@" + t.domain()
	if t.User == "" {
		own = "sip:" + agent + "@" + t.domain()
	}
	return &registration{dlg: dialog{Trunk: t.ID, Ours: true, CallID: uuid.NewString(), LocalTag: sip.GenerateTagN(20), Local: own,
		Remote: own, Target: "sip:" + t.domain(), Transport: t.transport()}, auth: newCredentials(t, true)}
}

func (t *trunk) expires() time.Duration {
	e := t.Expires
	orDefault(&e, time.Hour)
	return e
}

// register binds our contact for so long, 0 to unbind, and returns when to do it again.
func (u *UA) register(ctx context.Context, t *trunk, r *registration, interval time.Duration) time.Duration {
	r.auth.known = nil
	res, err := u.ask(ctx, t, r, sip.REGISTER, func(req *sip.Request) {
		peer, _ := t.peer()
		req.AppendHeader(u.contact(&r.dlg, peer.Addr()))
		req.AppendHeader(sip.NewHeader("Expires", seconds(interval)))
	})
	fault := ""
	switch {
	case err != nil && ctx.Err() != nil:
		return 0 // we are to end, which says nothing about the trunk
	case err != nil:
		fault = "no answer to REGISTER"
	case !res.IsSuccess():
		fault = fmt.Sprintf("%d to REGISTER", res.StatusCode)
	}
	granted := interval
	if fault == "" {
		granted = grantedFor(res, interval)
	}
	t.report(time.Now(), fault == "", fault, func(s *TrunkState) { s.Registered = fault == "" && interval > 0 })
	if fault != "" {
		return retryProbe
	}
	return max(granted*4/5, time.Second) // well before it ends
}

// grantedFor is how long the registrar keeps us: the Contact's expires, else the header, else what we asked.
func grantedFor(res *sip.Response, asked time.Duration) time.Duration {
	var text string
	if c := res.Contact(); c != nil {
		text, _ = c.Params.Get("expires")
	}
	for _, v := range headerValues(res, "Expires") {
		if text == "" {
			text = v
		}
	}
	if d, err := time.ParseDuration(text + "s"); err == nil && d > 0 {
		return min(d, asked)
	}
	return asked
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
