package sip

import (
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/sip/siptest"
)

// TestByeAfterACrash: what OnDialog wrote is enough for another process to end the call.
func TestByeAfterACrash(t *testing.T) {
	t.Parallel()
	r, p := outRig(t)
	c, leg, rec := answeredDial(t, r, p)
	r.mu.Lock()
	saved := r.dialogs[len(r.dialogs)-1]
	r.mu.Unlock()
	second := newRig(t, p.Port())
	if err := second.ByeDialog(saved); err != nil {
		t.Fatal(err)
	}
	bye := p.Expect("BYE", "BYE")
	if bye.Header("Call-ID") != c.ID || bye.Tag("To") != "peer" || bye.Tag("From") == "" {
		t.Errorf("BYE for another dialog: %+v", bye)
	}
	p.SetTarget(second.udp())
	p.Send(bye.Reply("200 OK", "", ""))
	if err := second.ByeDialog([]byte(`{"call_id":"x"}`)); err == nil {
		t.Error("half a dialog was accepted")
	}
	p.SetTarget(r.udp())
	leg.Release(0)
	bye = p.Expect("BYE", "BYE")
	p.Send(bye.Reply("200 OK", "", ""))
	rec.tells(t, "sent; answered PCMU; gone by system  0")
}

// TestRingingAtACrash: what was ringing when a process died is ended by the next: out by CANCEL, in by a final response.
func TestRingingAtACrash(t *testing.T) {
	t.Parallel()
	r, p := outRig(t)
	last := func() []byte {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.dialogs[len(r.dialogs)-1]
	}
	second := newRig(t, p.Port())
	_, rec := r.dialOut(0)
	invite := p.Expect("INVITE", "INVITE")
	p.Send(invite.Reply("180 Ringing", "a", ""))
	rec.has(t, "rang 180")
	if err := second.ByeDialog(last()); err != nil {
		t.Fatal(err)
	}
	cancel := p.Expect("CANCEL", "CANCEL")
	if cancel.Header("Via") != invite.Header("Via") || cancel.Header("Call-ID") != invite.Header("Call-ID") || cancel.Header("CSeq") != "1 CANCEL" {
		t.Errorf("CANCEL: %+v", cancel)
	}
	p.SetTarget(second.udp())
	p.Send(cancel.Reply("200 OK", "a", ""))
	p.SetTarget(r.udp())
	p.Send(invite.Reply("487 Request Terminated", "a", ""))
	rec.tells(t, "sent; rang 180; rejected 487; gone by network sip 487 cancelled")

	c := p.NewCall("+84901234567", "1900")
	p.Send(c.Request("INVITE", siptest.SDP(1)))
	a := r.next()
	a.Ring()
	ringing := p.Expect("SIP/2.0 180", "INVITE")
	if err := second.ByeDialog(last()); err != nil {
		t.Fatal(err)
	}
	refused := p.Expect("SIP/2.0 503", "INVITE")
	if refused.Header("Via") != ringing.Header("Via") || refused.Tag("To") != ringing.Tag("To") || refused.Tag("From") != ringing.Tag("From") {
		t.Errorf("503: %+v after %+v", refused, ringing)
	}
	bye := p.Expect("BYE", "BYE") // for whom the 200 reached in the last moment
	if bye.Header("Call-ID") != c.ID || bye.Tag("From") != ringing.Tag("To") || bye.Tag("To") != ringing.Tag("From") {
		t.Errorf("BYE for another dialog: %+v", bye)
	}
	p.SetTarget(second.udp())
	p.Send(bye.Reply("481 Call/Transaction Does Not Exist", "", ""))
	p.SetTarget(r.udp())
	p.Send(c.Request("CANCEL", ""))
	p.Expect("SIP/2.0 487", "INVITE")
}

// TestAskedAgainAfterACrash: a caller who repeats the INVITE to the next process has that one's call; what the dead one
// left of it is not said.
func TestAskedAgainAfterACrash(t *testing.T) {
	t.Parallel()
	r, p := outRig(t)
	second := newRig(t, p.Port())
	c := p.NewCall("+84901234567", "1900")
	invite := c.Request("INVITE", siptest.SDP(1))
	p.Send(invite)
	r.next().Ring()
	p.Expect("SIP/2.0 180", "INVITE")
	r.mu.Lock()
	saved := r.dialogs[len(r.dialogs)-1]
	r.mu.Unlock()

	p.SetTarget(second.udp())
	p.Send(invite)
	a := second.next()
	a.Ring()
	p.Expect("SIP/2.0 180", "INVITE")
	if err := second.ByeDialog(saved); err != nil {
		t.Fatal(err)
	}
	p.Silent(4 * testT1)
	a.Release(486)
	p.Expect("SIP/2.0 486", "INVITE")
}

// TestAckWaitsForTheJournal: an answer is acknowledged when its dialog is durable. Where the process dies before, the 200
// comes again, and the next process ends the call.
func TestAckWaitsForTheJournal(t *testing.T) {
	t.Parallel()
	durable := make(chan func(), 1)
	r, p := outRig(t, func(c *Config) {
		c.OnDialog = func(_ stamp.ID, _ stamp.LegNo, _ []byte, then func()) {
			if then != nil {
				durable <- then
			}
		}
	})
	leg, rec := r.dialOut(0)
	invite := p.Expect("INVITE", "INVITE")
	ok := invite.Reply("200 OK", "peer", siptest.SDP(1), "Contact: <sip:peer@"+p.Addr()+">")
	p.Send(ok)
	rec.has(t, "answered PCMU")
	leg.Hold(true)
	p.Send(ok)
	p.Silent(4 * testT1)

	second := newRig(t, p.Port())
	p.SetTarget(second.udp())
	p.Send(ok)
	p.Expect("ACK", "ACK")
	bye := p.Expect("BYE", "BYE")
	p.Send(bye.Reply("200 OK", "", ""))

	p.SetTarget(r.udp())
	(<-durable)()
	if ack := p.Expect("ACK", "ACK"); ack.Header("CSeq") != "1 ACK" {
		t.Errorf("ACK: %+v", ack)
	}
	p.Expect("INVITE", "INVITE") // the hold, which had to wait
}

// TestByeBringsTheAck: who is hung up before the dialog was durable gets the ACK first.
func TestByeBringsTheAck(t *testing.T) {
	t.Parallel()
	r, p := outRig(t, func(c *Config) { c.OnDialog = func(stamp.ID, stamp.LegNo, []byte, func()) {} })
	leg, rec := r.dialOut(0)
	invite := p.Expect("INVITE", "INVITE")
	p.Send(invite.Reply("200 OK", "peer", siptest.SDP(1), "Contact: <sip:peer@"+p.Addr()+">"))
	rec.has(t, "answered PCMU")
	leg.Release(0)
	p.Expect("ACK", "ACK")
	bye := p.Expect("BYE", "BYE")
	p.Send(bye.Reply("200 OK", "", ""))
	rec.tells(t, "sent; answered PCMU; gone by system  0")
}
