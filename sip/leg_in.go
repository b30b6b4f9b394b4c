package sip

import (
	"errors"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// newInbound is a leg for an INVITE that was let in.
func newInbound(u *UA, t *trunk, r inbound, far *sdp) *Leg {
	l := newLeg(u, t, arrivedIn)
	l.dlg = newUAS(r.req, tagOf(r.req.To().Params), t.ID)
	l.auth = newCredentials(t, false)
	l.invite, l.finalTx, l.finalSeq = r.req, r.tx, r.req.CSeq().SeqNo
	l.talk.far = far
	l.rel.wants = t.Reliable.on() && (hasOption(r.req, "Supported", reliably) || hasOption(r.req, "Require", reliably))
	return l
}

// response starts one to the INVITE: Contact is what makes it a dialog (§12.1.1).
func (l *Leg) response(req *sip.Request, code int, text string) *sip.Response {
	res := sip.NewResponseFromRequest(req, code, text, nil)
	if code > 100 && code < 300 {
		res.AppendHeader(l.ua.contact(&l.dlg, l.peerAddr()))
		res.AppendHeader(sip.NewHeader("Allow", allow))
		res.AppendHeader(sip.NewHeader("Supported", l.trunk.extensions()))
		res.AppendHeader(sip.NewHeader("User-Agent", agent))
	}
	return res
}

func (l *Leg) ring() {
	if l.phase != arrivedIn {
		return
	}
	at := time.Now()
	res := l.response(l.invite, 180, "Ringing")
	l.ringReliably(res, at)
	if err := l.finalTx.Respond(res); err != nil {
		return // cancelled or the transport is gone: that comes as an event of its own
	}
	l.tell(at, call.LegRang{Leg: l.no, Code: 180})
	l.due.set(ringOn, at.Add(ringEvery*l.ua.cfg.T1))
}

// ringEvery is a minute, in T1: who rings longer says so once a minute, or a proxy gives up after three (§13.3.1.1).
const ringEvery = 120

func (l *Leg) stillRinging(now time.Time) {
	if l.phase != arrivedIn {
		return
	}
	res := l.response(l.invite, 180, "Ringing")
	l.ringReliably(res, now)
	_ = l.finalTx.Respond(res) // cancelled or gone: that comes as an event of its own
	l.due.set(ringOn, now.Add(ringEvery*l.ua.cfg.T1))
}

func (l *Leg) answer() {
	if l.phase != arrivedIn || l.end == nil {
		return
	}
	res := l.response(l.invite, 200, "OK")
	setSDP(res, l.talk.answerInvite())
	l.startSession(l.invite, res)
	at := time.Now()
	if !l.sendFinal(res, l.invite, l.finalTx) {
		return
	}
	l.phase = answered
	l.dlg.settle()
	codec := ""
	if l.talk.format != nil {
		codec = l.talk.format.Prefer.String()
		l.applyMedia()
	}
	l.record() // BEFORE the call hears of it: what is told can be ended after a crash
	l.tell(at, call.LegAnswered{Leg: l.no, Codec: codec})
	l.tellHold(at, false) // some begin on hold
}

// sendFinal sends a 200 to an INVITE and begins to repeat it: T1, doubling up to T2, for 64·T1 (§13.3.1.4), over TCP too.
// false: the INVITE was cancelled a moment before.
func (l *Leg) sendFinal(res *sip.Response, req *sip.Request, tx *sip.ServerTx) bool {
	if err := tx.Respond(res); err != nil {
		if errors.Is(err, sip.ErrTransactionCanceled) {
			// The transaction repeats what it was given last; that must not be the 200.
			respond(tx, req, 487, reason(487))
		}
		return false
	}
	l.final, l.finalTx, l.finalSeq = res, tx, req.CSeq().SeqNo
	l.resendIn = l.ua.cfg.T1
	now := time.Now()
	l.due.set(resend, now.Add(l.resendIn))
	l.due.set(ackLimit, now.Add(64*l.ua.cfg.T1))
	return true
}

func (l *Leg) resendFinal(now time.Time) {
	if l.final == nil {
		return
	}
	_ = l.finalTx.Respond(l.final) // the next one may get through
	l.resendIn = min(2*l.resendIn, t2Factor*l.ua.cfg.T1)
	l.due.set(resend, now.Add(l.resendIn))
}

// acked: the ACK to our 200 is here.
func (l *Leg) acked(at time.Time, ack *sip.Request) {
	if l.final == nil || ack.CSeq() == nil || ack.CSeq().SeqNo != l.finalSeq {
		return
	}
	l.final = nil
	l.due.clear(resend, ackLimit)
	first := l.phase == answered
	if first {
		l.phase = up
	}
	if l.talk.offered != nil { // ours stood in the 200, so this is the answer
		if far, code := offerOf(ack); far != nil && code == 0 && l.talk.sess.keys.takes(far) {
			l.takeAnswer(at, far)
		} else if first {
			l.talk.offered = nil
			l.bye(stamp.System, sipCause(488))
			return
		} else {
			l.talk.offered = nil
		}
	}
	if l.released {
		l.bye(stamp.System, stamp.Cause{})
		return
	}
	l.serveHeld(at)
	l.reconcile()
}

// neverAcked: 64·T1 after our 200. The far side may be gone or may think that it is in a call: BYE ends both.
func (l *Leg) neverAcked() {
	l.final = nil
	l.due.clear(resend)
	l.bye(stamp.Network, stamp.Cause{Proto: "sip", Code: 408, Text: "no_ack"})
}

// refuse sends a final response ≥ 300; the transaction repeats it until its ACK.
func (l *Leg) refuse(at time.Time, code int) {
	res := l.response(l.invite, code, reason(code))
	if code == 503 {
		res.AppendHeader(retryAfter(10 * time.Second))
	}
	_ = l.finalTx.Respond(res) // cancelled meanwhile: then the far side has its 487
	l.phase = over
	l.gone(at, stamp.System, false, sipCause(code))
}

// cancelledByHand refuses the INVITE as the transaction layer does for a CANCEL that it matched.
func (l *Leg) cancelledByHand(r inbound) {
	if l.phase != arrivedIn {
		return
	}
	respond(l.finalTx, l.invite, 487, reason(487))
	l.phase = over
	l.gone(r.at, stamp.Customer, true, reasonCause(headerValues(r.req, "Reason"), sipCause(487)))
}

// cancelled is called by the transaction layer, which has answered the CANCEL and refuses the INVITE with 487 itself. It
// holds the transaction's lock: nothing may be done here but post.
func (l *Leg) cancelled(req *sip.Request) {
	at, cause := time.Now(), sipCause(487)
	if req != nil {
		at, _ = l.ua.arrivalOf(req)
		cause = reasonCause(headerValues(req, "Reason"), cause)
	}
	l.box.Put(func() {
		if l.phase == arrivedIn {
			l.phase = over
			l.gone(at, stamp.Customer, true, cause)
		}
	})
}
