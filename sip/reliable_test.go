package sip

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/sip/siptest"
)

func trunkWants(w Wish) option { return withTrunk(func(t *Trunk) { t.Reliable = w }) }

// TestRingingIsAcknowledged: our 180 is repeated until a PRACK names it; a PRACK for something else is none.
func TestRingingIsAcknowledged(t *testing.T) {
	t.Parallel()
	r := newRig(t, 9, trunkWants(Optional))
	p := siptest.NewPeer(t, r.udp())
	c := p.NewCall("+84901234567", "1900")
	p.Send(c.Request("INVITE", siptest.SDP(1), "Supported: 100rel"))
	a := r.next()
	a.Ring()
	ringing := p.Expect("SIP/2.0 180", "INVITE")
	rseq := ringing.Header("RSeq")
	if ringing.Header("Require") != "100rel" || rseq == "" || rseq == "0" {
		t.Fatalf("180: %+v", ringing)
	}
	if again := p.Expect("SIP/2.0 180", "INVITE"); again.Header("RSeq") != rseq {
		t.Errorf("repeated with RSeq %s, first %s", again.Header("RSeq"), rseq)
	}
	c.Answered(ringing)
	p.Send(c.Request("PRACK", "", "RAck: 1 1 INVITE"))
	p.Expect("SIP/2.0 481", "PRACK")
	p.Send(c.Request("PRACK", "", fmt.Sprintf("RAck:  %s  1 INVITE", rseq)))
	p.Expect("SIP/2.0 200", "PRACK")
	for end := time.Now().Add(20 * testT1); time.Now().Before(end); {
		if m, ok := p.Receive(time.Until(end)); ok && strings.HasPrefix(m.Start, "SIP/2.0 180") {
			t.Fatal("it is repeated after its PRACK")
		}
	}
	a.Answer()
	c.Answered(p.Expect("SIP/2.0 200", "INVITE"))
	p.Send(c.Numbered(1, "ACK", ""))
	p.Send(c.Request("BYE", ""))
	p.Expect("SIP/2.0 200", "BYE")
	a.tells(t, "rang 180; answered PCMU; gone by customer  0")
}

// TestRingingIsNeverAcknowledged: 64·T1 after the 180 the caller is taken for gone.
func TestRingingIsNeverAcknowledged(t *testing.T) {
	t.Parallel()
	r := newRig(t, 9, trunkWants(Optional))
	p := siptest.NewPeer(t, r.udp())
	c := p.NewCall("+84901234567", "1900")
	p.Send(c.Request("INVITE", siptest.SDP(1), "Require: 100rel"))
	a := r.next()
	a.Ring()
	p.Expect("SIP/2.0 504", "INVITE")
	p.Send(c.Numbered(1, "ACK", ""))
	a.has(t, "gone by system sip 504 timeout")
}

// TestReliableByWish: what a trunk wants decides what an INVITE may insist on, and must bring.
func TestReliableByWish(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		wish   Wish
		header string
		answer string
	}{
		{Off, "Require: 100rel", "SIP/2.0 420"}, {"", "Require: 100rel", "SIP/2.0 420"}, {Optional, "Require: 100rel, gruu", "SIP/2.0 420"},
		{Required, "Supported: timer", "SIP/2.0 421"},
	} {
		r := newRig(t, 9, trunkWants(row.wish))
		p := siptest.NewPeer(t, r.udp())
		c := p.NewCall("+84901234567", "1900")
		p.Send(c.Request("INVITE", siptest.SDP(1), row.header))
		p.Expect(row.answer, "INVITE")
		p.Send(c.Request("ACK", ""))
	}
	r := newRig(t, 9)
	p := siptest.NewPeer(t, r.udp())
	c := p.NewCall("+84901234567", "1900")
	p.Send(c.Request("INVITE", siptest.SDP(1), "Supported: 100rel"))
	a := r.next()
	a.Ring()
	if m := p.Expect("SIP/2.0 180", "INVITE"); m.Header("Require") != "" || strings.Contains(m.Header("Supported"), "100rel") {
		t.Errorf("a trunk that wants none got %+v", m)
	}
	a.Release(486)
	p.Expect("SIP/2.0 486", "INVITE")
	p.Send(c.Request("ACK", ""))
}

// TestTheirRingingIsAcknowledged: each reliable 18x gets one PRACK in its early dialog, in order; an UPDATE changes what is
// heard before anybody picks up; the 200 may leave out the SDP that was said already.
func TestTheirRingingIsAcknowledged(t *testing.T) {
	t.Parallel()
	r, p := outRig(t, trunkWants(Required))
	leg, rec := r.dialOut(0)
	invite := p.Expect("INVITE", "INVITE")
	if invite.Header("Require") != "100rel" || !strings.Contains(invite.Header("Supported"), "100rel") {
		t.Errorf("INVITE: %+v", invite)
	}
	contact := "Contact: <sip:gw@" + p.Addr() + ">"
	provisional := func(status string, rseq int, body string) {
		p.Send(invite.Reply(status, "peer", body, contact, "Require: 100rel", fmt.Sprintf("RSeq: %d", rseq)))
	}
	provisional("183 Session Progress", 7, siptest.SDP(1))
	prack := p.Expect("PRACK sip:gw@"+p.Addr(), "PRACK")
	if prack.Header("RAck") != "7 1 INVITE" || prack.Tag("To") != "peer" || prack.Header("CSeq") != "2 PRACK" {
		t.Errorf("PRACK: %+v", prack)
	}
	p.Send(prack.Reply("200 OK", "", ""))
	provisional("183 Session Progress", 7, siptest.SDP(1)) // our PRACK was late
	provisional("180 Ringing", 9, "")                      // 8 is lost: it will come again
	provisional("180 Ringing", 8, "")
	if prack = p.Expect("PRACK", "PRACK"); prack.Header("RAck") != "8 1 INVITE" {
		t.Errorf("second PRACK: %s", prack.Header("RAck"))
	}
	p.Send(prack.Reply("200 OK", "", ""))
	c := p.Answering(invite, "peer")
	p.Send(c.Request("UPDATE", siptest.SDP(2, "a=sendonly")))
	if m := p.Expect("SIP/2.0 200", "UPDATE"); !strings.Contains(m.Body, "a=recvonly") {
		t.Errorf("answer to the UPDATE: %s", m.Body)
	}
	if remote, expects := r.media.last(); !remote.NoSend || expects {
		t.Errorf("before the answer: %+v, expects %v", remote, expects)
	}
	p.Send(c.Request("UPDATE", siptest.SDP(3)))
	p.Expect("SIP/2.0 200", "UPDATE")
	p.Send(invite.Reply("200 OK", "peer", "", contact))
	p.Expect("ACK", "ACK")
	rec.tells(t, "sent; rang 183 early; rang 180; held; resumed; answered PCMU")
	leg.Release(0)
	bye := p.Expect("BYE", "BYE")
	if bye.Header("CSeq") != "4 BYE" {
		t.Errorf("BYE: %s", bye.Header("CSeq"))
	}
	p.Send(bye.Reply("200 OK", "", ""))
}

// FuzzRSeq: whatever a far side writes, it is a number from 1 to 2³²-1 or nothing.
func FuzzRSeq(f *testing.F) {
	for _, seed := range []string{"1", "4294967296", "-1", "7 1 INVITE", "", " 9 "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n, ok := parseRSeq([]string{text}); ok && n == 0 {
			t.Errorf("%q read as %d", text, n)
		}
	})
}
