package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/media"
	"github.com/callstamp/callstamp/sip"
	"github.com/callstamp/callstamp/store/postgres"
)

// sipConfig turns the sip keys into the user agent's; neighbours are added by
// wire.
func sipConfig(c configs.SIP, log *slog.Logger) (sip.Config, error) {
	s := sip.Config{T1: c.T1, TrunkSilent: c.TrunkSilent, Guard: sip.GuardConfig{Rate: float64(c.SourceRate), Burst: float64(c.SourceBurst), MaxMessage: int(c.MaxMessage)}}
	for _, l := range c.Listen {
		network, addr, ok := strings.Cut(l, ":")
		if !ok {
			return s, fmt.Errorf("sip.listen %q: want transport:IP:port", l)
		}
		s.Listen = append(s.Listen, sip.Listen{Network: network, Addr: addr})
	}
	if c.TLSCert != "" {
		pair, err := readKeyPair(c.TLSCert, c.TLSKey, log)
		if err != nil {
			return s, fmt.Errorf("sip.tls_cert: %w", err)
		}
		s.TLS = pair.config()
	}
	if c.PublicIP != "" {
		ip, err := netip.ParseAddr(c.PublicIP)
		if err != nil {
			return s, fmt.Errorf("sip.public_ip: %w", err)
		}
		s.Public = ip
	}
	return s, nil
}

// trunksOf turns the stored trunks into the user agent's. One that can't be
// read is left out and named, so that the others work.
func trunksOf(c *configuration) (trunks []sip.Trunk, faults []error) {
	for _, t := range c.trunks {
		if !t.Active {
			continue
		}
		trunk, err := trunkOf(c, t)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		trunks = append(trunks, trunk)
	}
	return trunks, faults
}

func trunkOf(c *configuration, t postgres.Trunk) (sip.Trunk, error) {
	s := sip.Trunk{
		ID: t.ID, Transport: t.Transport, User: t.Username, Password: t.Secret, Register: t.Register, MaxCalls: t.MaxCalls,
		Prefixes: t.Prefixes, Realm: t.Realm, KeepAlive: time.Duration(t.OptionsUS) * time.Microsecond,
		Session: time.Duration(t.SessionUS) * time.Microsecond, StripPlus: t.StripPlus, SignalHold: t.SignalHold,
		Backups: t.Backups, Domain: t.Domain, NAT: t.NAT, PerSecond: t.PerSecond, CallerIDs: c.callerIDs(&t),
		Reliable: sip.Wish(t.Reliable), SRTP: sip.Wish(t.SRTP), TLSCA: t.TLSCA, TLSClient: t.TLSClient,
	}
	for _, codec := range t.Codecs {
		law := media.PCMA
		if codec == "pcmu" {
			law = media.PCMU
		}
		s.Laws = append(s.Laws, law)
	}
	if t.SessionUS == 0 {
		s.Session = -1 // to the user agent 0 is its default
	}
	var err error
	if s.Host, s.Port, err = hostPort(t.Host); err != nil {
		return s, fmt.Errorf("trunk %s: %w", t.ID, err)
	}
	for _, a := range t.Addresses {
		p, err := netip.ParsePrefix(a)
		if err != nil {
			return s, fmt.Errorf("trunk %s: %w", t.ID, err)
		}
		s.Allow = append(s.Allow, p)
	}
	return s, s.Validate()
}

// hostPort splits host, host:port, an IPv6 address and [address]:port. Port 0 is
// the transport's own.
func hostPort(text string) (host string, port int, err error) {
	if _, err := netip.ParseAddr(text); err == nil || !strings.Contains(text, ":") {
		return text, 0, nil
	}
	host, number, err := net.SplitHostPort(text)
	if err != nil {
		return "", 0, fmt.Errorf("host %q: %w", text, err)
	}
	n, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("host %q: port %q is not a number up to 65535", text, number)
	}
	return host, int(n), nil
}
