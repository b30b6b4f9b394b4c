package sip

import (
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/sip/siptest"
)

// TestGlare: their re-INVITE meets ours; both are refused with 491 and ours comes again.
func TestGlare(t *testing.T) {
	t.Parallel()
	r := newRig(t, 9)
	c, a := answeredCall(t, r)
	a.Hold(true)
	ours := c.Peer.Expect("INVITE", "INVITE")
	c.Peer.Send(c.Request("INVITE", siptest.SDP(2, "a=sendonly")))
	c.Peer.Expect("SIP/2.0 491", "INVITE")
	c.Peer.Send(ours.Reply("491 Request Pending", "", ""))
	again := c.Peer.Expect("INVITE", "INVITE")
	for again.Header("CSeq") == ours.Header("CSeq") { // a repetition that was under way
		again = c.Peer.Expect("INVITE", "INVITE")
	}
	c.Peer.Send(again.Reply("200 OK", "", siptest.SDP(3, "a=recvonly"), "Contact: <sip:peer@"+c.Peer.Addr()+">"))
	c.Peer.Expect("ACK", "ACK")
	a.listens(t, false)
	c.Peer.Send(c.Request("BYE", ""))
	c.Peer.Expect("SIP/2.0 200", "BYE")
	a.tells(t, "answered PCMU; gone by customer  0")
}

// TestBothHold walks through both holds with the directions of RFC 3264 §8.4.
func TestBothHold(t *testing.T) {
	t.Parallel()
	r, p := outRig(t)
	c, leg, rec := answeredDial(t, r, p)
	theirs := func(body, want string) {
		t.Helper()
		p.Send(c.Request("INVITE", body))
		m := p.Expect("SIP/2.0 200", "INVITE")
		if !strings.Contains(m.Body, want) {
			t.Errorf("answer lacks %s:\n%s", want, m.Body)
		}
		p.Send(c.Request("ACK", ""))
	}
	ours := func(want, answer string) {
		t.Helper()
		m := p.Expect("INVITE", "INVITE")
		if !strings.Contains(m.Body, want) {
			t.Errorf("offer lacks %s:\n%s", want, m.Body)
		}
		p.Send(m.Reply("200 OK", "", siptest.SDP(9, answer), "Contact: <sip:peer@"+p.Addr()+">"))
		p.Expect("ACK", "ACK")
	}
	theirs(siptest.SDP(2, "a=sendonly"), "a=recvonly")
	leg.Hold(true)
	ours("a=inactive", "a=inactive")
	leg.Hold(false)
	ours("a=sendrecv", "a=sendonly") // they still hold
	rec.tells(t, "sent; answered PCMU; held")
	theirs(siptest.SDP(4), "a=sendrecv")
	rec.tells(t, "sent; answered PCMU; held; resumed")
	leg.Release(0)
	bye := p.Expect("BYE", "BYE")
	p.Send(bye.Reply("200 OK", "", ""))
}

// TestSessionTimer: we refresh at half the interval where that is ours, and end the call where theirs does not come.
func TestSessionTimer(t *testing.T) {
	t.Parallel()
	short := func(c *Config) { c.MinSession = time.Second }
	t.Run("ours", func(t *testing.T) {
		t.Parallel()
		r, p := outRig(t, short)
		_, leg, rec := answeredDial(t, r, p, "Session-Expires: 1;refresher=uac", "Allow: INVITE, UPDATE")
		update := p.Expect("UPDATE", "UPDATE")
		if update.Body != "" || update.Header("Session-Expires") == "" {
			t.Errorf("refresh: %+v", update)
		}
		p.Send(update.Reply("200 OK", "", "", "Session-Expires: 90;refresher=uac", "Contact: <sip:peer@"+p.Addr()+">"))
		rec.tells(t, "sent; answered PCMU")
		leg.Release(0)
		bye := p.Expect("BYE", "BYE")
		p.Send(bye.Reply("200 OK", "", ""))
	})
	t.Run("theirs", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, 9, short)
		c, a := answeredCall(t, r, "Session-Expires: 1", "Supported: timer")
		bye := c.Peer.Expect("BYE", "BYE")
		c.Peer.Send(bye.Reply("200 OK", "", ""))
		a.tells(t, "answered PCMU; gone by network sip 408 session_expired")
	})
}
