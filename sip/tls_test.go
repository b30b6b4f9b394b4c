package sip

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/sip/siptest"
)

// authority signs certificates.
type authority struct {
	t    *testing.T
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	pem  string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t}
	var der []byte
	a.key, a.cert, der = a.make(&x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	a.pem = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return a
}

func (a *authority) make(template *x509.Certificate) (*ecdsa.PrivateKey, *x509.Certificate, []byte) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber, template.NotAfter = big.NewInt(time.Now().UnixNano()), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return key, cert, der
}

// signed is a certificate for names or addresses.
func (a *authority) signed(names ...string) tls.Certificate {
	a.t.Helper()
	template := &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, n)
		}
	}
	key, _, der := a.make(template)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// secureCarrier answers each INVITE over TLS with 486, and tells the name that it was asked for.
func secureCarrier(t *testing.T, cert tls.Certificate) (port int, asked chan string) {
	t.Helper()
	asked = make(chan string, 8)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
		asked <- h.ServerName
		return &cert, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go refuseAll(conn)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, asked
}

func refuseAll(conn net.Conn) {
	defer conn.Close()
	buf := make([]byte, 65536)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		text := string(buf[:n])
		if !strings.HasPrefix(text, "INVITE ") {
			continue
		}
		reply := "SIP/2.0 486 Busy Here\r\n"
		for line := range strings.SplitSeq(strings.SplitN(text, "\r\n\r\n", 2)[0], "\r\n") {
			for _, name := range []string{"Via:", "From:", "To:", "Call-ID:", "CSeq:"} {
				if strings.HasPrefix(line, name) {
					reply += line + "\r\n"
				}
			}
		}
		if _, err := conn.Write([]byte(reply + "Content-Length: 0\r\n\r\n")); err != nil {
			return
		}
	}
}

// TestTLSTrunk: the trunk's certificate is verified by its own CA and made out to its host; else nothing is sent.
func TestTLSTrunk(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	for _, row := range []struct {
		name   string
		cert   tls.Certificate
		change func(*Trunk)
		story  string
		sni    string
	}{
		{"by name", theirs.signed("localhost"), func(t *Trunk) { t.Host, t.TLSCA = "localhost", theirs.pem }, "rejected 486", "localhost"},
		{"by address", theirs.signed("127.0.0.1"), func(t *Trunk) { t.TLSCA = theirs.pem }, "rejected 486", ""},
		{"by the URIs' domain", theirs.signed("carrier.example"), func(t *Trunk) { t.Host, t.Domain, t.TLSCA = "localhost", "carrier.example", theirs.pem }, "rejected 486", "localhost"},
		{"made out to another", theirs.signed("else.example"), func(t *Trunk) { t.Host, t.TLSCA = "localhost", theirs.pem }, "rejected 503", "localhost"},
		{"signed by another", theirs.signed("localhost"), func(t *Trunk) { t.Host, t.TLSCA = "localhost", ours.pem }, "rejected 503", "localhost"},
		{"signed by nobody whom the system trusts", theirs.signed("localhost"), func(t *Trunk) { t.Host = "localhost" }, "rejected 503", "localhost"},
	} {
		t.Run(row.name, func(t *testing.T) {
			port, asked := secureCarrier(t, row.cert)
			r := newRig(t, port, withTrunk(func(t *Trunk) { t.Transport = "tls"; row.change(t) }), func(c *Config) {
				c.TLS = &tls.Config{Certificates: []tls.Certificate{ours.signed("127.0.0.1")}}
				c.Listen = append(c.Listen, Listen{"tls", "127.0.0.1:0"})
			})
			eventually(t, func() bool { return r.Trunks()[0].Peer.IsValid() }, func() string { return "the name has no address" })
			_, rec := r.dialOut(0)
			rec.has(t, row.story)
			if got := <-asked; got != row.sni {
				t.Errorf("asked for %q, want %q", got, row.sni)
			}
		})
	}
}

// TestTLSCallers: where a trunk wants that, whoever calls in shows a certificate of its CA.
func TestTLSCallers(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	r := newRig(t, 9, withTrunk(func(t *Trunk) { t.TLSClient, t.TLSCA = true, theirs.pem }), func(c *Config) {
		c.TLS = &tls.Config{Certificates: []tls.Certificate{ours.signed("127.0.0.1")}}
		c.Listen = append(c.Listen, Listen{"tls", "127.0.0.1:0"})
	})
	roots, err := parseCA(ours.pem)
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		certs []tls.Certificate
		in    bool
	}{
		"of the trunk's CA": {[]tls.Certificate{theirs.signed("carrier.example")}, true},
		"of another":        {[]tls.Certificate{ours.signed("carrier.example")}, false},
		"none":              {nil, false},
	} {
		conn, err := tls.Dial("tcp", r.Addr("tls").String(), &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", Certificates: row.certs})
		if err != nil {
			t.Fatal(err) // a client learns of the refusal when it reads
		}
		got := ""
		if _, err := io.WriteString(conn, siptest.NewPeer(t, r.udp()).NewCall("1", "2").Request("OPTIONS", "")); err == nil {
			got = firstLine(conn)
		}
		if in := strings.HasPrefix(got, "SIP/2.0 200"); in != row.in {
			t.Errorf("%s: %q", name, got)
		}
		_ = conn.Close()
	}
}

func firstLine(conn net.Conn) string {
	buf := make([]byte, 4096)
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err.Error()
	}
	n, err := conn.Read(buf)
	if err != nil && !errors.Is(err, io.EOF) {
		return err.Error()
	}
	line, _, _ := strings.Cut(string(buf[:n]), "\r\n")
	return line
}
