package wiretap

import (
	"strings"
	"time"
)

// Message is a SIP message on the wire.
type Message struct {
	Packet
	Start string // the request or status line
	Body  string
	lines []string
}

// Messages are the SIP messages since, in order; what a datagram does not begin like one is left out.
func (t *Tap) Messages(since time.Time, keep func(Packet) bool) []Message {
	var out []Message
	for _, p := range t.Packets(since, keep) {
		head, body, _ := strings.Cut(string(p.Data), "\r\n\r\n")
		lines := strings.Split(head, "\r\n")
		if strings.HasPrefix(lines[0], "SIP/2.0 ") || strings.HasSuffix(lines[0], " SIP/2.0") {
			out = append(out, Message{Packet: p, Start: lines[0], Body: body, lines: lines[1:]})
		}
	}
	return out
}

// Method is what the message asks for or answers, from its CSeq.
func (m Message) Method() string {
	_, method, _ := strings.Cut(m.Header("CSeq"), " ")
	return method
}

// Request says whether the message asks.
func (m Message) Request() bool { return !strings.HasPrefix(m.Start, "SIP/2.0 ") }

// Header is the first value of the header, "" without one.
func (m Message) Header(name string) string {
	for _, line := range m.lines {
		if k, v, _ := strings.Cut(line, ":"); strings.EqualFold(strings.TrimSpace(k), name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// Direction is the SDP's, "sendrecv" where it says nothing (RFC 8866 §6.7), "" without a body.
func (m Message) Direction() string {
	if m.Body == "" {
		return ""
	}
	for line := range strings.Lines(m.Body) {
		switch d := strings.TrimPrefix(strings.TrimSpace(line), "a="); d {
		case "sendrecv", "sendonly", "recvonly", "inactive":
			return d
		}
	}
	return "sendrecv"
}
