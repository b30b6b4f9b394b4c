package sip

import (
	"testing"

	"github.com/callstamp/callstamp/sip/siptest"
)

// answeredCall is a call from a peer that was answered and acknowledged.
func answeredCall(t *testing.T, r *rig, headers ...string) (*siptest.Call, *arrival) {
	t.Helper()
	p := siptest.NewPeer(t, r.udp())
	c := p.NewCall("+84901234567", "1900")
	p.Send(c.Request("INVITE", siptest.SDP(1), headers...))
	a := r.next()
	a.Answer()
	c.Answered(p.Expect("SIP/2.0 200", "INVITE"))
	p.Send(c.Request("ACK", ""))
	a.has(t, "answered PCMU")
	return c, a
}

// answeredDial is a call out that a peer answered; headers go into its 200.
func answeredDial(t *testing.T, r *rig, p *siptest.Peer, headers ...string) (*siptest.Call, *Leg, *recorder) {
	t.Helper()
	leg, rec := r.dialOut(0)
	invite := p.Expect("INVITE", "INVITE")
	c := p.Answering(invite, "peer")
	p.Send(invite.Reply("200 OK", "peer", siptest.SDP(1), append(headers, "Contact: <sip:peer@"+p.Addr()+">")...))
	p.Expect("ACK", "ACK")
	rec.has(t, "answered PCMU")
	return c, leg, rec
}

func outRig(t *testing.T, options ...option) (*rig, *siptest.Peer) {
	t.Helper()
	p := siptest.NewPeer(t, "")
	r := newRig(t, p.Port(), options...)
	p.SetTarget(r.udp())
	return r, p
}
