package sip

import (
	"testing"

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
	p.Send(c.Request("CANCEL", ""))
	p.Expect("SIP/2.0 487", "INVITE")
}
