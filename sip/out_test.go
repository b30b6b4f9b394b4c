package sip

import (
	"fmt"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/sip/siptest"
)

// TestForkedAnswer: two telephones answer one INVITE; the second is thanked and hung up on.
func TestForkedAnswer(t *testing.T) {
	t.Parallel()
	r, p := outRig(t)
	other := siptest.NewPeer(t, r.udp())
	leg, rec := r.dialOut(0)
	invite := p.Expect("INVITE", "INVITE")
	p.Send(invite.Reply("200 OK", "one", siptest.SDP(1), "Contact: <sip:one@"+p.Addr()+">"))
	p.Expect("ACK", "ACK")
	p.Send(invite.Reply("200 OK", "two", siptest.SDP(1), "Contact: <sip:two@"+other.Addr()+">"))
	if ack := other.Expect("ACK", "ACK"); ack.Tag("To") != "two" {
		t.Errorf("ACK to %q", ack.Header("To"))
	}
	bye := other.Expect("BYE", "BYE")
	if bye.Tag("To") != "two" {
		t.Errorf("BYE to %q", bye.Header("To"))
	}
	other.Send(bye.Reply("200 OK", "", ""))
	p.Send(invite.Reply("200 OK", "one", siptest.SDP(1), "Contact: <sip:one@"+p.Addr()+">"))
	p.Expect("ACK", "ACK") // the first one's ACK had been lost
	leg.Release(0)
	bye = p.Expect("BYE", "BYE")
	p.Send(bye.Reply("481 No", "", ""))
	rec.tells(t, "sent; answered PCMU; gone by system  0")
}

// TestCancelWaitsForProvisional: RFC 3261 §9.1, nothing may be cancelled that was not heard of.
func TestCancelWaitsForProvisional(t *testing.T) {
	t.Parallel()
	r, p := outRig(t)
	leg, rec := r.dialOut(0)
	invite := p.Expect("INVITE", "INVITE")
	leg.Release(0)
	p.Send(invite.Reply("100 Trying", "", ""))
	cancel := p.Expect("CANCEL", "CANCEL")
	if cancel.Header("Via") != invite.Header("Via") || cancel.Header("CSeq") != "1 CANCEL" {
		t.Errorf("CANCEL has Via %q, CSeq %q", cancel.Header("Via"), cancel.Header("CSeq"))
	}
	p.Send(cancel.Reply("200 OK", "a", "")) // and no 487, ever
	rec.tells(t, "sent; rejected 408; gone by system cancelled sip 487 cancelled")
	p.Send(invite.Reply("200 OK", "late", siptest.SDP(1), "Contact: <sip:late@"+p.Addr()+">"))
	p.Expect("ACK", "ACK")
	bye := p.Expect("BYE", "BYE")
	p.Send(bye.Reply("200 OK", "", ""))
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	r, p := outRig(t)
	_, rec := r.dialOut(0)
	p.Expect("INVITE", "INVITE")
	rec.tells(t, "sent; rejected 408; gone by network sip 408 timeout")
}

// TestChallengeInTheirDialog is ES2021-05: who calls us and challenges our BYE gets no answer from our password.
func TestChallengeInTheirDialog(t *testing.T) {
	t.Parallel()
	r := newRig(t, 9, withTrunk(func(t *Trunk) { t.User, t.Password, t.Realm = "user", "secret", "trunk" }))
	c, a := answeredCall(t, r)
	a.Release(0)
	bye := c.Peer.Expect("BYE", "BYE")
	c.Peer.Send(bye.Reply("407 Proxy Authentication Required", "", "", `Proxy-Authenticate: Digest realm="trunk", nonce="n"`))
	a.tells(t, "answered PCMU; gone by system  0")
	eventually(t, func() bool { return r.Legs() == 0 }, func() string { return "the leg waits for something" })
	c.Peer.Silent(5 * testT1)
}

// TestChallenges counts what goes out for which challenge.
func TestChallenges(t *testing.T) {
	t.Parallel()
	const ours = `WWW-Authenticate: Digest realm="trunk", nonce="%s", qop="auth", algorithm=SHA-256`
	for _, row := range []struct {
		name       string
		challenges []string // one per INVITE
		invites    int
	}{
		{"foreign realm", []string{`WWW-Authenticate: Digest realm="else", nonce="n"`}, 1},
		{"no challenge at all", []string{"X: y"}, 1},
		{"auth-int alone", []string{`WWW-Authenticate: Digest realm="trunk", nonce="n", qop="auth-int"`}, 1},
		{"unknown algorithm", []string{`WWW-Authenticate: Digest realm="trunk", nonce="n", algorithm=ROT13`}, 1},
		{"wrong password: twice and no more", []string{fmt.Sprintf(ours, "a"), fmt.Sprintf(ours, "b"), fmt.Sprintf(ours, "c")}, 3},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r, p := outRig(t, withTrunk(func(t *Trunk) { t.User, t.Password, t.Realm = "user", "secret", "trunk" }))
			_, rec := r.dialOut(0)
			id := ""
			for i := range row.invites {
				invite := p.Expect("INVITE", "INVITE")
				if id == "" {
					id = invite.Header("Call-ID")
				}
				auth := invite.Header("Authorization")
				if invite.Header("CSeq") != fmt.Sprintf("%d INVITE", i+1) || invite.Header("Call-ID") != id || (i > 0) != strings.Contains(auth, "nc=00000001") {
					t.Errorf("INVITE %d: CSeq %q, Call-ID %q, %q", i, invite.Header("CSeq"), invite.Header("Call-ID"), auth)
				}
				p.Send(invite.Reply("401 Unauthorized", "a", "", row.challenges[min(i, len(row.challenges)-1)]))
				p.Expect("ACK", "ACK")
			}
			rec.tells(t, "sent; rejected 401; gone by network sip 401 unauthorized")
			p.Silent(5 * testT1)
		})
	}
}

func TestTooShortASessionForThem(t *testing.T) {
	t.Parallel()
	r, p := outRig(t)
	_, rec := r.dialOut(0)
	invite := p.Expect("INVITE", "INVITE")
	p.Send(invite.Reply("422 Session Interval Too Small", "a", "", "Min-SE: 3600"))
	again := p.Expect("INVITE sip:", "INVITE")
	for again.Header("CSeq") == "1 INVITE" {
		again = p.Expect("INVITE sip:", "INVITE")
	}
	if again.Header("Session-Expires") != "3600" || again.Header("Min-SE") != "3600" {
		t.Errorf("again with %q, %q", again.Header("Session-Expires"), again.Header("Min-SE"))
	}
	p.Send(again.Reply("600 Busy Everywhere", "a", ""))
	rec.tells(t, "sent; rejected 600; gone by customer sip 600 busy")
}

func TestDialRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t, 9, withTrunk(func(t *Trunk) { t.MaxCalls = 1 }))
	for _, row := range []struct {
		name, trunk, number, from, want string
	}{
		{"unknown trunk", "t9", "+84901234567", "", ErrUnknownTrunk.Error()},
		{"foreign country", "t1", "+88190000", "", ErrNotAllowed.Error()},
		{"injection", "t1", "+84901234567\r\nX: y", "", ErrNotAllowed.Error()},
		{"foreign caller id", "t1", "+84901234567", "+1555", ErrNotAllowed.Error()},
	} {
		if _, err := r.Dial(dialTo(row.trunk, row.number, row.from)); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	leg, err := r.Dial(dialTo("t1", "+84901234567", "+842871000000"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Dial(dialTo("t1", "+84901234567", "")); err == nil || !strings.Contains(err.Error(), ErrTrunkFull.Error()) {
		t.Errorf("second call: %v", err)
	}
	leg.Release(0)
	eventually(t, func() bool { return r.Trunks()[0].Calls == 0 }, func() string { return "the place is not given back" })
}

func TestNoPorts(t *testing.T) {
	t.Parallel()
	r, p := outRig(t)
	r.media.fail = true
	_, rec := r.dialOut(0)
	rec.tells(t, "rejected 503; gone by system cancelled sip 503 unavailable")
	c := p.NewCall("+84901234567", "1900")
	p.Send(c.Request("INVITE", siptest.SDP(1)))
	if m := p.Expect("SIP/2.0 503", "INVITE"); m.Header("Retry-After") == "" {
		t.Error("503 without Retry-After")
	}
	r.next().tells(t, "gone by system sip 503 unavailable")
}

// TestAnsweredWithoutSound: somebody picked up, so the leg was answered, whatever the description says; it is ended at once.
func TestAnsweredWithoutSound(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"no SDP": "", "bad SDP": "v=0\r\nm=audio all RTP/AVP\r\n",
		"other codecs": "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, p := outRig(t)
			_, rec := r.dialOut(0)
			invite := p.Expect("INVITE", "INVITE")
			p.Send(invite.Reply("200 OK", "a", body, "Contact: <sip:a@"+p.Addr()+">"))
			p.Expect("ACK", "ACK")
			bye := p.Expect("BYE", "BYE")
			p.Send(bye.Reply("200 OK", "", ""))
			rec.tells(t, "sent; answered; gone by system sip 488 no_codec")
		})
	}
}

// TestRingingIsNotOvertaken sends 180 and 200 back to back, often.
func TestRingingIsNotOvertaken(t *testing.T) {
	t.Parallel()
	r, p := outRig(t)
	for range 50 {
		leg, rec := r.dialOut(0)
		invite := p.Expect("INVITE", "INVITE")
		contact := "Contact: <sip:peer@" + p.Addr() + ">"
		p.Send(invite.Reply("180 Ringing", "peer", "", contact))
		p.Send(invite.Reply("200 OK", "peer", siptest.SDP(1), contact))
		p.Expect("ACK", "ACK")
		leg.Release(0)
		bye := p.Expect("BYE", "BYE")
		p.Send(bye.Reply("200 OK", "", ""))
		rec.tells(t, "sent; rang 180; answered PCMU; gone by system  0")
	}
}
