package phonenet

import (
	"context"
	"fmt"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// Result is how a placed call ended for the customer: hung_up (by the customer),
// ended (by the product), refused (with Code), cancelled, cut.
type Result struct {
	How  string
	Code int
}

// Place lets a customer call the product and waits for the end. The error says
// that the call could not even be tried.
func (n *Network) Place(ctx context.Context, s Script) (Result, error) {
	id := sip.GenerateTagN(24)
	p, err := n.newPhone(context.WithoutCancel(ctx), s, true, id) // lives until its BYE is out
	if err != nil {
		return Result{}, fmt.Errorf("place call: %w", err)
	}
	target := sip.Uri{}
	if err := sip.ParseUri("sip:"+s.Dialed+"@"+n.cfg.Target, &target); err != nil {
		p.over("cut", 0)
		return Result{}, fmt.Errorf("place call: %w", err)
	}
	n.wire.lose(id, s.Quirk.loses())
	invite := p.invite(target)
	p.note("invite", 0)
	tx, err := n.client.TransactionRequest(context.WithoutCancel(ctx), invite)
	if err != nil {
		p.over("cut", 0)
		return Result{}, fmt.Errorf("place call: %w", err)
	}
	if s.Quirk == CancelAtOnce {
		p.note("cancel", 0)
		p.cancel(invite)
	}
	p.follow(ctx, tx, invite)
	select {
	case <-p.gone:
	case <-ctx.Done():
		p.hangUp()
		p.over("cut", 0)
		<-p.gone
	}
	if p.how != "refused" { // else it acknowledges the refusal each time that it comes (§17.1.1.2)
		tx.Terminate()
	}
	return Result{p.how, p.code}, nil
}

func (p *phone) invite(target sip.Uri) *sip.Request {
	r := p.net.request(sip.INVITE, target)
	from := &sip.FromHeader{DisplayName: p.script.Name, Address: sip.Uri{Scheme: "sip", User: p.script.Number, Host: p.net.here.IP.String()}}
	from.Params.Add("tag", sip.GenerateTagN(16))
	r.AppendHeader(from)
	r.AppendHeader(&sip.ToHeader{Address: target})
	r.AppendHeader(sip.NewHeader("Call-ID", p.id))
	r.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: sip.INVITE})
	r.AppendHeader(p.net.contact())
	p.laws = []int{8, 0}
	if p.script.Quirk != Offerless {
		r.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		r.SetBody(writeSDP(p.sound.addr(), p.version, "sendrecv", p.laws...))
	}
	for _, h := range headers(p.script.Quirk.sessionHeaders("uac")) {
		r.AppendHeader(h)
	}
	p.local, p.cseq, p.far = from, 1, target
	return r
}

// follow takes the answers to our INVITE: any number of provisionals, then the
// final one. A customer whose patience ends before the answer sends CANCEL, but
// not before the first provisional (RFC 3261 §9.1): a product that is down, or
// has lost the INVITE, would know no call to cancel and take the next INVITE.
func (p *phone) follow(ctx context.Context, tx sip.ClientTransaction, invite *sip.Request) {
	var give <-chan time.Time
	if p.script.Patience > 0 {
		t := time.NewTimer(p.script.Patience)
		defer t.Stop()
		give = t.C
	}
	progress, heard, waits := false, false, false
	for {
		select {
		case res, ok := <-tx.Responses():
			if !ok {
				p.over("cut", 0)
				return
			}
			if res.StatusCode > 100 && res.StatusCode < 200 && !progress {
				progress = true
				p.note("progress", res.StatusCode)
			}
			heard = true
			if waits && res.StatusCode < 200 {
				waits = false
				p.note("cancel", 0)
				p.cancel(invite)
			}
			if res.StatusCode < 200 && p.cancelMissed() {
				p.cancel(invite) // whoever answers now knew nothing of the INVITE then: it was dead, or it was lost
			}
			if res.StatusCode >= 200 {
				p.final(tx, invite, res)
				return
			}
		case <-give:
			give = nil
			if waits = !heard; waits {
				p.giveUp() // a 200 that comes first is hung up
				continue
			}
			p.note("cancel", 0)
			p.cancel(invite)
		case <-tx.Done():
			p.over("cut", 0)
			return
		case <-p.gone:
			return
		case <-ctx.Done():
			p.cancel(invite)
			p.over("cut", 0)
			return
		}
	}
}

func (p *phone) final(tx sip.ClientTransaction, invite *sip.Request, res *sip.Response) {
	if res.StatusCode >= 300 {
		p.over("refused", res.StatusCode)
		return
	}
	p.mu.Lock()
	p.remote = res.To()
	if c := res.Contact(); c != nil {
		p.far = c.Address
	}
	p.mu.Unlock()
	m, err := parseSDP(res.Body())
	var body []byte
	if p.script.Quirk == Offerless && err == nil {
		body = writeSDP(p.sound.addr(), p.version, mirror(m.dir), int(m.pt))
	}
	tx.OnRetransmission(func(*sip.Response) { p.ack(1, body) }) // of a product that missed our ACK (§13.2.2.4)
	if p.script.Quirk == CancelAtAnswer {
		p.note("cancel", 0)
		p.cancel(invite)
	}
	p.ack(1, body)
	if err != nil {
		p.hangUp()
		p.over("cut", 0)
		return
	}
	p.note("answered", 200)
	p.connected(m)
	if p.script.Quirk == InviteAgain {
		_ = p.net.write(invite)
	}
	p.mu.Lock()
	gaveUp := p.gaveUp
	p.mu.Unlock()
	if gaveUp {
		p.hangUp() // the answer crossed our CANCEL
	}
}

// ack acknowledges a 200 to our INVITE with this number.
func (p *phone) ack(seq uint32, body []byte) {
	p.mu.Lock()
	r := p.net.request(sip.ACK, p.far)
	r.AppendHeader(p.local)
	r.AppendHeader(p.remote)
	p.mu.Unlock()
	r.AppendHeader(sip.NewHeader("Call-ID", p.id))
	r.AppendHeader(&sip.CSeqHeader{SeqNo: seq, MethodName: sip.ACK})
	if body != nil {
		r.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		r.SetBody(body)
	}
	_ = p.net.client.WriteRequest(r) // repeated for each 200
}

func (p *phone) giveUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gaveUp = true
}

// cancel follows RFC 3261 §9.1: the INVITE's Via, To, From, Call-ID and number.
func (p *phone) cancel(invite *sip.Request) {
	p.giveUp()
	r := p.net.request(sip.CANCEL, invite.Recipient)
	r.AppendHeader(sip.HeaderClone(invite.Via()))
	r.AppendHeader(sip.HeaderClone(invite.From()))
	r.AppendHeader(sip.HeaderClone(invite.To()))
	r.AppendHeader(sip.HeaderClone(invite.CallID()))
	r.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.CANCEL})
	max := sip.MaxForwardsHeader(70)
	r.AppendHeader(&max)
	p.net.errand(func(ctx context.Context) {
		tx, err := p.net.client.TransactionRequest(ctx, r, func(*sipgo.Client, *sip.Request) error { return nil })
		if err != nil {
			return
		}
		select {
		case <-tx.Done():
		case res := <-tx.Responses():
			p.mu.Lock()
			p.missed = res != nil && res.StatusCode == sip.StatusCallTransactionDoesNotExists
			p.mu.Unlock()
		case <-ctx.Done():
		}
	})
	time.AfterFunc(64*t1, p.forgotten)
}

// forgotten ends a call whose INVITE got no final answer after its CANCEL,
// whatever became of the CANCEL (RFC 3261 §9.1): a product that answers it and
// dies before its 487 never says more.
func (p *phone) forgotten() {
	p.mu.Lock()
	up := p.up
	p.mu.Unlock()
	if !up {
		p.over("cut", 0)
	}
}

// cancelMissed reports, once, whether our CANCEL came before the INVITE.
func (p *phone) cancelMissed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	missed := p.missed
	p.missed = false
	return missed
}
