package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestTLSDoors opens the pages beyond loopback and signalling by TLS: the certificate of our own is the printed one, the
// carrier's is read again when it is renewed, and the proxy's address may open a desk.
func TestTLSDoors(t *testing.T) {
	t.Parallel()
	h := prepare(t)
	signal := freeTCP(t)
	cert, key := filepath.Join(h.plan.Dir, "sip.pem"), filepath.Join(h.plan.Dir, "sip.key")
	first := newCertificate(t, cert, key)
	text, err := os.ReadFile(h.config)
	must(t, err)
	must(t, os.WriteFile(h.config, []byte(strings.NewReplacer(
		fmt.Sprintf(`http: {listen: "127.0.0.1:%d"}`, h.plan.HTTP), fmt.Sprintf(`http: {listen: "0.0.0.0:%d", public_url: "https://calls.example.com"}`, h.plan.HTTP),
		"\nsip:\n  listen: [", fmt.Sprintf("\nsip:\n  tls_cert: %s\n  tls_key: %s\n  listen: [\"tls:127.0.0.1:%d\", ", cert, key, signal),
	).Replace(string(text))), 0o600))
	h.server = start(t, h.plan, rig.Binary(t), "serve", "--config", h.config)
	eventually(t, "the healthcheck is content", func() bool {
		code, _ := command(t, "healthcheck", "--config", h.config)
		return code == 0
	}, h.server.log.text)

	if print := fingerprintAt(t, h.plan.HTTP); !strings.Contains(h.server.log.text(), print) {
		t.Errorf("the certificate of the pages is %s, but printed was\n%s", print, h.server.log.text())
	}
	if !strings.Contains(h.server.log.text(), "is running: https://calls.example.com\n") {
		t.Errorf("printed was not the public address: %s", h.server.log.text())
	}
	h.checkOrigins(t)

	if print := fingerprintAt(t, signal); print != first {
		t.Errorf("signalling shows %s, want %s", print, first)
	}
	renewed := newCertificate(t, cert, key)
	if print := fingerprintAt(t, signal); print != renewed {
		t.Errorf("after the renewal signalling shows %s, want %s", print, renewed)
	}
	h.server.stopWell(t)
}

// checkOrigins logs in by https and opens the desk from pages of several origins.
func (h *house) checkOrigins(t *testing.T) {
	t.Helper()
	trusting := &tls.Config{InsecureSkipVerify: true} //nolint:gosec // its fingerprint was compared
	jar, err := cookiejar.New(nil)
	must(t, err)
	web := &http.Client{Jar: jar, Timeout: patience, Transport: &http.Transport{TLSClientConfig: trusting}}
	defer web.CloseIdleConnections()
	c := &client{t, web, "https://127.0.0.1:" + strconv.Itoa(h.plan.HTTP)}
	if status, body := c.do(http.MethodPost, "/api/login", wire.Login{Login: "lan", Password: password}); status != http.StatusOK {
		t.Fatalf("lan logs in: %d %s", status, body)
	}
	base, err := url.Parse(c.base)
	must(t, err)
	for origin, want := range map[string]int{
		c.base: http.StatusSwitchingProtocols, "https://calls.example.com": http.StatusSwitchingProtocols,
		"http://calls.example.com": http.StatusForbidden, "https://example.com": http.StatusForbidden,
	} {
		header := http.Header{"Origin": {origin}}
		for _, k := range jar.Cookies(base) {
			header.Add("Cookie", k.String())
		}
		conn, res, err := (&websocket.Dialer{TLSClientConfig: trusting}).DialContext(t.Context(), "wss"+strings.TrimPrefix(c.base, "https")+"/api/desk", header)
		if res == nil {
			t.Fatal(err)
		}
		if res.StatusCode != want {
			t.Errorf("a page of %s: %d, want %d", origin, res.StatusCode, want)
		}
		if err == nil {
			must(t, conn.Close())
		}
	}
}

// newCertificate writes a new pair and returns its fingerprint.
func newCertificate(t *testing.T, certFile, keyFile string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	must(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	must(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	must(t, os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return fingerprint(der)
}

// fingerprintAt is what a TLS client sees at the port.
func fingerprintAt(t *testing.T, port int) string {
	t.Helper()
	d := tls.Dialer{NetDialer: &net.Dialer{Timeout: patience}, Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // it looks itself
	conn, err := d.DialContext(t.Context(), "tcp", loopbackPort(port).String())
	must(t, err)
	defer conn.Close()
	return fingerprint(conn.(*tls.Conn).ConnectionState().PeerCertificates[0].Raw)
}

func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return fmt.Sprintf("SHA-256 % X", sum[:])
}
