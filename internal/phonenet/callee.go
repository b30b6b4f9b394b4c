package phonenet

import (
	"context"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// onInvite is a call of the product to a customer, or a change of one.
func (n *Network) onInvite(r *sip.Request, tx sip.ServerTransaction) {
	if p := n.find(callID(r)); p != nil {
		p.reinvite(r, tx)
		return
	}
	s := n.cfg.Called(user(r.To().Address))
	s.Number = user(r.To().Address)
	n.wire.lose(callID(r), s.Quirk.loses()) // BEFORE the first answer
	respond(tx, r, 100, "Trying", nil)
	p, err := n.newPhone(context.Background(), s, false, callID(r))
	if err != nil {
		respond(tx, r, 500, "No Socket", nil)
		return
	}
	p.note("called", 0)
	listens := tx.OnCancel(func(*sip.Request) {
		if p.script.Quirk == LateAnswer {
			p.net.errand(func(context.Context) { p.lateAnswer(r) })
			return
		}
		p.over("cancelled", 487)
	})
	if !listens {
		p.over("cancelled", 487) // it overtook us
		return
	}
	own := r.Clone() // the transaction reads its own when a CANCEL comes
	own.SetSource(r.Source())
	p.fate(own, tx)
}

// fate lets the script decide; it returns when the final answer is out, or the
// caller gave up.
func (p *phone) fate(r *sip.Request, tx sip.ServerTransaction) {
	s := p.script
	m, err := parseSDP(r.Body())
	if err != nil {
		s.Fate, s.Code, s.Ring = Refuse, 488, 0
	}
	if s.Fate == Unknown {
		s.Ring = 0
	}
	p.setLaws(int(m.pt))
	tag := newTag(r)
	if !sleep(p.ctx, s.Pause) {
		return
	}
	p.progress(r, tx, m)
	if code := s.status(); code != 0 {
		if sleep(p.ctx, s.Ring) {
			p.note("refuse", code)
			respond(tx, r, code, "No", nil, headers(s.Headers)...)
			p.over("refused", code)
			<-tx.Done()
		}
		return
	}
	switch {
	case s.Quirk == Deaf:
		sleep(p.ctx, deafFor)
		p.over("cut", 0) // nobody will tell us
		return
	case s.Fate == RingOut:
		if sleep(p.ctx, ringsFor) { // the CANCEL was lost, or the caller is
			respond(tx, r, 480, "Temporarily Unavailable", nil)
			p.over("refused", 480)
		}
		return
	case s.Quirk == NewTag:
		tag = newTag(r)
	}
	p.answer(r, tx, m, tag)
}

// ringsFor is how long a network lets it ring for nobody.
const ringsFor = time.Minute

// status is how a fate refuses; 0: it does not.
func (s Script) status() int {
	switch s.Fate {
	case Unknown:
		return 404
	case Busy:
		return 486
	case Reject:
		return 603
	case Intercp:
		return 480
	case Refuse:
		return s.Code
	}
	return 0
}

// newTag gives the request a To tag, which our answers repeat, in the place of
// another one.
func newTag(r *sip.Request) string {
	to := sip.HeaderClone(r.To()).(*sip.ToHeader)
	to.Params.Remove("tag")
	tag := sip.GenerateTagN(16)
	to.Params.Add("tag", tag)
	r.ReplaceHeader(to)
	return tag
}

// progress is what comes before the final answer.
func (p *phone) progress(r *sip.Request, tx sip.ServerTransaction, m media) {
	early := func(code int) {
		respond(tx, r, code, "Session Progress", writeSDP(p.sound.addr(), p.version, "sendrecv", int(m.pt)), p.net.contact())
		p.sound.setFar(m)
		p.sound.start(p.script.Voice)
	}
	switch {
	case p.script.Fate == Unknown, p.script.Fate == Busy, p.script.Fate == Refuse, p.script.Quirk == NoRinging, p.script.Quirk == Deaf:
		return
	case p.script.Fate == Intercp, p.script.Quirk == EarlyMedia:
		early(183)
		return
	}
	p.note("ring", 180)
	respond(tx, r, 180, "Ringing", nil, p.net.contact())
	for i := range 11 {
		if p.script.Quirk != Storm || !sleep(p.ctx, stormEvery) {
			return
		}
		respond(tx, r, 180+3*(i%2), "Ringing", nil, p.net.contact())
	}
}

// headers makes headers of "Name: value".
func headers(lines []string) (list []sip.Header) {
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		list = append(list, sip.NewHeader(name, value))
	}
	return list
}

// setLaws notes what our descriptions name.
func (p *phone) setLaws(laws ...int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.laws = laws
}

func (p *phone) answer(r *sip.Request, tx sip.ServerTransaction, m media, tag string) {
	if !sleep(p.ctx, p.script.Ring) {
		return
	}
	p.pickUp(r)
	res := p.accept(r, m)
	p.note("answer", 200)
	if tx.Respond(res) != nil {
		return // cancelled this moment
	}
	if p.script.Quirk == Forked {
		p.forkOff(r, res, tag)
	}
	p.connected(m)
	p.insist(res)
	select { // keep the transaction: it absorbs a repeated INVITE
	case <-tx.Done():
	case <-p.gone:
	}
}

// pickUp makes the dialog of an INVITE.
func (p *phone) pickUp(r *sip.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.local, p.remote, p.cseq = fromOf(r.To()), toOf(r.From()), 1
	if c := r.Contact(); c != nil {
		p.far = c.Address
	}
}

// accept is the 200 to an INVITE.
func (p *phone) accept(r *sip.Request, m media) *sip.Response {
	q := p.script.Quirk
	body := q.body(writeSDP(p.sound.addr(), p.version, mirror(m.dir), int(m.pt)))
	res := sip.NewResponseFromRequest(r, 200, "OK", body)
	res.AppendHeader(p.net.contact())
	if body != nil {
		res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	}
	for _, h := range headers(append(q.sessionHeaders("uas"), p.script.Headers...)) {
		res.AppendHeader(h)
	}
	return res
}

// forkLate is how much later a forked INVITE's second branch answers: the first
// one, which has the sound, shall be the one that counts.
const forkLate = 30 * time.Millisecond

// forkOff answers a second time, as another branch of a forked INVITE would.
func (p *phone) forkOff(r *sip.Request, first *sip.Response, tag string) {
	p.mu.Lock()
	p.fork = tag + "b"
	p.mu.Unlock()
	second := first.Clone()
	second.To().Params.Add("tag", p.fork)
	second.SetDestination(r.Source())
	time.AfterFunc(forkLate, func() { _ = p.net.write(second) })
}

// lateAnswer answers an INVITE that was cancelled.
func (p *phone) lateAnswer(r *sip.Request) {
	m, err := parseSDP(r.Body())
	if err != nil || !sleep(p.ctx, p.script.Late) {
		return
	}
	p.pickUp(r)
	res := p.accept(r, m)
	res.SetDestination(r.Source())
	p.note("answer", 200)
	_ = p.net.write(res)
	p.connected(m)
	p.insist(res)
}

// reinvite follows the product's hold and resume.
func (p *phone) reinvite(r *sip.Request, tx sip.ServerTransaction) {
	m, err := parseSDP(r.Body())
	if err != nil {
		respond(tx, r, 488, "Not Acceptable Here", nil)
		return
	}
	p.mu.Lock()
	first := p.version == 1
	p.version++
	v := p.version
	p.mu.Unlock()
	if p.script.Quirk == OfferGlare && first {
		p.net.errand(p.reinviteBack)
		respond(tx, r, 491, "Request Pending", nil)
		return
	}
	p.sound.setFar(m)
	res := sip.NewResponseFromRequest(r, 200, "OK", writeSDP(p.sound.addr(), v, mirror(m.dir), int(m.pt)))
	res.AppendHeader(p.net.contact())
	res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	_ = tx.Respond(res)
	p.insist(res)
	select {
	case <-tx.Done():
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
