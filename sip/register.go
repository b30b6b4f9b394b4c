package sip

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"
)

// registration is the dialog-like state of REGISTERs: one Call-ID, counting CSeq (RFC 3261 §10.2), and the nonce of the
// last challenge, which saves one exchange in two until it is stale.
type registration struct {
	dlg   dialog
	auth  *credentials
	asks  time.Duration // what is asked for; a registrar may have wanted more (423)
	fails int           // tries without success, one after another
}

func newRegistration(t *trunk) *registration {
	own := "sip:" + t.User + "@" + t.domain()
	if t.User == "" {
		own = "sip:" + agent + "@" + t.domain()
	}
	asks := t.Expires
	orDefault(&asks, time.Hour)
	return &registration{dlg: dialog{Trunk: t.ID, Ours: true, CallID: uuid.NewString(), LocalTag: sip.GenerateTagN(20), Local: own,
		Remote: own, Target: "sip:" + t.domain(), Transport: t.transport()}, auth: newCredentials(t, true), asks: asks}
}

const (
	// Between tries: doubled from first to last, and of that a random half to all (RFC 5626 §4.5), so that a registrar
	// that comes back is not met by everybody at once.
	firstBackOff = 10 * time.Second
	lastBackOff  = 5 * time.Minute
	// longestBinding is the longest that a registrar may ask for by Min-Expires.
	longestBinding = 24 * time.Hour
)

// backOff is the longest wait after so many failures in a row.
func backOff(fails int) time.Duration {
	wait := firstBackOff
	for range fails - 1 {
		wait = min(2*wait, lastBackOff)
	}
	return wait
}

// registered is what an answer to REGISTER means.
type registered struct {
	granted  time.Duration // the binding holds for so long; 0: there is none
	minimum  time.Duration // the registrar wants a longer one (423); 0: not said
	later    time.Duration // Retry-After
	fault    string        // "" where there is a binding
	advances bool          // another registrar may know better
}

// judgeRegister reads the answer to a REGISTER that asked for so long, contact being ours; res is nil where none came.
func judgeRegister(res *sip.Response, asked time.Duration, contact string) registered {
	switch {
	case res == nil:
		return registered{fault: "no answer to REGISTER", advances: true}
	case res.IsSuccess():
		return registered{granted: grantedFor(res, asked, contact)}
	case res.StatusCode == 423:
		for _, v := range headerValues(res, "Min-Expires") {
			if d, err := strconv.ParseUint(v, 10, 31); err == nil && time.Duration(d)*time.Second > asked {
				return registered{fault: "423 to REGISTER", minimum: min(time.Duration(d)*time.Second, longestBinding)}
			}
		}
	}
	code := res.StatusCode
	return registered{fault: fmt.Sprintf("%d to REGISTER", code), later: retryAfterOf(res), advances: code >= 500 || code == 408}
}

// grantedFor is how long the registrar keeps us: what it says of our own Contact among all that it knows (§10.2.4), else
// the header, else what we asked.
func grantedFor(res *sip.Response, asked time.Duration, contact string) time.Duration {
	text := ""
	for _, h := range res.GetHeaders("Contact") {
		c, ok := h.(*sip.ContactHeader)
		if own := ok && uriText(c.Address) == contact; own || ok && text == "" {
			if v, _ := c.Params.Get("expires"); v != "" {
				text = v
			}
			if own {
				break
			}
		}
	}
	for _, v := range headerValues(res, "Expires") {
		if text == "" {
			text = v
		}
	}
	if n, err := strconv.ParseUint(text, 10, 31); err == nil && n > 0 {
		return min(time.Duration(n)*time.Second, asked)
	}
	return asked
}

// refreshIn is when a binding is renewed: well before it ends, and not all of a restart's bindings at once.
func refreshIn(granted time.Duration) time.Duration {
	return max(granted*7/10+rand.N(granted/10+1), time.Second)
}

// register binds our contact and returns when to do it again. A registrar that does not answer, or can't, is followed by
// the next at once; when none is left, by a rest.
func (u *UA) register(ctx context.Context, t *trunk, r *registration) time.Duration {
	peer, ok := t.peer()
	if !ok {
		return retryResolve
	}
	res, contact := u.sendRegister(ctx, t, r, peer, r.asks)
	if ctx.Err() != nil {
		return 0 // we are to end, which says nothing about the trunk
	}
	got := judgeRegister(res, r.asks, contact)
	now := time.Now()
	switch {
	case got.granted > 0:
		r.fails = 0
		t.answers(peer)
		t.report(now, true, "", func(s *TrunkState) { s.Registered, s.Until = true, now.Add(got.granted) })
		return refreshIn(got.granted)
	case got.minimum > 0:
		r.asks = got.minimum
		return 0
	case got.advances && t.shun(peer, now):
		return 0
	}
	r.fails++
	t.report(now, false, got.fault, func(s *TrunkState) { s.Registered = s.Registered && s.Until.After(now) })
	longest := backOff(r.fails)
	return max(longest/2+rand.N(longest/2+1), got.later)
}

// retryResolve is how soon a trunk whose name has no address yet is looked at again.
const retryResolve = time.Second

// unregister undoes the binding, where there may be one. An answer is waited for shortly: what does not come is forgotten
// by the registrar in its own time.
func (u *UA) unregister(ctx context.Context, t *trunk, r *registration) {
	peer, ok := t.peer()
	if !ok || !t.snapshot().Registered {
		return
	}
	u.sendRegister(ctx, t, r, peer, 0)
	t.report(time.Now(), false, "", func(s *TrunkState) { s.Registered = false })
}

// sendRegister asks for a binding of so long, 0 to end it. nil: no answer within twice the time that an INVITE has.
func (u *UA) sendRegister(ctx context.Context, t *trunk, r *registration, peer netip.AddrPort, interval time.Duration) (*sip.Response, string) {
	ctx, cancel := context.WithTimeout(ctx, 2*max(u.cfg.TrunkSilent, 4*u.cfg.T1))
	defer cancel()
	r.auth.afresh()
	contact := u.contact(&r.dlg, peer.Addr())
	res, err := u.ask(ctx, t, r, sip.REGISTER, func(req *sip.Request) {
		req.AppendHeader(contact)
		req.AppendHeader(sip.NewHeader("Expires", seconds(interval)))
	})
	if err != nil {
		return nil, ""
	}
	uri := contact.Value()
	return res, uri[1 : len(uri)-1]
}

// openEvery is how often a packet keeps a NAT's way back to us open; a binding of UDP may go after 30 s (RFC 5626 §4.4.1).
const openEvery = 25 * time.Second

// keepOpen sends the empty lines of RFC 5626 §3.5.1 to the registrar through which calls will come.
func (u *UA) keepOpen(t *trunk) time.Duration {
	peer, ok := t.peer()
	if ok && t.snapshot().Registered && u.udp != nil {
		_, _ = u.udp.WriteToUDPAddrPort([]byte("\r\n\r\n"), peer) // what is lost is sent again
	}
	return openEvery
}
