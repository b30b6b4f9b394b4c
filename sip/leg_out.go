package sip

import (
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// newOutbound is a leg that was not sent yet; nil after Close.
func newOutbound(u *UA, t *trunk, d call.Dial, from string) *Leg {
	l := newLeg(u, t, idle)
	l.dial = d
	number := d.Number
	if t.StripPlus && number[0] == '+' {
		number = number[1:]
	}
	remote := "sip:" + number + "@" + t.domain()
	l.dlg = dialog{Trunk: t.ID, Ours: true, CallID: uuid.NewString(), LocalTag: sip.GenerateTagN(20), Early: true,
		Local: "sip:" + from + "@" + t.domain(), Remote: remote, Target: t.withPort(remote), Transport: t.transport()}
	if peer, ok := t.peer(); ok {
		l.dlg.Peer = peer.String()
	}
	l.auth = newCredentials(t, true)
	if !u.add(l, nil) {
		return nil
	}
	if !u.spawn(l.run) {
		return nil
	}
	return l
}

func (l *Leg) startInvite() {
	if l.phase != idle || l.end == nil {
		return
	}
	if l.dlg.Peer == "" { // the trunk's host has no address yet
		l.tell(time.Now(), call.LegRejected{Leg: l.no, Code: 503})
		l.release(time.Now(), 503)
		return
	}
	l.phase = inviting
	l.listenFor(time.Now())
	if l.dial.RingUS > 0 {
		l.due.set(ringLimit, time.Now().Add(time.Duration(l.dial.RingUS)*time.Microsecond))
	}
	at, err := l.sendInvite() // records the dialog
	if err != nil {
		l.blame(time.Now())
		l.ua.log.Warn("send INVITE", "call", l.id, "trunk", l.trunk.ID, "number", mask(l.dial.Number), "error", err)
		l.notAnswered(time.Now(), 503)
		return
	}
	l.tell(at, call.LegSent{Leg: l.no})
}

// sendInvite sends the INVITE, or sends it again with what a challenge or a longer session timer asked for: same Call-ID
// and From tag, next CSeq, new branch (§22.2, §8.1.3.5).
func (l *Leg) sendInvite() (time.Time, error) {
	l.dlg.LocalSeq++
	req, err := l.ua.inDialog(&l.dlg, l.trunk, sip.INVITE, l.dlg.LocalSeq)
	if err != nil {
		return time.Time{}, err
	}
	l.describe(req)
	setSDP(req, l.talk.offer(SendRecv))
	l.auth.sign(req)
	l.trunk.byName(req)
	tx, at, err := l.ua.request(req)
	if err != nil {
		return at, err
	}
	l.invite, l.inviteTx, l.proceeds = req, tx, false
	l.dlg.Vias = headerValues(req, "Via")
	l.record()
	tx.OnRetransmission(func(res *sip.Response) { l.secondAnswer(res) })
	l.ua.await(tx, func(at time.Time, res *sip.Response) {
		if !res.IsProvisional() { // those come by progress
			l.box.Put(func() { l.inviteResponse(at, res) })
		}
	}, func(at time.Time, err error) {
		l.box.Put(func() {
			if !l.abandoned {
				l.blame(at)
				l.notAnswered(at, failure(err))
			}
		})
	})
	return at, nil
}

// describe adds what an INVITE of ours says beside its SDP.
func (l *Leg) describe(req *sip.Request) {
	req.AppendHeader(l.ua.contact(&l.dlg, l.peerAddr()))
	req.AppendHeader(sip.NewHeader("Allow", allow))
	req.AppendHeader(sip.NewHeader("Supported", l.trunk.extensions()))
	if l.trunk.Reliable == Required && l.phase != up {
		req.AppendHeader(sip.NewHeader("Require", reliably))
	}
	if interval := l.sessionInterval(); interval > 0 {
		req.AppendHeader(sip.NewHeader("Session-Expires", seconds(interval)))
		req.AppendHeader(sip.NewHeader("Min-SE", seconds(max(l.minSE, l.ua.cfg.MinSession))))
	}
}

func (l *Leg) inviteResponse(at time.Time, res *sip.Response) {
	if l.phase != inviting && l.phase != cancelling {
		return
	}
	l.due.clear(silence)
	if res.StatusCode == 503 {
		l.blame(at)
		if asked := retryAfterOf(res); asked > 0 {
			l.trunk.rest(at, asked)
		}
	}
	switch code := res.StatusCode; {
	case code < 300:
		l.accepted(at, res)
	case l.phase == inviting && l.repeat(res):
		if _, err := l.sendInvite(); err != nil {
			l.notAnswered(time.Now(), 503)
		}
	default:
		l.notAnswered(at, code)
	}
}

// blame puts the address that the INVITE went to behind the trunk's others (RFC 3263 §4.3).
func (l *Leg) blame(at time.Time) {
	if peer, err := netip.ParseAddrPort(l.dlg.Peer); err == nil {
		l.trunk.shun(peer, at)
	}
}

// repeat reports whether a refusal only asks for another INVITE.
func (l *Leg) repeat(res *sip.Response) bool {
	if res.StatusCode != 422 {
		return l.auth.learn(res)
	}
	if l.minSE != 0 {
		return false
	}
	for _, v := range headerValues(res, "Min-SE") {
		if d, err := time.ParseDuration(v + "s"); err == nil && d > 0 && d < 24*time.Hour {
			l.minSE = d
			return true
		}
	}
	return false
}

// progress: any number of provisional responses may come. With SDP it is early media, heard but not spoken to.
func (l *Leg) progress(at time.Time, res *sip.Response) {
	if l.phase != inviting && l.phase != cancelling || res.CSeq().SeqNo != l.invite.CSeq().SeqNo {
		return
	}
	l.proceeds = true
	l.due.clear(silence)
	if l.phase == cancelling {
		l.sendCancel()
		return
	}
	if res.StatusCode < 180 || !l.prack(res) {
		return
	}
	rang := call.LegRang{Leg: l.no, Code: res.StatusCode}
	if far, code := offerOf(res); far != nil && code == 0 && l.talk.sess.keys.takes(far) {
		rang.Early = true
		l.talk.early(far, tagOf(res.To().Params))
		l.applyMedia()
	}
	if rang != l.rang {
		l.rang = rang
		l.tell(at, rang)
	}
}

// accepted: the first 2xx makes the dialog.
func (l *Leg) accepted(at time.Time, res *sip.Response) {
	l.due.clear(silence, ringLimit, cancelLimit)
	l.dlg.confirm(res)
	late := l.phase == cancelling
	l.phase = up
	l.owesAck = true
	far, code := offerOf(res)
	if far == nil && code == 0 && l.talk.earlyTag == l.dlg.RemoteTag {
		far = l.talk.far // a 183 of the same dialog had it
	}
	if far != nil && !l.talk.sess.keys.takes(far) { // an answer that the trunk's protection does not allow is none
		far = nil
	}
	if late { // they answered while our CANCEL was on its way: somebody picked up and nobody spoke
		codec := ""
		if far != nil {
			codec = far.agreed(false).Prefer.String()
		}
		l.tell(at, call.LegAnswered{Leg: l.no, Codec: codec})
		l.bye(stamp.System, stamp.Cause{Proto: "sip", Code: 200, Text: "answered_after_cancel"})
		return
	}
	if far == nil { // somebody picked up and there is no sound to be had
		l.record()
		l.tell(at, call.LegAnswered{Leg: l.no})
		l.bye(stamp.System, sipCause(488))
		return
	}
	l.talk.canUpdate = hasOption(res, "Allow", "UPDATE")
	l.talk.agree(far)
	l.applyMedia()
	l.keepSession(res)
	l.recordThen(l.payAck) // BEFORE the call hears of it: what is told can be ended after a crash
	l.tell(at, call.LegAnswered{Leg: l.no, Codec: l.talk.format.Prefer.String()})
	l.tellHold(at, false) // some begin on hold
	l.reconcile()
}

// payAck acknowledges the 200 when the dialog is durable: until then the far side repeats its 200, so that a process
// which begins after a power cut hears of the answer and ends it (strayResponse). After the ACK only the journal knows.
func (l *Leg) payAck() {
	if !l.owesAck {
		return
	}
	l.owesAck = false
	l.sendAck(l.invite)
	l.reconcile()
}

// sendAck acknowledges a 2xx: a request of its own, to the dialog's route, with the INVITE's number and credentials.
func (l *Leg) sendAck(invite *sip.Request) {
	ack, err := l.ua.inDialog(&l.dlg, l.trunk, sip.ACK, invite.CSeq().SeqNo)
	if err != nil {
		l.ua.log.Warn("build ACK", "call", l.id, "trunk", l.trunk.ID, "error", err)
		return
	}
	for _, name := range []string{"Authorization", "Proxy-Authorization"} {
		for _, v := range headerValues(invite, name) {
			ack.AppendHeader(sip.NewHeader(name, v))
		}
	}
	l.ack = ack
	_ = l.ua.tp.WriteMsg(ack) // if it is lost, their 200 comes again and so does this
}

// secondAnswer is called by the transaction for each further 2xx: a repeated one needs the ACK again, one of another
// branch is a dialog that nobody wants. It holds the transaction up: post only.
func (l *Leg) secondAnswer(res *sip.Response) {
	if res.To() == nil {
		return
	}
	tag := tagOf(res.To().Params)
	put := l.box.Put(func() {
		switch {
		case tag == l.dlg.RemoteTag && l.ack != nil && l.ack.CSeq().SeqNo == res.CSeq().SeqNo:
			_ = l.ua.tp.WriteMsg(l.ack)
		case tag != l.dlg.RemoteTag && l.dlg.RemoteTag != "":
			l.ua.refuseAnswer(res, l.trunk)
		}
	})
	if !put {
		l.ua.spawn(func() { l.ua.refuseAnswer(res, l.trunk) })
	}
}

// cancel asks the far side to stop ringing. CANCEL may go only after a provisional response (§9.1).
func (l *Leg) cancel() {
	if l.phase != inviting {
		return
	}
	l.phase = cancelling
	l.due.clear(ringLimit)
	if l.proceeds {
		l.sendCancel()
	}
}

func (l *Leg) sendCancel() {
	if l.cancelOut {
		return
	}
	l.cancelOut = true
	req := cancelOf(l.invite)
	l.due.set(cancelLimit, time.Now().Add(64*l.ua.cfg.T1))
	tx, _, err := l.ua.request(req)
	if err != nil {
		return // the limit ends it
	}
	l.ua.await(tx, func(time.Time, *sip.Response) {}, func(time.Time, error) {})
}

// cancelOf is the CANCEL of §9.1: same request URI, Call-ID, To, From, Route, CSeq number, and the INVITE's own Via.
func cancelOf(invite *sip.Request) *sip.Request {
	req := sip.NewRequest(sip.CANCEL, invite.Recipient)
	req.AppendHeader(invite.Via().Clone())
	for _, name := range []string{"Route", "Max-Forwards", "From", "To", "Call-ID"} {
		sip.CopyHeaders(name, invite, req)
	}
	req.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.CANCEL})
	req.SetBody(nil)
	req.SetTransport(invite.Transport())
	req.SetDestination(invite.Destination())
	req.Laddr = invite.Laddr
	return req
}

// notAnswered: the INVITE's final response was a refusal, or there will be none.
func (l *Leg) notAnswered(at time.Time, code int) {
	if l.phase != inviting && l.phase != cancelling {
		return
	}
	cancelled := l.phase == cancelling
	l.due.clear(silence, ringLimit, cancelLimit)
	l.phase = over
	switch {
	case l.timedOut:
		l.gone(at, stamp.System, true, stamp.Cause{Proto: "sip", Code: 408, Text: "ring_limit"})
	case cancelled:
		l.tell(at, call.LegRejected{Leg: l.no, Code: code})
		l.gone(at, stamp.System, true, sipCause(487))
	default:
		l.tell(at, call.LegRejected{Leg: l.no, Code: code})
		l.gone(at, rejectedBy(code), false, sipCause(code))
	}
}
