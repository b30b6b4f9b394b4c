package sip

import (
	"strings"
	"testing"

	"github.com/callstamp/callstamp/sip/siptest"
)

func TestByeAndAckInWrongOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t, 9)
	p, c, a := comesIn(t, r)
	a.Answer()
	c.Answered(p.Expect("SIP/2.0 200", "INVITE"))
	ack := c.Request("ACK", "")
	p.Send(c.Request("BYE", ""))
	p.Send(ack)
	p.Expect("SIP/2.0 200", "BYE")
	a.tells(t, "answered PCMU; gone by customer  0")
}

func TestRequestsAreServedInOrder(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
	r := newRig(t, 9)
	c, a := answeredCall(t, r)
	for _, row := range []struct {
		method, body, header, answer string
	}{
		{"OPTIONS", "", "X: y", "200"},
		{"INFO", "", "X: y", "200"},
		{"INFO", "<xml/>", "Content-Type: application/xml", "415"},
		{"MESSAGE", "hello", "Content-Type: text/plain", "405"},
		{"REFER", "", "Refer-To: <sip:+88190000@192.0.2.1>", "603"},
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
	t.Parallel()
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
	t.Parallel()
	r := newRig(t, 9)
	p, c, a := comesIn(t, r)
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
	t.Parallel()
	r := newRig(t, 9)
	p, c, a := comesIn(t, r)
	branch := c.Branch
	a.Answer()
	c.Answered(p.Expect("SIP/2.0 200", "INVITE"))
	c.Branch = branch
	p.Send(c.Numbered(c.Seq, "ACK", ""))
	a.Release(0) // waits for that ACK
	hearsBye(p, "BYE")
	a.tells(t, "answered PCMU; gone by system  0")
}

func TestMergedInvite(t *testing.T) {
	t.Parallel()
	r := newRig(t, 9)
	p, c, a := comesIn(t, r)
	c.Branch = "z9hG4bKotherway"
	p.Send(c.Numbered(c.Seq, "INVITE", siptest.SDP(1)))
	p.Expect("SIP/2.0 482", "INVITE")
	a.Release(486)
	p.Expect("SIP/2.0 486", "INVITE")
	a.tells(t, "gone by system sip 486 busy")
}

// TestTargetRefresh: a re-INVITE with another Contact moves our later requests, unless it leads away from the trunk.
func TestTargetRefresh(t *testing.T) {
	t.Parallel()
	r := newRig(t, 9)
	c, a := answeredCall(t, r)
	moved := siptest.NewPeer(t, r.udp())
	text := c.Request("INVITE", siptest.SDP(2))
	c.Peer.Send(strings.Replace(text, "Contact: <sip:peer@"+c.Peer.Addr(), "Contact: <sip:moved@"+moved.Addr(), 1))
	c.Peer.Expect("SIP/2.0 200", "INVITE")
	c.Peer.Send(c.Request("ACK", ""))
	a.Release(0)
	hearsBye(moved, "BYE sip:moved@")
	a.tells(t, "answered PCMU; gone by system  0")
}

// TestRouteSet: Record-Route of their 200 becomes our Route in reverse, and the first of it is where requests go.
func TestRouteSet(t *testing.T) {
	t.Parallel()
	r, p := outRig(t)
	proxy := siptest.NewPeer(t, r.udp())
	c, leg, _ := answeredDialVia(t, r, p, proxy)
	leg.Release(0)
	bye := hearsBye(proxy, "BYE sip:peer@")
	if got := bye.All("Route"); len(got) != 2 || got[0] != "<sip:"+proxy.Addr()+";lr>" || got[1] != "<sip:192.0.2.50;lr>" {
		t.Errorf("Route: %q", got)
	}
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
	t.Parallel()
	r, p := outRig(t)
	leg, rec := r.dialOut(0)
	invite := p.Expect("INVITE", "INVITE")
	p.Send(invite.Reply("200 OK", "peer", siptest.SDP(1), "Contact: <sip:peer@10.0.0.8:5060>"))
	p.Expect("ACK sip:peer@10.0.0.8:5060", "ACK")
	rec.has(t, "answered PCMU")
	leg.Release(0)
	hearsBye(p, "BYE sip:peer@10.0.0.8:5060")
}

func TestHandlerThatForgets(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
	r := newRig(t, 9)
	p := siptest.NewPeer(t, r.udp())
	c := p.NewCall("+84901234567", "1900")
	invite := c.Request("INVITE", siptest.SDP(1))
	p.Send(c.Request("CANCEL", ""))
	p.Send(invite)
	p.Expect("SIP/2.0 200", "CANCEL")
	r.next().tells(t, "gone by customer cancelled sip 487 cancelled")
}
