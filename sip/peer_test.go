package sip

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

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

func TestByeAndAckInWrongOrder(t *testing.T) {
	r := newRig(t, 9)
	p := siptest.NewPeer(t, r.udp())
	c := p.NewCall("+84901234567", "1900")
	p.Send(c.Request("INVITE", siptest.SDP(1)))
	a := r.next()
	a.Answer()
	c.Answered(p.Expect("SIP/2.0 200", "INVITE"))
	ack := c.Request("ACK", "")
	p.Send(c.Request("BYE", ""))
	p.Send(ack)
	p.Expect("SIP/2.0 200", "BYE")
	a.tells(t, "answered PCMU; gone by customer  0")
}

func TestRequestsAreServedInOrder(t *testing.T) {
	r := newRig(t, 9)
	c, a := answeredCall(t, r)
	info := func(key string) string {
		return c.Request("INFO", "Signal="+key+"\r\nDuration=160\r\n", "Content-Type: application/dtmf-relay")
	}
	one, two, three := info("1"), info("2"), info("11")
	c.Peer.Send(three)
	c.Peer.Send(two)
	c.Peer.Send(one)
	for range 3 {
		c.Peer.Expect("SIP/2.0 200", "INFO")
	}
	a.tells(t, "answered PCMU; digit 1 160ms; digit 2 160ms; digit # 160ms")
	c.Branch += "again"
	c.Peer.Send(c.Numbered(2, "INFO", "5", "Content-Type: application/dtmf"))
	c.Peer.Expect("SIP/2.0 500", "INFO") // its number has been used
	c.Peer.Send(c.Request("BYE", ""))
	c.Peer.Expect("SIP/2.0 200", "BYE")
}

func TestRequestsWithinACall(t *testing.T) {
	r := newRig(t, 9)
	c, a := answeredCall(t, r)
	for _, row := range []struct {
		method, body, header, answer string
	}{
		{"OPTIONS", "", "X: y", "200"},
		{"INFO", "", "X: y", "200"},
		{"INFO", "<xml/>", "Content-Type: application/xml", "415"},
		{"MESSAGE", "hello", "Content-Type: text/plain", "405"},
		{"REFER", "", "Refer-To: <sip:+88190000@192.0.2.1>", "405"},
		{"SUBSCRIBE", "", "Event: presence", "405"},
		{"UPDATE", "", "Supported: timer", "200"},
		{"UPDATE", siptest.SDP(2, "a=sendonly"), "X: y", "200"},
		{"UPDATE", siptest.SDP(3), "X: y", "200"},
		{"INVITE", strings.Replace(siptest.SDP(4), "0 8 101", "18 101", 1), "X: y", "488"},
		{"INVITE", "v=0\r\nrubbish", "X: y", "488"},
		{"INVITE", siptest.SDP(5), "Require: 100rel", "420"},
		{"INVITE", siptest.SDP(5), "Session-Expires: 10", "422"},
	} {
		c.Peer.Send(c.Request(row.method, row.body, row.header))
		m := c.Peer.Expect("SIP/2.0 "+row.answer, row.method)
		if row.method == "INVITE" {
			ack := c.Branch
			text := c.Request("ACK", "")
			c.Peer.Send(strings.Replace(text, c.Branch, ack, 1))
			c.Branch = ack
		}
		if row.answer == "405" && m.Header("Allow") != allow {
			t.Errorf("405 to %s allows %q", row.method, m.Header("Allow"))
		}
	}
	a.tells(t, "answered PCMU; held; resumed") // the refused changes have left the call as it was
	c.Peer.Send(c.Request("BYE", ""))
	c.Peer.Expect("SIP/2.0 200", "BYE")
	c.Peer.Send(c.Request("INFO", "", "X: y"))
	c.Peer.Expect("SIP/2.0 481", "INFO")
}

func TestOutsideADialog(t *testing.T) {
	r := newRig(t, 9)
	p := siptest.NewPeer(t, r.udp())
	for _, row := range []struct{ method, answer, header string }{
		{"OPTIONS", "200", "X: y"}, {"MESSAGE", "405", "X: y"}, {"SUBSCRIBE", "405", "X: y"}, {"PUBLISH", "405", "X: y"},
		{"REGISTER", "405", "X: y"}, {"REFER", "405", "X: y"}, {"NOTIFY", "405", "X: y"}, {"FROBNICATE", "405", "X: y"},
		{"BYE", "481", "X: y"}, {"INFO", "481", "X: y"}, {"UPDATE", "481", "X: y"}, {"CANCEL", "481", "X: y"},
		{"INVITE", "420", "Require: 100rel"}, {"INVITE", "415", "Content-Type: text/plain"}, {"INVITE", "422", "Session-Expires: 10"},
	} {
		c := p.NewCall("1", "2")
		c.Branch = "z9hG4bKout" + row.method + row.answer
		body := ""
		if row.answer == "415" {
			body = "hello"
		}
		p.Send(c.Request(row.method, body, row.header))
		m := p.Expect("SIP/2.0 "+row.answer, row.method)
		if row.answer == "405" && m.Header("Allow") != allow {
			t.Errorf("405 to %s allows %q", row.method, m.Header("Allow"))
		}
	}
	for _, method := range []string{"BYE", "INVITE", "INFO"} { // a dialog that nobody knows
		c := p.NewCall("1", "2")
		c.Remote += ";tag=unknown"
		p.Send(c.Request(method, ""))
		p.Expect("SIP/2.0 481", method)
	}
	if len(r.incoming) != 0 {
		t.Error("a call came in")
	}
}

// TestOneTag: every response to an INVITE carries the same To tag, also the 487 that the transaction layer makes.
func TestOneTag(t *testing.T) {
	r := newRig(t, 9)
	p := siptest.NewPeer(t, r.udp())
	c := p.NewCall("+84901234567", "1900")
	p.Send(c.Request("INVITE", siptest.SDP(1)))
	a := r.next()
	a.Ring()
	ringing := p.Expect("SIP/2.0 180", "INVITE")
	p.Send(c.Request("CANCEL", ""))
	terminated := p.Expect("SIP/2.0 487", "INVITE")
	if tag := ringing.Tag("To"); tag == "" || tag != terminated.Tag("To") {
		t.Errorf("180 has tag %q, 487 has %q", tag, terminated.Tag("To"))
	}
	a.tells(t, "rang 180; gone by customer cancelled sip 487 cancelled")
	a.Answer()
	a.Release(486) // nobody is there any more
	p.Send(strings.Replace(c.Request("ACK", ""), c.Branch, c.Branch, 1))
	a.tells(t, "rang 180; gone by customer cancelled sip 487 cancelled")
}

func TestAckWithTheBranchOfTheInvite(t *testing.T) {
	r := newRig(t, 9)
	p := siptest.NewPeer(t, r.udp())
	c := p.NewCall("+84901234567", "1900")
	p.Send(c.Request("INVITE", siptest.SDP(1)))
	branch := c.Branch
	a := r.next()
	a.Answer()
	c.Answered(p.Expect("SIP/2.0 200", "INVITE"))
	c.Branch = branch
	p.Send(c.Numbered(c.Seq, "ACK", ""))
	a.Release(0) // waits for that ACK
	bye := p.Expect("BYE", "BYE")
	p.Send(bye.Reply("200 OK", "", ""))
	a.tells(t, "answered PCMU; gone by system  0")
}

func TestMergedInvite(t *testing.T) {
	r := newRig(t, 9)
	p := siptest.NewPeer(t, r.udp())
	c := p.NewCall("+84901234567", "1900")
	p.Send(c.Request("INVITE", siptest.SDP(1)))
	a := r.next()
	c.Branch = "z9hG4bKotherway"
	p.Send(c.Numbered(c.Seq, "INVITE", siptest.SDP(1)))
	p.Expect("SIP/2.0 482", "INVITE")
	a.Release(486)
	p.Expect("SIP/2.0 486", "INVITE")
	a.tells(t, "gone by system sip 486 busy")
}

// TestForkedAnswer: two telephones answer one INVITE; the second is thanked and hung up on.
func TestForkedAnswer(t *testing.T) {
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
	r, p := outRig(t)
	_, rec := r.dialOut(0)
	p.Expect("INVITE", "INVITE")
	rec.tells(t, "sent; rejected 408; gone by network sip 408 timeout")
}

// TestChallengeInTheirDialog is ES2021-05: who calls us and challenges our BYE gets no answer from our password.
func TestChallengeInTheirDialog(t *testing.T) {
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

// TestGlare: their re-INVITE meets ours; both are refused with 491 and ours comes again.
func TestGlare(t *testing.T) {
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
	ours("a=sendonly", "a=inactive")
	leg.Hold(false)
	ours("a=sendrecv", "a=sendonly") // they still hold
	rec.tells(t, "sent; answered PCMU; held")
	theirs(siptest.SDP(4), "a=sendrecv")
	rec.tells(t, "sent; answered PCMU; held; resumed")
	leg.Release(0)
	bye := p.Expect("BYE", "BYE")
	p.Send(bye.Reply("200 OK", "", ""))
}

// TestTargetRefresh: a re-INVITE with another Contact moves our later requests, unless it leads away from the trunk.
func TestTargetRefresh(t *testing.T) {
	r := newRig(t, 9)
	c, a := answeredCall(t, r)
	moved := siptest.NewPeer(t, r.udp())
	text := c.Request("INVITE", siptest.SDP(2))
	c.Peer.Send(strings.Replace(text, "Contact: <sip:peer@"+c.Peer.Addr(), "Contact: <sip:moved@"+moved.Addr(), 1))
	c.Peer.Expect("SIP/2.0 200", "INVITE")
	c.Peer.Send(c.Request("ACK", ""))
	a.Release(0)
	bye := moved.Expect("BYE sip:moved@", "BYE")
	moved.Send(bye.Reply("200 OK", "", ""))
	a.tells(t, "answered PCMU; gone by system  0")
}

// TestRouteSet: Record-Route of their 200 becomes our Route in reverse, and the first of it is where requests go.
func TestRouteSet(t *testing.T) {
	r, p := outRig(t)
	proxy := siptest.NewPeer(t, r.udp())
	c, leg, _ := answeredDialVia(t, r, p, proxy)
	leg.Release(0)
	bye := proxy.Expect("BYE sip:peer@", "BYE")
	if got := bye.All("Route"); len(got) != 2 || got[0] != "<sip:"+proxy.Addr()+";lr>" || got[1] != "<sip:192.0.2.50;lr>" {
		t.Errorf("Route: %q", got)
	}
	proxy.Send(bye.Reply("200 OK", "", ""))
	_ = c
}

func answeredDialVia(t *testing.T, r *rig, p, proxy *siptest.Peer) (*siptest.Call, *Leg, *recorder) {
	t.Helper()
	leg, rec := r.dialOut(0)
	invite := p.Expect("INVITE", "INVITE")
	p.Send(invite.Reply("200 OK", "peer", siptest.SDP(1), "Record-Route: <sip:192.0.2.50;lr>, <sip:"+proxy.Addr()+";lr>", "Contact: <sip:peer@192.0.2.51>"))
	proxy.Expect("ACK sip:peer@192.0.2.51", "ACK")
	rec.has(t, "answered PCMU")
	return p.Answering(invite, "peer"), leg, rec
}

// TestForeignContact: a Contact outside the trunk is passed over for where the dialog came from.
func TestForeignContact(t *testing.T) {
	r, p := outRig(t)
	leg, rec := r.dialOut(0)
	invite := p.Expect("INVITE", "INVITE")
	p.Send(invite.Reply("200 OK", "peer", siptest.SDP(1), "Contact: <sip:peer@10.0.0.8:5060>"))
	p.Expect("ACK sip:peer@10.0.0.8:5060", "ACK")
	rec.has(t, "answered PCMU")
	leg.Release(0)
	bye := p.Expect("BYE sip:peer@10.0.0.8:5060", "BYE")
	p.Send(bye.Reply("200 OK", "", ""))
}

// TestSessionTimer: we refresh at half the interval where that is ours, and end the call where theirs does not come.
func TestSessionTimer(t *testing.T) {
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

func TestTooShortASessionForThem(t *testing.T) {
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

// TestByeAfterACrash: what OnDialog wrote is enough for another process to end the call.
func TestByeAfterACrash(t *testing.T) {
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

func TestDialRefuses(t *testing.T) {
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

func TestAdmission(t *testing.T) {
	r := newRig(t, 9, func(c *Config) { c.Admit = func() (bool, time.Duration) { return false, 7 * time.Second } })
	p := siptest.NewPeer(t, r.udp())
	p.Send(p.NewCall("1", "1900").Request("INVITE", siptest.SDP(1)))
	if m := p.Expect("SIP/2.0 503", "INVITE"); m.Header("Retry-After") != "7" {
		t.Errorf("Retry-After: %q", m.Header("Retry-After"))
	}
}

// TestTrunkSwap: a trunk that is taken away is a stranger from the next packet on; its call goes on.
func TestTrunkSwap(t *testing.T) {
	r := newRig(t, 9)
	p := siptest.NewPeerAt(t, "127.0.0.2:0", r.udp())
	p.Send(p.NewCall("1", "2").Request("OPTIONS", ""))
	p.Silent(4 * testT1)
	if err := r.SetTrunks([]Trunk{{ID: "t2", Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}}}); err != nil {
		t.Fatal(err)
	}
	p.Send(p.NewCall("1", "2").Request("OPTIONS", ""))
	p.Expect("SIP/2.0 200", "OPTIONS")
	if err := r.SetTrunks([]Trunk{{ID: "t2"}}); err == nil {
		t.Error("a trunk without addresses was accepted")
	}
	p.Send(p.NewCall("1", "2").Request("OPTIONS", ""))
	p.Expect("SIP/2.0 200", "OPTIONS")
}

func TestHandlerThatForgets(t *testing.T) {
	for name, incoming := range map[string]func(Invite, *Leg){"returns": func(Invite, *Leg) {}} {
		r := newRig(t, 9, func(c *Config) { c.Incoming = incoming })
		p := siptest.NewPeer(t, r.udp())
		p.Send(p.NewCall("1", "1900").Request("INVITE", siptest.SDP(1)))
		p.Expect("SIP/2.0 500", "INVITE")
		eventually(t, func() bool { return r.Legs() == 0 }, func() string { return name + ": a leg is left" })
	}
}

// TestCancelOvertakesInvite: the CANCEL comes first, as it may when the messages take different goroutines.
func TestCancelOvertakesInvite(t *testing.T) {
	r := newRig(t, 9)
	p := siptest.NewPeer(t, r.udp())
	c := p.NewCall("+84901234567", "1900")
	invite := c.Request("INVITE", siptest.SDP(1))
	p.Send(c.Request("CANCEL", ""))
	p.Send(invite)
	p.Expect("SIP/2.0 200", "CANCEL")
	r.next().tells(t, "gone by customer cancelled sip 487 cancelled")
}

// TestRingingIsNotOvertaken sends 180 and 200 back to back, often.
func TestRingingIsNotOvertaken(t *testing.T) {
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
