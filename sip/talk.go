package sip

import (
	"net/netip"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"

	"github.com/callstamp/callstamp/call"
	"time"
)

// talk is what the two sides of a leg have agreed about voice, and what of it is still open.
type talk struct {
	sess     session
	far      *sdp          // what the far side said last; nil: nothing yet
	format   *media.Format // agreed; nil: not yet
	ours     Direction     // agreed, from our side
	wish     Direction     // SendRecv, or SendOnly while we hold
	told     Direction     // the wish that the far side knows of
	offered  *Direction    // of an offer of ours that waits for its answer
	farHolds bool
	earlyTag string // the dialog that early media came from
	listen   bool   // early media: hear, do not speak

	offering   bool // our re-INVITE or UPDATE is out
	canUpdate  bool // the far side knows UPDATE
	refreshing bool // the session timer wants a refresh
}

// offer describes what we want, for an INVITE of ours or for our answer to one without an offer.
func (t *talk) offer(d Direction) []byte {
	t.offered = &d
	return t.sess.offer(t.format, d)
}

// answerInvite is the body of our 200: an answer, or our offer where the INVITE had none (RFC 3261 §13.3.1).
func (t *talk) answerInvite() []byte {
	t.told = t.wish
	if t.far == nil {
		return t.offer(t.wish)
	}
	return t.answer(t.far)
}

// answer agrees to an offer. A law that is still offered is kept.
func (t *talk) answer(far *sdp) []byte {
	f := far.agreed(true)
	if t.format != nil {
		f = far.keeping(t.format.Prefer)
	}
	t.far, t.format, t.offered = far, &f, nil
	t.sess.keys.agreed(far)
	t.listen, t.told = false, t.wish
	t.ours = Answer(far.direction, t.wish)
	t.farHolds = holds(far.direction)
	return t.sess.answer(*far, f, t.ours)
}

// agree takes the answer to our offer.
func (t *talk) agree(far *sdp) {
	offered := SendRecv
	if t.offered != nil {
		offered = *t.offered
	}
	f := far.agreed(false)
	if t.format != nil && !t.listen { // within a call the law stays
		f = far.keeping(t.format.Prefer)
	}
	t.far, t.format, t.offered, t.listen = far, &f, nil, false
	t.sess.keys.agreed(far)
	t.ours = mutual(offered, far.direction)
	t.farHolds = heldAfter(t.farHolds, offered, far.direction)
}

// early takes the SDP of a provisional response.
func (t *talk) early(far *sdp, tag string) {
	f := far.agreed(false)
	t.far, t.format, t.earlyTag, t.listen = far, &f, tag, true
	t.sess.keys.agreed(far)
	t.ours = mutual(SendRecv, far.direction)
}

// mutual is our direction when we offered and they answered: who sends must be heard.
func mutual(offer, answer Direction) Direction {
	switch sends, receives := offer.Sends() && answer.Receives(), offer.Receives() && answer.Sends(); {
	case sends && receives:
		return SendRecv
	case sends:
		return SendOnly
	case receives:
		return RecvOnly
	}
	return Inactive
}

// keeping agrees to the law that is in use, where it is still offered.
func (s sdp) keeping(law media.Law) media.Format {
	all := s.agreed(false)
	if law == media.PCMA && all.PCMA != media.NoPT {
		all.PCMU, all.Prefer = media.NoPT, law
		return all
	}
	if law == media.PCMU && all.PCMU != media.NoPT {
		all.PCMA, all.Prefer = media.NoPT, law
		return all
	}
	return s.agreed(true)
}

// applyMedia tells the leg's end what was agreed.
func (l *Leg) applyMedia() {
	t := &l.talk
	if l.end == nil || t.far == nil || t.format == nil {
		return
	}
	l.end.SetRemote(media.Remote{RTP: t.far.rtp, RTCP: t.far.rtcp, Format: *t.format, NoSend: t.listen || !t.ours.Sends(), Crypto: t.sess.keys.crypto()})
	l.end.Expect(!t.listen && t.ours.Receives())
}

// tellHold posts a change of the far side's hold. was is how it stood before the exchange.
func (l *Leg) tellHold(at time.Time, was bool) {
	if l.talk.farHolds != was {
		l.tell(at, call.RemoteHold{Leg: l.no, On: l.talk.farHolds})
	}
}

// rtpAddr is the address of our SDP: where the port is, or, when it is bound to all addresses, where the peer sees us.
func (u *UA) rtpAddr(local netip.AddrPort, peer string) netip.AddrPort {
	switch dst, err := netip.ParseAddrPort(peer); {
	case u.cfg.RTP.IsValid():
		return netip.AddrPortFrom(u.cfg.RTP, local.Port())
	case local.Addr().IsUnspecified() && err == nil:
		return netip.AddrPortFrom(u.local("UDP", dst.Addr()).Addr(), local.Port())
	}
	return local
}

func (l *Leg) peerAddr() netip.Addr {
	peer, _ := netip.ParseAddrPort(l.dlg.Peer) // an invalid one has no route either
	return peer.Addr()
}

// lost ends a dialog that the far side no longer knows or hears.
func (l *Leg) lost(code int) { l.bye(stamp.Network, sipCause(code)) }
