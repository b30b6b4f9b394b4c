package sip

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/callstamp/callstamp/sip/siptest"
)

// well is a request that nothing is wrong with, its headers in lines.
func well(via string) []string {
	return []string{
		"INVITE sip:1900@127.0.0.1 SIP/2.0", "Via: SIP/2.0/UDP " + via + ";branch=z9hG4bK1;rport", "From: <sip:a@127.0.0.1>;tag=1",
		"To: <sip:1900@127.0.0.1>", "Call-ID: gate", "CSeq: 1 INVITE", "Max-Forwards: 70", "Contact: <sip:a@127.0.0.1>",
	}
}

func message(lines []string) []byte { return []byte(strings.Join(lines, "\r\n") + "\r\n\r\n") }

func change(lines []string, from, to string) []byte {
	return bytes.Replace(message(lines), []byte(from), []byte(to), 1)
}

// badMessages are what the wire may bring; answer is the first line owed, "" is silence. Much of it is RFC 4475.
func badMessages(via string) map[string]struct {
	bytes  []byte
	answer string
} {
	w := well(via)
	options := append([]string{"OPTIONS soap:1900 SIP/2.0"}, w[1:]...) // an INVITE's 416 would be repeated
	options[5] = "CSeq: 1 OPTIONS"
	type row = struct {
		bytes  []byte
		answer string
	}
	rows := map[string]row{
		"garbage":                {[]byte("\x00\xff\x17 hello"), ""},
		"HTTP":                   {[]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), ""},
		"line ends":              {[]byte("\r\n\r\n"), ""},
		"many line ends":         {[]byte(strings.Repeat("\r\n", 40)), ""},
		"truncated start line":   {[]byte("INVITE sip:19"), ""},
		"truncated headers":      {[]byte(strings.Join(w[:5], "\r\n")), "SIP/2.0 400 No end of headers"},
		"oversized":              {change(w, "Contact", "X: "+strings.Repeat("x", 20000)+"\r\nContact"), ""},
		"too many headers":       {change(w, "Contact", strings.Repeat("X: y\r\n", 200)+"Contact"), "SIP/2.0 400 Too many headers"},
		"header without colon":   {change(w, "Contact: ", "Contact "), "SIP/2.0 400 Bad header line"},
		"CSeq of another method": {change(w, "1 INVITE\r", "1 BYE\r"), "SIP/2.0 400 CSeq method mismatch"},
		"CSeq without method":    {change(w, "1 INVITE\r", "1\r"), "SIP/2.0 400 Bad CSeq"},
		"CSeq beyond 2^31":       {change(w, "1 INVITE\r", "36893488147419103232 INVITE\r"), "SIP/2.0 400 Bad CSeq number"},
		"Max-Forwards beyond":    {change(w, ": 70", ": 300"), "SIP/2.0 400 Bad Max-Forwards"},
		"two From":               {change(w, "To:", "From: <sip:b@c>;tag=2\r\nTo:"), "SIP/2.0 400 Multiple From"},
		"two Call-ID, one short": {change(w, "CSeq", "i: other\r\nCSeq"), "SIP/2.0 400 Multiple Call-ID"},
		"empty Call-ID":          {change(w, "Call-ID: gate", "Call-ID: "), "SIP/2.0 400 Empty Call-ID"},
		"negative length":        {change(w, "Contact", "Content-Length: -1\r\nContact"), "SIP/2.0 400 Bad Content-Length"},
		"length beyond the body": {change(w, "Contact", "Content-Length: 9999\r\nContact"), "SIP/2.0 400 Body shorter than Content-Length"},
		"two lengths":            {change(w, "Contact", "Content-Length: 0\r\nl: 0\r\nContact"), "SIP/2.0 400 Multiple Content-Length"},
		"SIP/7.0":                {change(w, "1 SIP/2.0", "1 SIP/7.0"), "SIP/2.0 505 Version Not Supported"},
		"two spaces":             {change(w, "INVITE sip", "INVITE  sip"), "SIP/2.0 400 Bad request line"},
		"space at the end":       {change(w, "1 SIP/2.0\r", "1 SIP/2.0 \r"), "SIP/2.0 400 Bad request line"},
		"space in the URI":       {change(w, "sip:1900@127.0.0.1 ", "sip:1900@127.0.0.1; lr "), "SIP/2.0 400 Bad request line"},
		"URI in brackets":        {change(w, "sip:1900@127.0.0.1 ", "<sip:1900@127.0.0.1> "), "SIP/2.0 400 Bad Request"},
		"unbalanced quotes":      {change(w, "To: <", `To: "Mr <`), "SIP/2.0 400 Bad Request"},
		"To is a word":           {change(w, "To: <sip:1900@127.0.0.1>", "To: nobody"), "SIP/2.0 400 Bad To"},
		"unknown scheme":         {message(options), "SIP/2.0 416 Unsupported URI Scheme"},
		"bad SDP":                {change(w, "Contact", "Content-Type: application/sdp\r\nContent-Length: 4\r\nContact"), "SIP/2.0 400 Body shorter"},
		"response to nothing":    {[]byte("SIP/2.0 200 OK\r\n" + strings.Join(w[1:], "\r\n") + "\r\n\r\n"), ""},
		"response without CSeq":  {[]byte("SIP/2.0 200 OK\r\n" + strings.Join(w[1:5], "\r\n") + "\r\n\r\n"), ""},
		"ACK without CSeq":       {change(append([]string{"ACK sip:a@b SIP/2.0"}, w[1:5]...), "x", "x"), ""},
	}
	for i, name := range []string{"Via", "From", "To", "Call-ID", "CSeq", "Max-Forwards", "Contact"} {
		lines := append(append([]string{}, w[:i+1]...), w[i+2:]...)
		answer := "SIP/2.0 400 Missing " + name
		if name == "Via" {
			answer = "" // nobody to send it to
		}
		rows["without "+name] = row{message(lines), answer}
	}
	return rows
}

// TestBadMessages sends each to the running UA and asks after each whether it lives.
func TestBadMessages(t *testing.T) {
	r := newRig(t, 9)
	p := siptest.NewPeer(t, r.udp())
	for name, row := range badMessages(p.Addr()) {
		p.Raw(row.bytes)
		if row.answer != "" {
			m, ok := p.Receive(patience)
			if !ok || !strings.HasPrefix(m.Start, row.answer) {
				t.Errorf("%s: %q, want %q", name, m.Start, row.answer)
			}
		}
		p.Send(p.NewCall("1", "2").Request("OPTIONS", ""))
		if m, ok := p.Receive(patience); !ok || m.Start != "SIP/2.0 200 OK" || !strings.HasSuffix(m.Header("CSeq"), "OPTIONS") {
			t.Fatalf("%s: then %q", name, m.Start) // anything else would be an answer that nobody owed
		}
	}
	if n := r.Legs(); n != 0 || len(r.incoming) != 0 {
		t.Errorf("%d legs, %d calls", n, len(r.incoming))
	}
}

// TestUnknownSource: not one byte goes back, whatever it sends.
func TestUnknownSource(t *testing.T) {
	r := newRig(t, 9)
	p := siptest.NewPeerAt(t, "127.0.0.9:0", r.udp())
	sent := uint64(0)
	for _, row := range badMessages(p.Addr()) {
		p.Raw(row.bytes)
		sent++
	}
	for _, method := range []string{"OPTIONS", "INVITE", "REGISTER", "BYE"} {
		p.Send(p.NewCall("1", "1900").Request(method, siptest.SDP(1)))
		sent++
	}
	eventually(t, func() bool { return r.Counts().Unknown == sent }, func() string { return fmt.Sprint(r.Counts()) })
	p.Silent(10 * testT1)
	conn, err := net.DialTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)}, net.TCPAddrFromAddrPort(r.Addr("tcp")))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("read %d bytes, %v", n, err)
	}
}

// TestFlood: what is beyond the burst is dropped without an answer; the next second is another one.
func TestFlood(t *testing.T) {
	b := newBuckets(10, 20)
	a, now := netip.MustParseAddr("192.0.2.1"), time.Now()
	passed := 0
	for range 100 {
		if b.take(a, now) {
			passed++
		}
	}
	if passed != 20 {
		t.Errorf("%d passed of a burst of 20", passed)
	}
	if !b.take(netip.MustParseAddr("192.0.2.2"), now) {
		t.Error("another source pays for it")
	}
	if b.take(a, now.Add(50*time.Millisecond)) || !b.take(a, now.Add(150*time.Millisecond)) {
		t.Error("the bucket does not fill at 10 a second")
	}
	for i := range 3 * maxSources {
		b.take(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), now)
	}
	if len(b.sources) > maxSources {
		t.Errorf("%d sources kept", len(b.sources))
	}
	if !b.take(netip.MustParseAddr("2001:db8::1"), now) || len(b.sources) > maxSources {
		t.Error("IPv6")
	}
}

func FuzzJudge(f *testing.F) {
	for _, row := range badMessages("127.0.0.1:5060") {
		f.Add(row.bytes)
	}
	f.Add(message(well("127.0.0.1:5060")))
	parser := sip.NewParser()
	f.Fuzz(func(t *testing.T, data []byte) {
		v := judge(data)
		if v.pass {
			touch(parser, data)
			return
		}
		if v.reply == nil {
			return
		}
		m, ok := cut(v.reply)
		if !ok || m.rest || m.request || strings.Count(string(v.reply), "\r\n\r\n") != 1 {
			t.Fatalf("refusal cannot be read: %q", v.reply)
		}
	})
}

// touch parses a message that the gate let in and reads what the handlers read: none of it may panic.
func touch(parser *sip.Parser, data []byte) {
	msg, err := parser.ParseSIP(data)
	if err != nil {
		return
	}
	_, _, _ = msg.Via(), msg.CSeq(), msg.ContentLength()
	if req, ok := msg.(*sip.Request); ok && unusable(req) == "" {
		_ = inviteOf(inbound{req: req}, &trunk{})
		d := newUAS(req, "t", "t")
		_, _, _, _ = d.hop()
		_, _ = sessionAnswer(req)
		_ = sip.NewResponseFromRequest(req, 200, "OK", nil).String()
	}
}

// TestConnections over TCP: a call, refused connections beyond the limit, deadlines.
func TestConnections(t *testing.T) {
	r := newRig(t, 9, func(c *Config) {
		c.Guard = GuardConfig{PerSource: 2, FirstWait: 150 * time.Millisecond, IdleWait: 400 * time.Millisecond}
	})
	dial := func() net.Conn {
		t.Helper()
		conn, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(r.Addr("tcp")))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	closedAfter := func(conn net.Conn) time.Duration {
		start := time.Now()
		_ = conn.SetReadDeadline(start.Add(patience))
		if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Errorf("read %d bytes, %v", n, err)
		}
		return time.Since(start)
	}
	slow, half := dial(), dial()
	if _, err := half.Write([]byte("OPTIONS sip:")); err != nil {
		t.Fatal(err)
	}
	if closedAfter(dial()) > 100*time.Millisecond {
		t.Error("the third connection was not closed at once")
	}
	if d := closedAfter(slow); d < 50*time.Millisecond || d > 5*time.Second {
		t.Errorf("an idle connection was closed after %v", d)
	}
	closedAfter(half)

	eventually(t, func() bool { // the places are free again
		conn := dial()
		defer conn.Close()
		return strings.HasPrefix(overTCP(conn, "OPTIONS"), "SIP/2.0 200")
	}, func() string { return "no answer over TCP" })
}

// overTCP sends a request in two pieces after a ping and returns what comes back.
func overTCP(conn net.Conn, method string) string {
	lines := append(well("127.0.0.1:9"), "Content-Length: 0")
	lines[0], lines[5] = method+" sip:1900@127.0.0.1 SIP/2.0", "CSeq: 1 "+method
	lines[1] = "Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKtcp"
	text := message(lines)
	_, _ = conn.Write([]byte("\r\n\r\n"))
	_, _ = conn.Write(text[:20])
	_, _ = conn.Write(text[20:])
	var got []byte
	buf := make([]byte, 4096)
	_ = conn.SetReadDeadline(time.Now().Add(time.Second))
	for !bytes.Contains(got, []byte("\r\n\r\n")) || len(got) <= 4 {
		n, err := conn.Read(buf)
		got = append(got, buf[:n]...)
		if err != nil {
			break
		}
	}
	return strings.TrimPrefix(string(got), "\r\n")
}

func TestFrame(t *testing.T) {
	for _, row := range []struct {
		name, bytes string
		size        int
		bad         bool
	}{
		{"not yet", "OPTIONS sip:a SIP/2.0\r\nVia: x\r\n", 0, false},
		{"no body", "A\r\nl: 0\r\n\r\nB", 11, false},
		{"body not whole", "A\r\nContent-Length: 5\r\n\r\n1234", 0, false},
		{"body and more", "A\r\nContent-Length: 4\r\n\r\n12345", 28, false},
		{"absurd length", "A\r\nContent-Length: 99999\r\n\r\n", 0, true},
		{"no number", "A\r\nContent-Length: x\r\n\r\n", 0, true},
		{"endless headers", strings.Repeat("A: b\r\n", 400), 0, true},
	} {
		size, err := frame([]byte(row.bytes), 2000)
		if size != row.size || (err != nil) != row.bad {
			t.Errorf("%s: %d, %v", row.name, size, err)
		}
	}
}
