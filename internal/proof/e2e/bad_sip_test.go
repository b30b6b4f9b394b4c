package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/sip/siptest"
)

// silence is how long nothing may come where nothing is owed.
const silence = 400 * time.Millisecond

// TestBadSIP sends what is broken, foreign or unanswerable. Each gets the answer it is owed, or none; nothing of it makes
// a call; the server lives and its books balance.
func TestBadSIP(t *testing.T) {
	t.Parallel()
	h := open(t)
	drop := func(header string) func(string) string {
		line := regexp.MustCompile(`(?m)^` + header + `: .*\r\n`)
		return func(invite string) string { return line.ReplaceAllString(invite, "") }
	}
	swap := func(old, with string) func(string) string {
		return func(invite string) string { return strings.Replace(invite, old, with, 1) }
	}
	for _, row := range []struct {
		name  string
		spoil func(string) string
		want  string // of the status line; "" is silence
	}{
		{"no Via", drop("Via"), ""},
		{"no From", drop("From"), "400"},
		{"no To", drop("To"), "400"},
		{"no Call-ID", drop("Call-ID"), "400"},
		{"no CSeq", drop("CSeq"), "400"},
		{"no Max-Forwards", drop("Max-Forwards"), "400"},
		{"no Contact", drop("Contact"), "400"},
		{"cut in the headers", func(s string) string { return s[:len(s)/3] }, "400"},
		{"cut in the body", func(s string) string { return s[:len(s)-20] }, "400"},
		{"a header line without a colon", swap("Max-Forwards: ", "Max-Forwards "), "400"},
		{"another version", swap(" SIP/2.0\r\n", " SIP/3.0\r\n"), "505"},
		{"an unknown method", func(s string) string { return strings.ReplaceAll(s, "INVITE", "DANCE") }, "405"},
		{"an unknown extension", swap("Max-Forwards", "Require: time-travel\r\nMax-Forwards"), "420"},
		{"a body of another kind", swap("application/sdp", "text/plain"), "415"},
		{"oversized", swap("Max-Forwards", "X-Long: "+strings.Repeat("x", 20<<10)+"\r\nMax-Forwards"), ""},
		{"bad SDP", swap("v=0\r\n", "v=x\r\n"), "488"},
		{"no common codec", swap("RTP/AVP 0 8 101", "RTP/AVP 3 4 101"), "488"},
		{"an unknown number", swap("sip:1900@", "sip:1999@"), "404"},
		{"not SIP at all", func(string) string { return "GET / HTTP/1.1\r\nHost: x\r\n\r\n" }, ""},
	} {
		peer := siptest.NewPeer(t, h.SIPAddr())
		peer.Send(row.spoil(peer.NewCall("+84901234567", "1900").Request("INVITE", siptest.SDP(1))))
		if row.want == "" {
			peer.Silent(silence)
			continue
		}
		if got := finalStatus(t, peer); !strings.HasPrefix(got, row.want) {
			t.Errorf("%s: answered %q, want %s", row.name, got, row.want)
		}
	}
	stranger := siptest.NewPeerAt(t, "127.0.0.9:0", h.SIPAddr())
	stranger.Send(stranger.NewCall("+84901234567", "1900").Request("INVITE", siptest.SDP(1)))
	stranger.Send(stranger.NewCall("+84901234567", "1900").Request("OPTIONS", ""))
	stranger.Silent(silence)
	if n := len(h.tap.Packets(h.Server.Began, h.toStranger)); n != 0 {
		t.Errorf("%d packets went to a stranger", n)
	}

	good := h.pickUp(t)
	good.dial("1900")
	h.farHearsMusic(t)
	good.hangUp()
	if calls := h.SQL.ClosedCalls(1); calls[0]["exit"] != "abandoned_short" {
		t.Errorf("the good call is recorded as %v", calls[0])
	}
	if n := h.SQL.Count(`SELECT count(DISTINCT call_id) FROM stamps WHERE call_id <> ''`); n != 1 {
		t.Errorf("%d calls were stamped, want the good one alone", n)
	}
	h.balanced(t)
}

// finalStatus is the first response that is not provisional, "404 Not Found".
func finalStatus(t *testing.T, p *siptest.Peer) string {
	t.Helper()
	for end := time.Now().Add(rig.Patience); time.Now().Before(end); {
		m, ok := p.Receive(time.Until(end))
		if ok && !strings.HasPrefix(m.Start, "SIP/2.0 1") {
			return strings.TrimPrefix(m.Start, "SIP/2.0 ")
		}
	}
	return fmt.Sprintf("nothing within %s", rig.Patience)
}
