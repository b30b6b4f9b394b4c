package phonenet

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// media is what a phone reads in an SDP: where to send, in which law, and
// whether it may.
type media struct {
	to    netip.AddrPort
	pt    uint8 // 0 = PCMU, 8 = PCMA
	event uint8 // telephone-event; 0 = none
	dir   string
}

// parseSDP reads the first audio line; a law that we do not speak is an error.
func parseSDP(b []byte) (m media, err error) {
	var ip string
	var port int
	m.dir = "sendrecv"
	laws := false
	for line := range strings.Lines(string(b)) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "c=IN IP4 "):
			ip = strings.TrimPrefix(line, "c=IN IP4 ")
		case strings.HasPrefix(line, "m=audio "):
			part := strings.Fields(line)
			if len(part) < 4 {
				return m, fmt.Errorf("media line %q", line)
			}
			if port, err = strconv.Atoi(part[1]); err != nil {
				return m, fmt.Errorf("media line %q: %w", line, err)
			}
			for _, pt := range part[3:] {
				if pt == "0" || pt == "8" {
					m.pt, laws = pt[0]-'0', true
					break
				}
			}
		case strings.HasPrefix(line, "a=rtpmap:") && strings.Contains(line, "telephone-event/8000"):
			n, _, _ := strings.Cut(strings.TrimPrefix(line, "a=rtpmap:"), " ")
			if v, err := strconv.ParseUint(n, 10, 7); err == nil {
				m.event = uint8(v)
			}
		case line == "a=sendonly", line == "a=recvonly", line == "a=inactive", line == "a=sendrecv":
			m.dir = line[2:]
		}
	}
	addr, err := netip.ParseAddr(ip)
	if err != nil || !laws {
		return m, fmt.Errorf("no audio that we speak in SDP (address %q)", ip)
	}
	m.to = netip.AddrPortFrom(addr, uint16(port))
	return m, nil
}

// mirror is the direction that answers an offered one (RFC 3264 §6.1).
func mirror(offered string) string {
	switch offered {
	case "sendonly":
		return "recvonly"
	case "recvonly":
		return "sendonly"
	}
	return offered
}

// writeSDP is our offer or answer.
func writeSDP(at netip.AddrPort, version int, dir string, laws ...int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "v=0\r\no=- 1 %d IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n", version, at.Addr(), at.Addr())
	fmt.Fprintf(&b, "m=audio %d RTP/AVP", at.Port())
	for _, l := range laws {
		fmt.Fprintf(&b, " %d", l)
	}
	b.WriteString(" 101\r\n")
	for _, l := range laws {
		fmt.Fprintf(&b, "a=rtpmap:%d %s/8000\r\n", l, map[int]string{0: "PCMU", 8: "PCMA"}[l])
	}
	fmt.Fprintf(&b, "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=%s\r\n", dir)
	return []byte(b.String())
}
