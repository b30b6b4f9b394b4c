package sip

import (
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/sip/siptest"
)

// comesIn is a call from a peer whose INVITE has arrived.
func comesIn(t *testing.T, r *rig, headers ...string) (*siptest.Peer, *siptest.Call, *arrival) {
	t.Helper()
	p := siptest.NewPeer(t, r.udp())
	c := p.NewCall("+84901234567", "1900")
	p.Send(c.Request("INVITE", siptest.SDP(1), headers...))
	return p, c, r.next()
}

// answeredCall is a call from a peer that was answered and acknowledged.
func answeredCall(t *testing.T, r *rig, headers ...string) (*siptest.Call, *arrival) {
	t.Helper()
	p, c, a := comesIn(t, r, headers...)
	a.Answer()
	c.Answered(p.Expect("SIP/2.0 200", "INVITE"))
	p.Send(c.Request("ACK", ""))
	a.has(t, "answered PCMU")
	return c, a
}

// hearsBye takes our BYE, whose first line begins with start, and answers it.
func hearsBye(p *siptest.Peer, start string) siptest.Message {
	bye := p.Expect(start, "BYE")
	p.Send(bye.Reply("200 OK", "", ""))
	return bye
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

// TestStillRinging: a call that rings for long says so once a minute, and no more once it is answered.
func TestStillRinging(t *testing.T) {
	t.Parallel()
	r := newRig(t, 9)
	p, c, a := comesIn(t, r)
	a.Ring()
	first := p.Expect("SIP/2.0 180", "INVITE")
	again := p.Expect("SIP/2.0 180", "INVITE")
	if first.Tag("To") != again.Tag("To") {
		t.Errorf("tags %q and %q", first.Tag("To"), again.Tag("To"))
	}
	a.Answer()
	c.Answered(p.Expect("SIP/2.0 200", "INVITE"))
	p.Send(c.Request("ACK", ""))
	for end := time.Now().Add((ringEvery + 20) * testT1); time.Now().Before(end); {
		if m, ok := p.Receive(time.Until(end)); ok && strings.HasPrefix(m.Start, "SIP/2.0 180") {
			t.Fatal("it rings on")
		}
	}
	a.tells(t, "rang 180; answered PCMU")
	a.Release(0)
	hearsBye(p, "BYE")
}
