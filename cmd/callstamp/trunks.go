package main

import (
	"fmt"
	"log/slog"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/sip"
	"github.com/callstamp/callstamp/store/postgres"
)

// sipConfig turns the sip keys into the user agent's; neighbours are added by
// wire.
func sipConfig(c configs.SIP, log *slog.Logger) (sip.Config, error) {
	s := sip.Config{T1: c.T1, Guard: sip.GuardConfig{Rate: float64(c.SourceRate), Burst: float64(c.SourceBurst), MaxMessage: int(c.MaxMessage)}}
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
func trunksOf(stored []postgres.Trunk) (trunks []sip.Trunk, faults []error) {
	for _, t := range stored {
		if !t.Active {
			continue
		}
		trunk, err := trunkOf(t)
		if err != nil {
			faults = append(faults, fmt.Errorf("trunk %s: %w", t.ID, err))
			continue
		}
		trunks = append(trunks, trunk)
	}
	return trunks, faults
}

func trunkOf(t postgres.Trunk) (sip.Trunk, error) {
	s := sip.Trunk{
		ID: t.ID, Transport: t.Transport, User: t.Username, Password: t.Secret, Register: t.Register, MaxCalls: t.MaxCalls,
		Prefixes: t.Prefixes, Realm: t.Realm, KeepAlive: time.Duration(t.OptionsUS) * time.Microsecond,
		Session: time.Duration(t.SessionUS) * time.Microsecond, StripPlus: t.StripPlus, SignalHold: t.SignalHold,
	}
	if t.SessionUS == 0 {
		s.Session = -1 // to the user agent 0 is its default
	}
	if t.CallerID != "" {
		s.CallerIDs = []string{t.CallerID}
	}
	host, port, found := strings.Cut(t.Host, ":")
	s.Host = host
	if found {
		n, err := strconv.Atoi(port)
		if err != nil {
			return s, fmt.Errorf("host %q: %w", t.Host, err)
		}
		s.Port = n
	}
	for _, a := range t.Addresses {
		p, err := netip.ParsePrefix(a)
		if err != nil {
			return s, err
		}
		s.Allow = append(s.Allow, p)
	}
	return s, nil
}
