package check

import "net/netip"

// dialog is one SIP call as the wire showed it. Instants of 0 never came.
type dialog struct {
	callID  string
	inbound bool   // towards the product
	number  string // the customer's
	invite  int64
	asked   int64  // the INVITE's last repetition before an answer
	heard   int64  // first answer ≥ 100 to the INVITE
	ringing int64  // first 18x
	final   int64  // first answer ≥ 200
	code    int    // its status
	branch  string // To tag of the first 200 to the product: a forked INVITE may have others
	ack     int64
	cancel  int64
	bye     int64
	byUs    bool // the product said BYE
	offers  []reinvite
	firsts  map[int]bool // CSeq numbers of the INVITE that began it: another after a challenge

	customer, product netip.AddrPort // where each wants RTP
	custEvent         int            // telephone-event, as the product listens for it
}

// reinvite is a change of an established dialog.
type reinvite struct {
	at     int64
	byUs   bool
	dir    string // as its sender says
	cseq   int
	okDir  string // of the answer
	okAt   int64
	status int
}

// last is when the dialog was over on the wire: what the product could know.
// The product's own BYE ends it when it is sent, however often it is repeated
// until its answer comes; its CANCEL when the INVITE is answered.
func (d *dialog) last() int64 {
	switch {
	case d.bye != 0:
		return d.bye
	case d.inbound && d.cancel != 0:
		return d.cancel
	case d.code >= 300:
		return d.final
	}
	return 0
}

// answered is when the 200 to the INVITE passed.
func (d *dialog) answered() int64 {
	if d.code >= 200 && d.code < 300 {
		return d.final
	}
	return 0
}

// wire is everything that the capture shows.
type wire struct {
	product netip.AddrPort // the product's SIP address
	dialogs map[string]*dialog
	order   []*dialog
	flows   map[flowKey]*flow
}

func newWire(product netip.AddrPort) *wire {
	return &wire{product: product, dialogs: map[string]*dialog{}, flows: map[flowKey]*flow{}}
}

// take sorts a datagram: signalling of the product, else RTP.
func (w *wire) take(d datagram) {
	if d.src != w.product && d.dst != w.product {
		w.rtp(d)
		return
	}
	if m, ok := parseSIP(d.body); ok {
		w.signal(d.at, d.src == w.product, m)
	}
}

func (w *wire) signal(at int64, byUs bool, m message) {
	d := w.dialogs[m.callID]
	if d == nil {
		if m.method != "INVITE" || m.status != 0 {
			return // OPTIONS, REGISTER
		}
		d = &dialog{callID: m.callID, inbound: !byUs, number: m.from, invite: at, asked: at, custEvent: -1, firsts: map[int]bool{m.cseq: true}}
		if byUs {
			d.number = m.to
		}
		w.dialogs[m.callID] = d
		w.order = append(w.order, d)
		d.describe(byUs, m.sdp)
		return
	}
	// Each side counts its own requests: the other side's re-INVITE may have the same number.
	first := d.firsts[m.cseq] && byUs == (d.inbound == (m.status != 0))
	switch {
	case d.elsewhere(byUs, m):
	case m.method == "INVITE" && first:
		d.inviteAnswered(at, byUs, m)
	case m.method == "INVITE":
		d.reinvited(at, byUs, m)
	case m.method == "ACK":
		if d.ack == 0 {
			d.ack = at
			d.describe(byUs, m.sdp) // where the INVITE had none
		}
	case m.method == "CANCEL" && m.status == 0 && d.cancel == 0:
		d.cancel = at
	case m.method == "BYE" && m.status == 0 && d.bye == 0:
		d.bye, d.byUs = at, byUs
	}
}

// elsewhere reports whether a message belongs to another branch of an INVITE of
// the product's that forked: the product ends that one at once.
func (d *dialog) elsewhere(byUs bool, m message) bool {
	far := m.tags[1] // in the product's requests and the answers to them
	if (m.status == 0) != byUs {
		far = m.tags[0]
	}
	return !d.inbound && d.branch != "" && far != "" && far != d.branch
}

func (d *dialog) inviteAnswered(at int64, byUs bool, m message) {
	if m.status == 0 { // a retransmission
		if d.heard == 0 {
			d.asked = at
		}
		return
	}
	if d.heard == 0 {
		d.heard = at
	}
	if m.status > 100 && m.status < 200 && d.ringing == 0 {
		d.ringing = at
	}
	// A challenge is answered by another INVITE of the same call.
	if m.status == 401 || m.status == 407 {
		d.firsts[m.cseq+1] = true
		return
	}
	if m.status >= 200 && d.final == 0 {
		d.final, d.code = at, m.status
		if m.status < 300 && !byUs {
			d.branch = m.tags[1]
		}
	}
	d.describe(byUs, m.sdp)
}

// describe keeps where a side wants its packets.
func (d *dialog) describe(byUs bool, s *description) {
	switch {
	case s == nil:
	case byUs:
		d.product, d.custEvent = s.media, s.event
	default:
		d.customer = s.media
	}
}

func (d *dialog) reinvited(at int64, byUs bool, m message) {
	asker := byUs == (m.status == 0)
	for i := range d.offers {
		o := &d.offers[i]
		if o.cseq != m.cseq || o.byUs != asker {
			continue
		}
		if m.status >= 200 && o.okAt == 0 {
			o.okAt, o.status = at, m.status
			if m.sdp != nil {
				o.okDir = m.sdp.dir
			}
		}
		return
	}
	if m.status != 0 {
		return
	}
	o := reinvite{at: at, byUs: byUs, cseq: m.cseq}
	if m.sdp != nil {
		o.dir = m.sdp.dir
	}
	d.offers = append(d.offers, o)
}
