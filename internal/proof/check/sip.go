package check

import (
	"net/netip"
	"strconv"
	"strings"
)

// message is what the checker reads of a SIP message.
type message struct {
	method string // of the request; of a response: its CSeq's
	status int    // 0 for a request
	callID string
	cseq   int
	from   string // user part
	to     string
	tags   [2]string // of From and To
	sdp    *description
}

// description is what the checker reads of an SDP.
type description struct {
	media netip.AddrPort
	dir   string // sendrecv, sendonly, recvonly, inactive
	event int    // payload type of telephone-event, -1 = none
}

// parseSIP reads b; ok is false for what is no whole SIP message.
func parseSIP(b []byte) (m message, ok bool) {
	head, body, found := strings.Cut(string(b), "\r\n\r\n")
	if !found {
		return m, false
	}
	lines := strings.Split(head, "\r\n")
	first := strings.Fields(lines[0])
	if len(first) < 3 {
		return m, false
	}
	switch {
	case first[0] == "SIP/2.0":
		m.status, _ = strconv.Atoi(first[1])
		if m.status < 100 {
			return m, false
		}
	case first[len(first)-1] == "SIP/2.0":
		m.method = first[0]
	default:
		return m, false
	}
	for _, line := range lines[1:] {
		m.header(line)
	}
	if body != "" {
		m.sdp = parseSDP(body)
	}
	return m, m.callID != "" && m.method != ""
}

func (m *message) header(line string) {
	name, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "call-id", "i":
		m.callID = value
	case "from", "f":
		m.from, m.tags[0] = userOf(value), tagOf(value)
	case "to", "t":
		m.to, m.tags[1] = userOf(value), tagOf(value)
	case "cseq":
		part := strings.Fields(value)
		if len(part) == 2 {
			m.cseq, _ = strconv.Atoi(part[0])
			m.method = part[1]
		}
	}
}

// userOf returns the user part of the SIP URI in a From or To.
func userOf(value string) string {
	_, rest, found := strings.Cut(value, "sip:")
	if !found {
		return ""
	}
	user, _, found := strings.Cut(rest, "@")
	if !found {
		return ""
	}
	user, _, _ = strings.Cut(user, ";")
	return user
}

// tagOf returns the tag of a From or To.
func tagOf(value string) string {
	_, params, _ := strings.Cut(value, ">")
	for p := range strings.SplitSeq(params, ";") {
		if k, v, _ := strings.Cut(strings.TrimSpace(p), "="); k == "tag" {
			return v
		}
	}
	return ""
}

func parseSDP(body string) *description {
	d := &description{dir: "sendrecv", event: -1}
	var ip, port string
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "c=IN IP4 "):
			ip = line[len("c=IN IP4 "):]
		case strings.HasPrefix(line, "m=audio ") && port == "":
			port, _, _ = strings.Cut(line[len("m=audio "):], " ")
		case line == "a=sendrecv", line == "a=sendonly", line == "a=recvonly", line == "a=inactive":
			d.dir = line[2:]
		case strings.HasPrefix(line, "a=rtpmap:") && strings.Contains(line, " telephone-event/"):
			pt, _, _ := strings.Cut(line[len("a=rtpmap:"):], " ")
			if n, err := strconv.Atoi(pt); err == nil {
				d.event = n
			}
		}
	}
	media, err := netip.ParseAddrPort(ip + ":" + port)
	if err != nil {
		return nil
	}
	d.media = media
	return d
}
