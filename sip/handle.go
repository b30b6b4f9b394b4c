package sip

import (
	"fmt"
	"math"
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// inbound is a request that has a leg to go to.
type inbound struct {
	req *sip.Request
	tx  *sip.ServerTx
	at  time.Time
}

// handle is called once for every new request, in a goroutine of its own. It finds out whose it is and returns at once,
// but for an INVITE, which waits for Config.Incoming.
func (u *UA) handle(req *sip.Request, tx *sip.ServerTx) {
	defer u.recovered("handle request")
	at, fresh := u.arrivalOf(req)
	if text := unusable(req); text != "" {
		if req.Method == sip.ACK {
			tx.Terminate()
			return
		}
		respond(tx, req, 400, text)
		return
	}
	if s := req.Recipient.Scheme; s != "sip" && s != "sips" && req.Method != sip.ACK {
		respond(tx, req, 416, reason(416))
		return
	}
	if tag := tagOf(req.To().Params); tag != "" && !fresh {
		u.toLeg(dialogKey{req.CallID().Value(), tag}, inbound{req, tx, at})
		return
	}
	switch req.Method {
	case sip.INVITE:
		u.incoming(inbound{req, tx, at})
	case sip.ACK:
		tx.Terminate() // nobody answers an ACK
	case sip.OPTIONS:
		respond(tx, req, 200, "OK", sip.NewHeader("Allow", allow), sip.NewHeader("Accept", accept), sip.NewHeader("Supported", supported))
	case sip.CANCEL:
		u.strayCancel(inbound{req, tx, at})
	case sip.BYE, sip.INFO, sip.UPDATE, sip.PRACK:
		respond(tx, req, 481, reason(481))
	default:
		respond(tx, req, 405, reason(405), sip.NewHeader("Allow", allow))
	}
}

// strayCancel is a CANCEL that found no INVITE: the INVITE may be a moment behind, in another goroutine.
func (u *UA) strayCancel(r inbound) {
	key := mergeKey{r.req.CallID().Value(), tagOf(r.req.From().Params), r.req.CSeq().SeqNo}
	for _, wait := range []time.Duration{0, orderWait} {
		select {
		case <-time.After(wait):
		case <-u.ctx.Done():
		}
		u.mu.Lock()
		l := u.arriving[key]
		u.mu.Unlock()
		if l != nil {
			respond(r.tx, r.req, 200, "OK")
			l.box.Put(func() { l.cancelledByHand(r) })
			return
		}
	}
	respond(r.tx, r.req, 481, reason(481))
}

// unusable repeats in terms of the parsed message what the gate saw in its bytes: what the parser made nothing of would
// be a nil pointer later. It returns what is wrong, or "".
func unusable(req *sip.Request) string {
	switch {
	case req.Via() == nil:
		return "Bad Via"
	case req.From() == nil:
		return "Bad From"
	case req.To() == nil:
		return "Bad To"
	case req.CallID() == nil:
		return "Bad Call-ID"
	case req.CSeq() == nil || req.CSeq().MethodName != req.Method:
		return "Bad CSeq"
	case req.MaxForwards() == nil:
		return "Bad Max-Forwards"
	}
	return ""
}

// toLeg posts a request to the dialog that it names.
func (u *UA) toLeg(key dialogKey, r inbound) {
	if l := u.legOf(key); l != nil && l.box.Put(func() { l.request(r) }) {
		return
	}
	if r.req.Method == sip.ACK {
		r.tx.Terminate()
		return
	}
	respond(r.tx, r.req, 481, reason(481))
}

// incoming judges an INVITE that begins a call and makes its leg.
func (u *UA) incoming(r inbound) {
	source, err := netip.ParseAddrPort(r.req.Source())
	t := u.guard.trunkAt(source.Addr())
	if err != nil || t == nil { // the trunk was taken away meanwhile
		r.tx.Terminate()
		return
	}
	far, code, extra := u.judgeInvite(r.req, t)
	if code != 0 {
		respond(r.tx, r.req, code, reason(code), extra...)
		return
	}
	merge := mergeKey{r.req.CallID().Value(), tagOf(r.req.From().Params), r.req.CSeq().SeqNo}
	l := newInbound(u, t, r, far)
	if !u.add(l, &merge) {
		t.give()
		respond(r.tx, r.req, 482, reason(482))
		return
	}
	l.merge = &merge
	if !u.spawn(l.run) {
		respond(r.tx, r.req, 503, reason(503))
		return
	}
	if !r.tx.OnCancel(func(c *sip.Request) { l.cancelled(c) }) {
		l.cancelled(nil)
	}
	defer l.box.Put(l.decided)
	defer u.recovered("decide over call")
	u.cfg.Incoming(inviteOf(r, t), l)
}

// judgeInvite returns the SDP offer, if any, or the status with which the INVITE is refused. With code 0 one of the
// trunk's calls is taken.
func (u *UA) judgeInvite(req *sip.Request, t *trunk) (far *sdp, code int, extra []sip.Header) {
	if foreign := unsupported(req, t); foreign != "" {
		return nil, 420, []sip.Header{sip.NewHeader("Unsupported", foreign)}
	}
	if t.refuseUnreliable(req) {
		return nil, 421, []sip.Header{sip.NewHeader("Require", reliably)}
	}
	if u.cfg.Admit != nil {
		if ok, after := u.cfg.Admit(); !ok {
			return nil, 503, []sip.Header{retryAfter(after)}
		}
	}
	if se, ok := sessionExpires(req); ok && se.interval < u.cfg.MinSession {
		return nil, 422, []sip.Header{sip.NewHeader("Min-SE", seconds(u.cfg.MinSession))}
	}
	far, code = offerOf(req)
	if keys := (&keyring{wish: t.SRTP}); code == 0 && far != nil && !keys.takes(far) {
		code = 488
	}
	if code != 0 {
		return nil, code, acceptFor(code)
	}
	if !t.take() {
		return nil, 503, []sip.Header{retryAfter(5 * time.Second)}
	}
	return far, 0, nil
}

// offerOf reads the SDP of a request; nil where it has none.
func offerOf(req sip.Message) (*sdp, int) {
	if len(req.Body()) == 0 {
		return nil, 0
	}
	if kind := contentType(req); kind != "application/sdp" {
		return nil, 415
	}
	far, err := parseSDP(req.Body())
	if err != nil {
		return nil, 488
	}
	return &far, 0
}

func contentType(msg sip.Message) string {
	for _, v := range append(headerValues(msg, "Content-Type"), headerValues(msg, "c")...) {
		kind, _, _ := strings.Cut(v, ";")
		return strings.ToLower(strings.TrimSpace(kind))
	}
	return ""
}

func acceptFor(code int) []sip.Header {
	switch code {
	case 415:
		return []sip.Header{sip.NewHeader("Accept", accept)}
	case 488:
		return []sip.Header{sip.NewHeader("Warning", `305 callstamp "Incompatible media format"`)}
	}
	return nil
}

// unsupported are the extensions that the request insists on and we do not have.
func unsupported(req sip.Message, t *trunk) string {
	var foreign []string
	for _, o := range options(req, "Require") {
		if !strings.EqualFold(o, supported) && !(strings.EqualFold(o, reliably) && t.Reliable.on()) {
			foreign = append(foreign, o)
		}
	}
	return strings.Join(foreign, ", ")
}

func retryAfter(d time.Duration) sip.Header {
	return sip.NewHeader("Retry-After", seconds(max(d, time.Second)))
}

func seconds(d time.Duration) string { return fmt.Sprint(int64(math.Ceil(d.Seconds()))) }

// inviteOf says whom the call is for and from. Where the trunk registered our user, its request URI names that user and
// To the number that was called. P-Asserted-Identity counts: whoever gets here is a trunk (RFC 3325 §6).
func inviteOf(r inbound, t *trunk) Invite {
	in := Invite{Trunk: t.ID, At: r.at, Called: r.req.Recipient.User}
	if to := r.req.To().Address.User; in.Called == "" || to != "" && (t.User != "" && in.Called == t.User || in.Called == agent) {
		in.Called = to
	}
	from := r.req.From()
	in.Caller, in.CallerName = from.Address.User, from.DisplayName
	for _, value := range headerValues(r.req, "P-Asserted-Identity") {
		var uri sip.Uri
		params := sip.NewParams()
		name, err := sip.ParseAddressValue(value, &uri, &params)
		if err != nil {
			continue
		}
		user := uri.User
		if uri.Scheme == "tel" {
			user, _, _ = strings.Cut(uri.Raw(), ";")
		}
		if user != "" {
			in.Caller, in.CallerName = user, name
			break
		}
	}
	in.Called, in.Caller = strings.Map(printable, in.Called), strings.Map(printable, in.Caller)
	in.CallerName = strings.Map(printable, in.CallerName)
	return in
}
