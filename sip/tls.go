package sip

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// A trunk over TLS is who its certificate says: signed by the trunk's own CA where it has one, else by one that the system
// trusts, and made out to its host, to one of its backups, or to the domain that its URIs name (RFC 5922 §7.2). The library
// beneath has one configuration for all connections, so the trunk is found by the name that the handshake was for.

// parseCA reads certificates in PEM; nil of "": the system's.
func parseCA(pem string) (*x509.CertPool, error) {
	if pem == "" {
		return nil, nil //nolint:nilnil // x509 reads nil as the system's
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(pem)) {
		return nil, errors.New("no certificate in PEM")
	}
	return pool, nil
}

// tlsNames are those that the trunk's certificate may be made out to.
func (t *trunk) tlsNames() []string {
	names := []string{t.Host}
	if t.Domain != "" {
		names = append(names, t.Domain)
	}
	for _, b := range t.Backups {
		if host, _, err := splitHost(b); err == nil {
			names = append(names, host)
		}
	}
	if targets := t.targets.Load(); targets != nil {
		for _, to := range *targets {
			if !slices.Contains(names, to.name) {
				names = append(names, to.name)
			}
		}
	}
	return names
}

// presents verifies the certificates of a far side against the trunk.
func (t *trunk) presents(certs []*x509.Certificate, usual *x509.CertPool) error {
	roots := t.roots
	if roots == nil {
		roots = usual
	}
	o := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
	for _, c := range certs[1:] {
		o.Intermediates.AddCert(c)
	}
	if _, err := certs[0].Verify(o); err != nil {
		return fmt.Errorf("trunk %s: %w", t.ID, err)
	}
	for _, name := range t.tlsNames() {
		if certs[0].VerifyHostname(name) == nil {
			return nil
		}
	}
	return fmt.Errorf("trunk %s: the certificate is made out to none of %s", t.ID, strings.Join(t.tlsNames(), ", "))
}

// dialTLS is the configuration of connections that we open.
func (u *UA) dialTLS() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if u.cfg.TLS != nil {
		c = u.cfg.TLS.Clone()
	}
	usual := c.RootCAs
	c.InsecureSkipVerify = true //nolint:gosec // VerifyConnection verifies, by the trunk's own CA
	c.VerifyConnection = func(s tls.ConnectionState) error { return u.verifyTrunk(s, usual) }
	return c
}

// verifyTrunk finds the trunk that the far side may be. A connection that was opened to an address alone has no name: then
// it must be one of our trunks.
func (u *UA) verifyTrunk(s tls.ConnectionState, usual *x509.CertPool) error {
	if len(s.PeerCertificates) == 0 {
		return errors.New("verify trunk: no certificate")
	}
	last := errors.New("verify trunk: no trunk of that name")
	for _, t := range *u.guard.trunks.Load() {
		if t.Transport != "tls" || t.Host == "" || s.ServerName != "" && !slices.Contains(t.tlsNames(), s.ServerName) {
			continue
		}
		err := t.presents(s.PeerCertificates, usual)
		if err == nil {
			return nil
		}
		last = fmt.Errorf("verify %w", err)
	}
	return last
}

// listenTLS is the configuration for a connection from an address: its trunk may want a certificate of the far side.
func (g *guard) listenTLS(base *tls.Config, from netip.Addr) *tls.Config {
	t := g.trunkAt(from)
	if t == nil || !t.TLSClient {
		return base
	}
	c := base.Clone()
	c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, t.roots
	c.SessionTicketsDisabled = true // each connection shows its certificate
	return c
}
