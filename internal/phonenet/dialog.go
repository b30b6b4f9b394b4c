package phonenet

import (
	"context"
	"time"

	"github.com/emiago/sipgo/sip"
)

// inDialogLocked begins a request of a call that is up.
func (p *phone) inDialogLocked(m sip.RequestMethod) *sip.Request {
	p.cseq++
	r := p.net.request(m, p.far)
	r.AppendHeader(p.local)
	r.AppendHeader(p.remote)
	r.AppendHeader(sip.NewHeader("Call-ID", p.id))
	r.AppendHeader(&sip.CSeqHeader{SeqNo: p.cseq, MethodName: m})
	return r
}

// t1 is RFC 3261's estimate of a round trip, t2 its longest interval.
const (
	t1 = 500 * time.Millisecond
	t2 = 4 * time.Second
)

// insist sends a 200 to an INVITE again until its ACK is here (§13.3.1.4): T1,
// doubling up to T2, for 64·T1; then the far side is not there, and BYE ends it.
func (p *phone) insist(res *sip.Response) {
	acked := p.awaitAck(res.CSeq().SeqNo)
	for wait, all := t1, time.Duration(0); all < 64*t1; wait = min(2*wait, t2) {
		timer := time.NewTimer(wait)
		select {
		case <-acked:
			timer.Stop()
			return
		case <-p.ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
			all += wait
			_ = p.net.write(res) // the next one may get through
		}
	}
	p.hangUp()
}

// awaitAck is closed when the ACK with this number comes.
func (p *phone) awaitAck(seq uint32) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ackOfLocked(seq)
}

func (p *phone) ackOfLocked(seq uint32) chan struct{} {
	if p.acks == nil {
		p.acks = map[uint32]chan struct{}{}
	}
	if p.acks[seq] == nil {
		p.acks[seq] = make(chan struct{})
	}
	return p.acks[seq]
}

// acked takes an ACK to a 200 of ours.
func (p *phone) acked(r *sip.Request) {
	if p.ofFork(r) {
		p.note("fork_acked", 0)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	ch := p.ackOfLocked(r.CSeq().SeqNo)
	select {
	case <-ch:
	default:
		close(ch)
	}
}

// ofAnother says whether a request of the product is for another dialog of the
// same Call-ID: a product that died while it was called may answer the repeated
// INVITE anew, and end what it knows of the first one (RFC 3261 §12.2.2).
func (p *phone) ofAnother(r *sip.Request) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	remote, _ := p.remote.(*sip.ToHeader)
	if remote == nil || r.From() == nil {
		return false
	}
	want, _ := remote.Params.Get("tag")
	got, _ := r.From().Params.Get("tag")
	return want != "" && got != want
}

// ofFork says whether a request is for the branch that Forked made up.
func (p *phone) ofFork(r *sip.Request) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	tag, _ := r.To().Params.Get("tag")
	return p.fork != "" && tag == p.fork
}

// ask sends a request in the dialog, waits for its final answer and notes it:
// "got_OPTIONS" with the status, 0 for none.
func (p *phone) ask(ctx context.Context, m sip.RequestMethod, body []byte) int {
	p.mu.Lock()
	if !p.up {
		p.mu.Unlock()
		return 0
	}
	r := p.inDialogLocked(m)
	r.AppendHeader(p.net.contact())
	if body != nil {
		r.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		r.SetBody(body)
	}
	p.mu.Unlock()
	res, err := p.net.client.Do(ctx, r)
	code := 0
	if err == nil {
		code = res.StatusCode
	}
	if m == sip.INVITE && code >= 200 && code < 300 {
		p.ack(r.CSeq().SeqNo, nil)
		if far, err := parseSDP(res.Body()); err == nil {
			p.sound.setFar(far)
		}
	}
	p.note("got_"+string(m), code)
	return code
}

// offer is our SDP once more, as a change.
func (p *phone) offer() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.version++
	return writeSDP(p.sound.addr(), p.version, "sendrecv", p.laws...)
}

// asks is everything that may be asked in a dialog.
func (p *phone) asks(ctx context.Context) {
	if !sleep(p.ctx, 300*time.Millisecond) {
		return
	}
	p.ask(ctx, sip.OPTIONS, nil)
	p.ask(ctx, sip.INFO, nil)
	p.ask(ctx, sip.UPDATE, nil)
	p.ask(ctx, sip.UPDATE, p.offer())
	p.ask(ctx, sip.INVITE, p.offer())
	p.ask(ctx, sip.MESSAGE, nil)
	p.ask(ctx, sip.REFER, nil)
}

// reinviteBack sends our own re-INVITE into the product's; who was refused by
// 491 tries again (§14.1).
func (p *phone) reinviteBack(ctx context.Context) {
	for p.ask(ctx, sip.INVITE, p.offer()) == 491 {
		if !sleep(p.ctx, time.Second) {
			return
		}
	}
}
