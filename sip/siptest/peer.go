package siptest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"
)

// patience is how long a Peer waits for what should come at once.
const patience = 10 * time.Second

// Peer is a telephone that does what a test tells it, one message at a time. It repeats nothing by itself.
type Peer struct {
	t    *testing.T
	conn *net.UDPConn
	to   netip.AddrPort
}

// NewPeer opens a socket on 127.0.0.1. to is where it sends; "" for a peer that only answers.
func NewPeer(t *testing.T, to string) *Peer { return NewPeerAt(t, "127.0.0.1:0", to) }

// NewPeerAt is NewPeer with a local address.
func NewPeerAt(t *testing.T, local, to string) *Peer {
	t.Helper()
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(local)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	p := &Peer{t: t, conn: conn}
	if to != "" {
		p.to = netip.MustParseAddrPort(to)
	}
	return p
}

// Port is the peer's.
func (p *Peer) Port() int { return int(p.local().Port()) }

// Addr is host:port of the peer.
func (p *Peer) Addr() string { return p.local().String() }

func (p *Peer) local() netip.AddrPort { return p.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// SetTarget says where the peer sends.
func (p *Peer) SetTarget(to string) { p.to = netip.MustParseAddrPort(to) }

// Raw sends bytes as they are.
func (p *Peer) Raw(b []byte) {
	p.t.Helper()
	if _, err := p.conn.WriteToUDPAddrPort(b, p.to); err != nil {
		p.t.Fatal(err)
	}
}

// Send sends a message as Request or Reply made it.
func (p *Peer) Send(text string) {
	p.t.Helper()
	p.Raw([]byte(text))
}

// Receive returns the next message; false when none comes within wait.
func (p *Peer) Receive(wait time.Duration) (Message, bool) {
	p.t.Helper()
	buf := make([]byte, 65536)
	if err := p.conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
		p.t.Fatal(err)
	}
	n, from, err := p.conn.ReadFromUDPAddrPort(buf)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return Message{}, false
	}
	if err != nil {
		p.t.Fatal(err)
	}
	if !p.to.IsValid() {
		p.to = from
	}
	return parse(string(buf[:n])), true
}

// Expect returns the next message whose first line begins with start and whose CSeq has the method; others before it
// are passed over.
func (p *Peer) Expect(start, method string) Message {
	p.t.Helper()
	var seen []string
	for end := time.Now().Add(patience); time.Now().Before(end); {
		m, ok := p.Receive(time.Until(end))
		if !ok {
			break
		}
		if strings.HasPrefix(m.Start, start) && strings.HasSuffix(m.Header("CSeq"), " "+method) {
			return m
		}
		seen = append(seen, m.Start)
	}
	p.t.Fatalf("no %q for %s came, but %q", start, method, seen)
	return Message{}
}

// Silent fails the test if anything arrives within wait.
func (p *Peer) Silent(wait time.Duration) {
	p.t.Helper()
	if m, ok := p.Receive(wait); ok {
		p.t.Fatalf("got %q", m.Start)
	}
}

// Message is a SIP message as text.
type Message struct {
	Start, Body string
	lines       []string
}

func parse(text string) Message {
	head, body, _ := strings.Cut(text, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	return Message{Start: lines[0], lines: lines[1:], Body: body}
}

// Header is the first value of the header, "" without one.
func (m Message) Header(name string) string {
	for _, v := range m.All(name) {
		return v
	}
	return ""
}

// All are the values of the header, in order.
func (m Message) All(name string) (values []string) {
	for _, line := range m.lines {
		if k, v, _ := strings.Cut(line, ":"); strings.EqualFold(strings.TrimSpace(k), name) {
			values = append(values, strings.TrimSpace(v))
		}
	}
	return values
}

// Tag is the tag of From or To, "" without one.
func (m Message) Tag(name string) string {
	_, after, _ := strings.Cut(m.Header(name), ";tag=")
	tag, _, _ := strings.Cut(after, ";")
	return tag
}

// URI is the address in a From, To or Contact header.
func (m Message) URI(name string) string {
	_, after, _ := strings.Cut(m.Header(name), "<")
	uri, _, _ := strings.Cut(after, ">")
	return uri
}

// Reply answers the message. tag goes to To where that has none yet; extra are whole header lines.
func (m Message) Reply(status, tag, body string, extra ...string) string {
	lines := []string{"SIP/2.0 " + status}
	for _, v := range m.All("Via") {
		lines = append(lines, "Via: "+v)
	}
	to := m.Header("To")
	if tag != "" && !strings.Contains(to, ";tag=") {
		to += ";tag=" + tag
	}
	lines = append(lines, "From: "+m.Header("From"), "To: "+to, "Call-ID: "+m.Header("Call-ID"), "CSeq: "+m.Header("CSeq"))
	return finish(append(lines, extra...), body)
}

// Call is a dialog that the peer takes part in.
type Call struct {
	Peer          *Peer
	URI           string // where requests go: the number that is called, then the Contact of the answer
	ID            string
	Local, Remote string // From and To of the peer's requests
	Seq           uint32
	Branch        string // of the last request
}

// NewCall is a call from number to called at the peer's target; nothing is sent.
func (p *Peer) NewCall(number, called string) *Call {
	id := strings.TrimPrefix(newBranch(), cookie)
	uri := "sip:" + called + "@" + p.to.String()
	return &Call{Peer: p, URI: uri, ID: id, Local: "<sip:" + number + "@" + p.Addr() + ">;tag=p" + id, Remote: "<" + uri + ">"}
}

// Answering is the dialog that the peer's answer with tag to an INVITE makes.
func (p *Peer) Answering(invite Message, tag string) *Call {
	return &Call{Peer: p, URI: invite.URI("Contact"), ID: invite.Header("Call-ID"), Local: invite.Header("To") + ";tag=" + tag,
		Remote: invite.Header("From"), Seq: 100}
}

// Answered takes from a response what requests within the dialog need.
func (c *Call) Answered(m Message) {
	c.Remote = m.Header("To")
	if uri := m.URI("Contact"); uri != "" {
		c.URI = uri
	}
}

// Request is the call's next request; ACK and CANCEL have the number of the last one, CANCEL its branch too.
func (c *Call) Request(method, body string, extra ...string) string {
	if method != "ACK" && method != "CANCEL" {
		c.Seq++
	}
	if method != "CANCEL" {
		c.Branch = newBranch()
	}
	return c.Numbered(c.Seq, method, body, extra...)
}

// Numbered is a request with the CSeq and the last branch.
func (c *Call) Numbered(seq uint32, method, body string, extra ...string) string {
	lines := []string{
		method + " " + c.URI + " SIP/2.0", "Via: SIP/2.0/UDP " + c.Peer.Addr() + ";branch=" + c.Branch, "Max-Forwards: 70",
		"From: " + c.Local, "To: " + c.Remote, "Call-ID: " + c.ID, fmt.Sprintf("CSeq: %d %s", seq, method),
		"Contact: <sip:peer@" + c.Peer.Addr() + ">",
	}
	return finish(append(lines, extra...), body)
}

// finish adds the body's headers and the line ends.
func finish(lines []string, body string) string {
	if strings.HasPrefix(body, "v=") {
		lines = append(lines, "Content-Type: application/sdp")
	}
	lines = append(lines, fmt.Sprintf("Content-Length: %d", len(body)))
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}

// cookie begins every branch (RFC 3261 §8.1.1.7).
const cookie = "z9hG4bK"

func newBranch() string { return cookie + rand.Text() }

// SDP is a body with PCMU, PCMA and telephone-event. lines are added at the end.
func SDP(version int, lines ...string) string {
	return fmt.Sprintf("v=0\r\no=- 7 %d IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"+
		"m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n", version) + strings.Join(append(lines, ""), "\r\n")
}
