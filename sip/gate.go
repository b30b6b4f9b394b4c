package sip

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// verdict is what the gate says of one message before any parser sees it.
type verdict struct {
	pass  bool
	first bool   // a request that begins something: what the parser makes nothing of deserves an answer
	reply []byte // to be sent back to the source when !pass; nil: silence
}

// maxHeaders is far above what real messages carry (20 to 30).
const maxHeaders = 128

// raw is a message cut into lines, nothing more: the gate must not trust the parser that it guards.
type raw struct {
	start   string
	names   []string // canonical lower case
	values  []string // unfolded
	body    []byte
	rest    bool // the header section had no end
	request bool
	method  string
}

// compact forms of RFC 3261 §7.3.3 that concern the gate.
var compact = map[string]string{"v": "via", "f": "from", "t": "to", "i": "call-id", "l": "content-length", "m": "contact", "c": "content-type"}

// judge looks at one datagram, or at one message of a stream: it must be framed, have each mandatory header once
// (§8.1.1) and agree with itself. A request that is not and has a Via gets the status that it is owed; a response or an
// ACK that is not gets nothing.
func judge(data []byte) verdict {
	if len(bytes.Trim(data, "\r\n\x00 ")) == 0 {
		return verdict{pass: len(data) <= 4} // keep-alive (RFC 5626 §3.5.1)
	}
	m, ok := cut(data)
	if !ok {
		return verdict{}
	}
	code, text := m.fault()
	if code == 0 {
		begins := m.request && m.method != "ACK" && !strings.Contains(strings.ToLower(m.first("to")), "tag")
		return verdict{pass: true, first: begins}
	}
	if !m.request || m.method == "ACK" {
		return verdict{}
	}
	return verdict{reply: m.refusal(code, text)}
}

// cut splits the message; false when its first line is not SIP's.
func cut(data []byte) (raw, bool) {
	head, body, ended := bytes.Cut(data, []byte("\r\n\r\n"))
	m := raw{body: body, rest: !ended}
	lines := strings.Split(string(head), "\r\n")
	m.start = lines[0]
	for _, line := range lines[1:] {
		if line != "" && (line[0] == ' ' || line[0] == '\t') && len(m.values) > 0 {
			m.values[len(m.values)-1] += " " + strings.TrimSpace(line)
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		if !ok || !isToken(name) || len(m.names) > maxHeaders {
			m.names, m.values = append(m.names, ""), append(m.values, "")
			continue
		}
		if long, ok := compact[name]; ok {
			name = long
		}
		m.names, m.values = append(m.names, name), append(m.values, strings.TrimSpace(value))
	}
	if strings.HasPrefix(m.start, "SIP/") {
		return m, true
	}
	parts := strings.Split(m.start, " ")
	m.request, m.method = true, parts[0]
	return m, isToken(parts[0]) && len(parts[0]) <= maxMethod && strings.Contains(m.start, "SIP/")
}

// fault returns the status that the message deserves and why, or 0.
func (m *raw) fault() (int, string) {
	switch {
	case m.rest:
		return 400, "No end of headers"
	case len(m.names) > maxHeaders:
		return 400, "Too many headers"
	case m.has("") > 0:
		return 400, "Bad header line"
	case m.request && len(strings.Split(m.start, " ")) != 3:
		return 400, "Bad request line"
	case m.request && !strings.HasSuffix(m.start, " SIP/2.0"):
		return 505, "Version Not Supported"
	}
	for _, name := range []string{"From", "To", "Call-ID", "CSeq"} {
		switch m.has(strings.ToLower(name)) {
		case 0:
			return 400, "Missing " + name
		case 1:
		default:
			return 400, "Multiple " + name
		}
	}
	if m.has("via") == 0 {
		return 400, "Missing Via"
	}
	if m.method == "INVITE" && m.has("contact") == 0 { // what the dialog's requests are sent to (§8.1.1.8)
		return 400, "Missing Contact"
	}
	if m.request && m.has("max-forwards") == 0 {
		return 400, "Missing Max-Forwards"
	}
	if n, err := strconv.Atoi(m.first("max-forwards")); m.request && (err != nil || n < 0 || n > 255) {
		return 400, "Bad Max-Forwards"
	}
	if m.first("call-id") == "" {
		return 400, "Empty Call-ID"
	}
	for _, name := range []string{"From", "To"} {
		if !strings.Contains(m.first(strings.ToLower(name)), ":") {
			return 400, "Bad " + name
		}
	}
	if text := m.cseqFault(); text != "" {
		return 400, text
	}
	return m.lengthFault()
}

func (m *raw) cseqFault() string {
	fields := strings.Fields(m.first("cseq"))
	if len(fields) != 2 {
		return "Bad CSeq"
	}
	if _, err := strconv.ParseUint(fields[0], 10, 31); err != nil { // §8.1.1.5: below 2³¹
		return "Bad CSeq number"
	}
	if m.request && fields[1] != m.method {
		return "CSeq method mismatch"
	}
	return ""
}

// lengthFault checks Content-Length against what came (§18.3).
func (m *raw) lengthFault() (int, string) {
	switch m.has("content-length") {
	case 0:
		return 0, ""
	case 1:
	default:
		return 400, "Multiple Content-Length"
	}
	n, err := strconv.ParseUint(m.first("content-length"), 10, 31)
	if err != nil {
		return 400, "Bad Content-Length"
	}
	if int(n) > len(m.body) {
		return 400, "Body shorter than Content-Length"
	}
	return 0, ""
}

// refuse is the refusal of a message that only the parser found fault with.
func refuse(data []byte) []byte {
	m, _ := cut(data)
	return m.refusal(400, "Bad Request")
}

// refusal builds a response from whatever the request had; without Via it would find nobody.
func (m *raw) refusal(code int, text string) []byte {
	if m.has("via") == 0 {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "SIP/2.0 %d %s\r\n", code, text)
	for i, name := range m.names {
		title, ok := map[string]string{"via": "Via", "from": "From", "to": "To", "call-id": "Call-ID", "cseq": "CSeq"}[name]
		if !ok {
			continue
		}
		value := strings.Map(printable, m.values[i])
		if name == "to" && !strings.Contains(strings.ToLower(value), "tag") {
			value += ";tag=gate"
		}
		fmt.Fprintf(&b, "%s: %s\r\n", title, value)
	}
	b.WriteString("Content-Length: 0\r\n\r\n")
	return []byte(b.String())
}

// printable drops control characters: a bare CR or LF inside a value would begin a line of its own.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

func (m *raw) has(name string) (n int) {
	for _, have := range m.names {
		if have == name {
			n++
		}
	}
	return n
}

func (m *raw) first(name string) string {
	for i, have := range m.names {
		if have == name {
			return m.values[i]
		}
	}
	return ""
}

// maxMethod is longer than any method that there is.
const maxMethod = 32

// isToken is RFC 3261 §25.1's token.
func isToken(s string) bool {
	if s == "" {
		return false
	}
	for _, c := range []byte(s) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-.!%*_+`'~", c) >= 0) {
			return false
		}
	}
	return true
}
