package sip

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"
)

// strayResponse gets what belongs to no transaction any more. A 2xx to an INVITE of ours that we gave up would leave the
// far side in a call: it is acknowledged and ended (RFC 3261 §13.2.2.4). A refusal would be repeated until its ACK.
func (u *UA) strayResponse(res *sip.Response) {
	defer u.recovered("stray response")
	if res.CSeq() == nil || res.CSeq().MethodName != sip.INVITE || res.IsProvisional() ||
		res.From() == nil || res.To() == nil || res.CallID() == nil {
		return
	}
	if !res.IsSuccess() {
		if l := u.legOf(dialogKey{res.CallID().Value(), tagOf(res.From().Params)}); l != nil {
			l.box.Put(func() { l.refusedLate(res) })
		}
		return
	}
	if tagOf(res.To().Params) == "" { // it makes no dialog (§12.1)
		return
	}
	source, err := netip.ParseAddrPort(res.Source())
	if t := u.guard.trunkAt(source.Addr()); err == nil && t != nil {
		u.refuseAnswer(res, t)
	}
}

// refuseAnswer ends a dialog that nobody wants: the answer of another branch of a forked INVITE, or one that came too
// late. All it needs stands in the response.
func (u *UA) refuseAnswer(res *sip.Response, t *trunk) {
	d := dialog{Trunk: t.ID, Ours: true, CallID: res.CallID().Value(), LocalTag: tagOf(res.From().Params),
		Local: uriText(res.From().Address), Remote: uriText(res.To().Address), Transport: res.MessageData.Transport(), Peer: res.Source()}
	d.confirm(res)
	seq := res.CSeq().SeqNo
	ack, err := u.inDialog(&d, t, sip.ACK, seq)
	if err != nil {
		return
	}
	_ = u.tp.WriteMsg(ack) // if it is lost the far side repeats its 200
	d.LocalSeq = seq + 1000
	_ = u.sendBye(&d, t) // what can't be sent is over by the far side's own timers
}

// ByeDialog ends a dialog that an earlier process left: data is the last that OnDialog gave. It returns when the BYE was
// sent, and before it, where nobody had answered yet by what is known, a CANCEL or a final response; what comes of it is
// awaited in the background.
func (u *UA) ByeDialog(data []byte) error {
	d, err := parseDialog(data)
	if err != nil {
		return err
	}
	switch {
	case !d.Early:
		d.LocalSeq += 100 // the journal may lag behind some requests
		return u.sendBye(&d, u.trunk(d.Trunk))
	case len(d.Vias) == 0:
		return nil // nothing was sent
	case d.Ours:
		return u.cancelDialog(&d)
	case u.askedAgain(&d):
		return nil
	}
	if err := u.refuseDialog(&d); err != nil {
		return err
	}
	// Our 200 may have gone out in the last moment, and the journal not have kept that. Who has had it ends with the BYE and
	// passes over the 503; who has not ends with the 503 and says 481 to the BYE.
	d.settle()
	d.LocalSeq += 100
	return u.sendBye(&d, u.trunk(d.Trunk))
}

// askedAgain reports whether the caller has repeated the INVITE and a leg of this process has it: a final response for the
// dead one would be matched to the same transaction, and take the call from who has waited through the restart.
func (u *UA) askedAgain(d *dialog) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.arriving[mergeKey{d.CallID, d.RemoteTag, d.RemoteSeq}] != nil
}

// cancelDialog stops the ringing of an INVITE whose process died. Should it be answered all the same, strayResponse ends it.
func (u *UA) cancelDialog(d *dialog) error {
	req, err := u.inDialog(d, u.trunk(d.Trunk), sip.CANCEL, d.LocalSeq)
	if err != nil {
		return err
	}
	req.RemoveHeader("Via")
	req.PrependHeader(sip.NewHeader("Via", d.Vias[0])) // what a CANCEL is matched by (RFC 3261 §9.1)
	tx, _, err := u.request(req)
	if err != nil {
		return err
	}
	u.await(tx, func(time.Time, *sip.Response) {}, func(time.Time, error) {})
	return nil
}

// refuseDialog answers a call that was ringing here when the process died: 503, once, as the far side's INVITE is not
// repeated any more.
func (u *UA) refuseDialog(d *dialog) error {
	res := sip.NewResponse(503, reason(503))
	for _, v := range d.Vias {
		res.AppendHeader(sip.NewHeader("Via", v))
	}
	res.AppendHeader(sip.NewHeader("From", "<"+d.Remote+">;tag="+d.RemoteTag))
	res.AppendHeader(sip.NewHeader("To", "<"+d.Local+">;tag="+d.LocalTag))
	res.AppendHeader(sip.NewHeader("Call-ID", d.CallID))
	res.AppendHeader(sip.NewHeader("CSeq", fmt.Sprintf("%d INVITE", d.RemoteSeq)))
	res.SetBody(nil)
	res.SetTransport(d.Transport)
	res.SetDestination(d.Peer)
	if own := u.Addr("udp"); d.Transport == "UDP" && own.IsValid() {
		return u.writeFrom(own.String(), res)
	}
	if err := u.tp.WriteMsg(res); err != nil {
		return fmt.Errorf("refuse dialog: %w", err)
	}
	return nil
}

// writeFrom sends a response from one of our UDP sockets to where nothing was received from yet.
func (u *UA) writeFrom(socket string, res *sip.Response) error {
	conn, err := u.tp.GetConnection("udp", socket)
	if err != nil {
		return fmt.Errorf("refuse dialog: %w", err)
	}
	if err := conn.WriteMsg(res); err != nil {
		return fmt.Errorf("refuse dialog: %w", err)
	}
	return nil
}

// sendBye sends a BYE for which no leg waits; a challenge is answered once.
func (u *UA) sendBye(d *dialog, t *trunk) error {
	auth := newCredentials(t, d.Ours)
	var send func(again bool) error
	send = func(again bool) error {
		d.LocalSeq++
		req, err := u.inDialog(d, t, sip.BYE, d.LocalSeq)
		if err != nil {
			return err
		}
		auth.sign(req)
		tx, _, err := u.request(req)
		if err != nil {
			return err
		}
		u.await(tx, func(_ time.Time, res *sip.Response) {
			if again && auth.learn(res) {
				_ = send(false) // an error here ends like a BYE that nobody answers
			}
		}, func(time.Time, error) {})
		return nil
	}
	return send(true)
}
