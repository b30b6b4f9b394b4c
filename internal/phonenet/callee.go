package phonenet

import (
	"context"

	"github.com/emiago/sipgo/sip"
)

// onInvite is a call of the product to a customer, or a change of one.
func (n *Network) onInvite(r *sip.Request, tx sip.ServerTransaction) {
	if p := n.find(callID(r)); p != nil {
		p.reinvite(r, tx)
		return
	}
	respond(tx, r, 100, "Trying", nil)
	s := n.cfg.Called(user(r.To().Address))
	s.Number = user(r.To().Address)
	p, err := n.newPhone(context.Background(), s, false, callID(r))
	if err != nil {
		respond(tx, r, 500, "No Socket", nil)
		return
	}
	p.note("called", 0)
	tx.OnCancel(func(*sip.Request) { p.over("cancelled", 487) })
	p.fate(r, tx)
}

// fate lets the script decide; it returns when the final answer is out, or the
// caller gave up.
func (p *phone) fate(r *sip.Request, tx sip.ServerTransaction) {
	s := p.script
	to := sip.HeaderClone(r.To()).(*sip.ToHeader)
	to.Params.Add("tag", sip.GenerateTagN(16))
	r.ReplaceHeader(to)
	m, err := parseSDP(r.Body())
	if err != nil {
		respond(tx, r, 488, "Not Acceptable Here", nil)
		p.over("refused", 488)
		return
	}
	refuse := func(code int, text string) {
		if sleep(p.ctx, s.Ring) {
			p.note("refuse", code)
			respond(tx, r, code, text, nil)
			p.over("refused", code)
			<-tx.Done()
		}
	}
	switch s.Fate {
	case Unknown:
		s.Ring = 0
		refuse(404, "Not Found")
		return
	case Intercp:
		respond(tx, r, 183, "Session Progress", writeSDP(p.sound.addr(), p.version, "sendrecv", int(m.pt)), p.net.contact())
		p.sound.setFar(m)
		p.sound.start(s.Voice)
		refuse(480, "Temporarily Unavailable")
		return
	case Busy:
		refuse(486, "Busy Here")
		return
	}
	p.note("ring", 180)
	respond(tx, r, 180, "Ringing", nil, p.net.contact())
	switch s.Fate {
	case RingOut:
		<-p.ctx.Done()
	case Reject:
		refuse(603, "Decline")
	default:
		p.answer(r, tx, m)
	}
}

func (p *phone) answer(r *sip.Request, tx sip.ServerTransaction, m media) {
	if !sleep(p.ctx, p.script.Ring) {
		return
	}
	p.mu.Lock()
	p.local, p.remote, p.cseq = fromOf(r.To()), toOf(r.From()), 1
	if c := r.Contact(); c != nil {
		p.far = c.Address
	}
	p.mu.Unlock()
	p.note("answer", 200)
	respond(tx, r, 200, "OK", writeSDP(p.sound.addr(), p.version, mirror(m.dir), int(m.pt)), p.net.contact())
	p.connected(m)
	select { // keep the transaction: it answers a repeated INVITE
	case <-tx.Done():
	case <-tx.Acks():
	case <-p.gone:
	}
}

// reinvite follows the product's hold and resume.
func (p *phone) reinvite(r *sip.Request, tx sip.ServerTransaction) {
	m, err := parseSDP(r.Body())
	if err != nil {
		respond(tx, r, 488, "Not Acceptable Here", nil)
		return
	}
	p.mu.Lock()
	p.version++
	v := p.version
	p.mu.Unlock()
	p.sound.setFar(m)
	respond(tx, r, 200, "OK", writeSDP(p.sound.addr(), v, mirror(m.dir), int(m.pt)), p.net.contact())
	select {
	case <-tx.Done():
	case <-tx.Acks():
	case <-p.gone:
	}
}

// fromOf and toOf turn the ends of a request that we answered into those of our
// own requests (RFC 3261 §12.2.1.1).
func fromOf(h *sip.ToHeader) sip.Header {
	return &sip.FromHeader{DisplayName: h.DisplayName, Address: h.Address, Params: h.Params}
}

func toOf(h *sip.FromHeader) sip.Header {
	return &sip.ToHeader{DisplayName: h.DisplayName, Address: h.Address, Params: h.Params}
}
