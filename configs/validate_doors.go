package configs

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

func (c Config) checkHTTP(p *problems) {
	h := c.HTTP
	if _, _, ok := hostPort(h.Listen); !ok {
		p.add("http.listen", "%q cannot be listened on; write host:port such as 127.0.0.1:8080", h.Listen)
	}
	pair(p, "http", h.TLSCert, h.TLSKey)
	for _, origin := range h.AllowedOrigins {
		if !isOrigin(origin) {
			p.add("http.allowed_origins", "%q matches no browser's Origin; write scheme and host alone, such as https://crm.example.com", origin)
		}
	}
	if h.PublicURL != "" && !isOrigin(h.PublicURL) {
		p.add("http.public_url", "%q cannot stand before a path in a link; write scheme and host alone, such as https://calls.example.com", h.PublicURL)
	}
}

// pair reports a certificate without its key, or a key alone.
func pair(p *problems, section, cert, key string) {
	if (cert == "") != (key == "") {
		p.add(section+".tls_cert", "certificate and key only work together; set %s.tls_key too, or neither", section)
	}
}

// isOrigin accepts what RFC 6454 §6.2 writes: scheme, host and perhaps port, nothing after it.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.Scheme+"://"+u.Host == text
}

// hostPort splits host:port; an empty host means every address, port 0 any free one.
func hostPort(text string) (host string, port int, ok bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return "", 0, false
	}
	host = strings.TrimSuffix(strings.TrimPrefix(text[:i], "["), "]")
	n, err := strconv.ParseUint(text[i+1:], 10, 16)
	if err != nil || strings.Contains(host, ":") && !isIP(host) {
		return "", 0, false
	}
	return host, int(n), true
}

func isIP(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}

func (c Config) checkSIP(p *problems) {
	s := c.SIP
	if len(s.Listen) == 0 {
		p.add("sip.listen", "no trunk could reach us; list at least one, such as udp:127.0.0.1:5060")
	}
	seen := map[string]bool{}
	for _, listen := range s.Listen {
		c.checkSIPListen(p, listen)
		if seen[listen] {
			p.add("sip.listen", "%s is listed twice and could be opened only once; remove one", listen)
		}
		seen[listen] = true
	}
	pair(p, "sip", s.TLSCert, s.TLSKey)
	publicIP(p, "sip.public_ip", s.PublicIP)
	p.within(bound{"sip.t1", s.T1, 100 * time.Millisecond, 5 * time.Second, "a request is repeated after T1, so it is a round trip at the least, and 64 of them are the end"})
	p.within(bound{"sip.trunk_silent", s.TrunkSilent, 500 * time.Millisecond, 32 * time.Second, "100 Trying may take 200 ms and a round trip, and after 32 s SIP itself gives up"})
	p.counts(
		count{"sip.source_rate", s.SourceRate, 1, 100000, "a trunk needs some ten messages for each call and a flood has to be cut off"},
		count{"sip.source_burst", s.SourceBurst, s.SourceRate, 1000000, "a burst is at least one second's rate (sip.source_rate)"},
	)
	if s.MaxMessage < 1500 || s.MaxMessage > 64<<10 {
		p.add("sip.max_message", "%v is outside 1500B to 64KiB, because a usual INVITE must fit and UDP carries no more; choose a value within", s.MaxMessage)
	}
}

func (c Config) checkSIPListen(p *problems, listen string) {
	transport, address, _ := strings.Cut(listen, ":")
	host, port, ok := hostPort(address)
	switch {
	case transport != "udp" && transport != "tcp" && transport != "tls":
		p.add("sip.listen", "%q begins with no transport; write udp:, tcp: or tls: before the address", listen)
	case !ok || !isIP(host):
		p.add("sip.listen", "%q names no address of this machine; write transport:IP:port such as udp:127.0.0.1:5060", listen)
	case transport == "tls" && c.SIP.TLSCert == "":
		p.add("sip.listen", "%s has no certificate to show; set sip.tls_cert and sip.tls_key", listen)
	case transport == "udp" && c.Media.RTPPorts.holds(port):
		p.add("sip.listen", "%s lies in media.rtp_ports (%v), so a call could take its port; move one of them", listen, c.Media.RTPPorts)
	}
}

func publicIP(p *problems, key, ip string) {
	if ip != "" && !isIP(ip) {
		p.add(key, "%q is no IP address and would be sent to the peer as one; write the address that others see, or leave it empty", ip)
	}
}
