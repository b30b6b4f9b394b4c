package sip

import (
	"math/rand/v2"
	"time"

	"github.com/emiago/sipgo/sip"
)

// hold notes what the conversation wants; reconcile makes the far side know it.
func (l *Leg) hold(on bool) {
	if !l.trunk.SignalHold {
		return
	}
	l.talk.wish = SendRecv
	if on {
		l.talk.wish = SendOnly
	}
	l.reconcile()
}

// reconcile sends what differs between our wish and what the far side knows, as soon as no other exchange is open: one
// offer in flight per dialog (§14.1).
func (l *Leg) reconcile() {
	t := &l.talk
	busy := t.offering || l.owesAck || l.final != nil || !l.due[retryOffer].IsZero()
	changed := t.wish != t.told
	if l.phase != up || busy || !changed && !t.refreshing {
		return
	}
	method := sip.INVITE
	if !changed && t.canUpdate {
		method = sip.UPDATE // a refresh alone needs no SDP (RFC 4028 §7.4)
	}
	if err := l.sendOffer(method); err != nil {
		l.ua.log.Warn("offer not sent", "method", method, "call", l.id, "trunk", l.trunk.ID, "error", err)
		l.lost(408)
	}
}

func (l *Leg) sendOffer(method sip.RequestMethod) error {
	l.dlg.LocalSeq++
	req, err := l.ua.inDialog(&l.dlg, l.trunk, method, l.dlg.LocalSeq)
	if err != nil {
		return err
	}
	l.describe(req)
	wish := l.talk.wish
	if method == sip.INVITE {
		setSDP(req, l.talk.offer(offering(wish, l.talk.farHolds)))
	}
	l.auth.sign(req)
	tx, _, err := l.ua.request(req)
	if err != nil {
		return err
	}
	l.talk.offering = true
	l.record() // the CSeq has moved
	if method == sip.INVITE {
		tx.OnRetransmission(func(res *sip.Response) { l.secondAnswer(res) })
	}
	l.ua.await(tx, func(at time.Time, res *sip.Response) {
		if !res.IsProvisional() {
			l.box.Put(func() { l.offerAnswered(at, req, res, wish) })
		}
	}, func(_ time.Time, err error) {
		l.box.Put(func() {
			l.talk.offering = false
			l.lost(failure(err))
		})
	})
	return nil
}

// offerAnswered is the final response to our re-INVITE or UPDATE.
func (l *Leg) offerAnswered(at time.Time, req *sip.Request, res *sip.Response, wish Direction) {
	t := &l.talk
	t.offering = false
	if res.IsSuccess() && req.IsInvite() {
		l.sendAck(req) // also when our BYE is already out
	}
	if l.phase != up {
		return
	}
	switch code := res.StatusCode; {
	case code < 300:
		t.refreshing = false
		l.dlg.retarget(res)
		l.keepSession(res)
		if req.IsInvite() {
			t.told = wish
			if far, bad := offerOf(res); far != nil && bad == 0 && t.sess.keys.takes(far) {
				l.takeAnswer(at, far)
			}
		}
		l.record()
	case code == 491:
		l.due.set(retryOffer, at.Add(glareWait(l.dlg.Ours)))
		return
	case code == 408 || code == 481:
		l.lost(code)
		return
	case l.repeat(res):
		if err := l.sendOffer(req.Method); err != nil {
			l.lost(408)
		}
		return
	default: // the session stays as it was (§14.1); asking again would be refused again
		t.offered, t.refreshing, t.told = nil, false, wish
		l.ua.log.Info("far side refused a change", "call", l.id, "trunk", l.trunk.ID, "status", code)
	}
	l.reconcile()
}

// takeAnswer is the far side's answer to an offer of ours.
func (l *Leg) takeAnswer(at time.Time, far *sdp) {
	was := l.talk.farHolds
	l.talk.agree(far)
	l.applyMedia()
	l.tellHold(at, was)
}

// glareWait: who made the Call-ID waits longer (§14.1).
func glareWait(ours bool) time.Duration {
	if ours {
		return 2100*time.Millisecond + time.Duration(rand.IntN(191))*10*time.Millisecond
	}
	return time.Duration(rand.IntN(201)) * 10 * time.Millisecond
}

// theirOffer answers a re-INVITE.
func (l *Leg) theirOffer(r inbound) {
	far, refused := l.judgeOffer(r)
	if refused {
		return
	}
	l.dlg.retarget(r.req)
	res := l.response(r.req, 200, "OK")
	was := l.talk.farHolds
	if far == nil {
		l.talk.told = l.talk.wish
		setSDP(res, l.talk.offer(l.talk.wish)) // the answer comes with the ACK
	} else {
		setSDP(res, l.talk.answer(far))
	}
	l.startSession(r.req, res)
	if !l.sendFinal(res, r.req, r.tx) {
		return
	}
	if far != nil {
		l.applyMedia()
		l.tellHold(r.at, was)
	}
	l.record()
}

// theirUpdate answers an UPDATE: like a re-INVITE but without an ACK; without SDP it refreshes the session timer.
func (l *Leg) theirUpdate(r inbound) {
	far, refused := l.judgeOffer(r)
	if refused {
		return
	}
	l.dlg.retarget(r.req)
	res := l.response(r.req, 200, "OK")
	was := l.talk.farHolds
	if far != nil {
		setSDP(res, l.talk.answer(far))
		l.talk.listen = l.phase == inviting // nobody has picked up yet
	}
	l.startSession(r.req, res)
	_ = r.tx.Respond(res)
	if far != nil {
		l.applyMedia()
		l.tellHold(r.at, was)
	}
	l.record()
}

// judgeOffer refuses an offer that cannot be answered now or at all; the session then stays as it was.
func (l *Leg) judgeOffer(r inbound) (far *sdp, refused bool) {
	if !l.mayUpdate(r.req.Method) {
		respond(r.tx, r.req, 500, reason(500), retryAfter(time.Second))
		return nil, true
	}
	if l.talk.offering || l.final != nil {
		respond(r.tx, r.req, 491, reason(491))
		return nil, true
	}
	if se, ok := sessionExpires(r.req); ok && se.interval < l.ua.cfg.MinSession {
		respond(r.tx, r.req, 422, reason(422), sip.NewHeader("Min-SE", seconds(l.ua.cfg.MinSession)))
		return nil, true
	}
	far, code := offerOf(r.req)
	if code == 0 && far != nil && !l.talk.sess.keys.takes(far) {
		code = 488
	}
	if code != 0 {
		respond(r.tx, r.req, code, reason(code), acceptFor(code)...)
		return nil, true
	}
	return far, false
}

// sessionInterval is what we ask for; 0: nothing.
func (l *Leg) sessionInterval() time.Duration {
	if l.trunk.Session < 0 {
		return 0
	}
	want := l.trunk.Session
	orDefault(&want, 30*time.Minute)
	return max(want, l.minSE, l.ua.cfg.MinSession)
}

// startSession answers the session timer of their request.
func (l *Leg) startSession(req *sip.Request, res *sip.Response) {
	l.due.clear(refresh, expire)
	e, ok := sessionAnswer(req)
	if !ok {
		return
	}
	res.AppendHeader(sip.NewHeader("Session-Expires", e.String()))
	res.AppendHeader(sip.NewHeader("Require", "timer"))
	l.watchSession(e, e.refresher == "uas")
}

// keepSession takes the session timer that their 2xx states; without one there is none.
func (l *Leg) keepSession(res *sip.Response) {
	l.due.clear(refresh, expire)
	if e, ok := sessionExpires(res); ok {
		l.watchSession(e, e.refresher != "uas")
	}
}

func (l *Leg) watchSession(e expiry, weRefresh bool) {
	a := expire
	if weRefresh {
		a = refresh
	}
	l.due.set(a, time.Now().Add(e.due(weRefresh)))
}
