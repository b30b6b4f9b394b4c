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
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestTLSDoors opens the pages beyond loopback and signalling by TLS: the certificate of our own is the printed one, the
// carrier's is read again when it is renewed, and the proxy's address may open a desk.
func TestTLSDoors(t *testing.T) {
	t.Parallel()
	h := prepare(t)
	signal := rig.FreeTCP(t)
	cert, key := filepath.Join(h.Dir, "sip.pem"), filepath.Join(h.Dir, "sip.key")
	first := newCertificate(t, cert, key)
	text, err := os.ReadFile(h.ConfigFile())
	must(t, err)
	must(t, os.WriteFile(h.ConfigFile(), []byte(strings.NewReplacer(
		fmt.Sprintf(`http: {listen: "127.0.0.1:%d"}`, h.Ports.HTTP), fmt.Sprintf(`http: {listen: "0.0.0.0:%d", public_url: "https://calls.example.com"}`, h.Ports.HTTP),
		"\nsip:\n  listen: [", fmt.Sprintf("\nsip:\n  tls_cert: %s\n  tls_key: %s\n  listen: [\"tls:127.0.0.1:%d\", ", cert, key, signal),
	).Replace(string(text))), 0o600))
	h.StartOnly()
	rig.Eventually(t, "the healthcheck is content", func() bool {
		code, _ := h.command(t, "healthcheck")
		return code == 0
	}, h.Server.Log)

	if print := fingerprintAt(t, h.Ports.HTTP); !strings.Contains(h.Server.Log(), print) {
		t.Errorf("the certificate of the pages is %s, but printed was\n%s", print, h.Server.Log())
	}
	if !strings.Contains(h.Server.Log(), "is running: https://calls.example.com\n") {
		t.Errorf("printed was not the public address: %s", h.Server.Log())
	}
	h.checkOrigins(t)

	if print := fingerprintAt(t, signal); print != first {
		t.Errorf("signalling shows %s, want %s", print, first)
	}
	renewed := newCertificate(t, cert, key)
	if print := fingerprintAt(t, signal); print != renewed {
		t.Errorf("after the renewal signalling shows %s, want %s", print, renewed)
	}
	h.Server.StopWell(t, rig.StopLimit)
}

// checkOrigins logs in by https and opens the desk from pages of several origins.
func (h *house) checkOrigins(t *testing.T) {
	t.Helper()
	c := rig.NewClient(t, "https://127.0.0.1:"+strconv.Itoa(h.Ports.HTTP), "lan") // its fingerprint was compared
	for origin, want := range map[string]int{
		c.Base: http.StatusSwitchingProtocols, "https://calls.example.com": http.StatusSwitchingProtocols,
		"http://calls.example.com": http.StatusForbidden, "https://example.com": http.StatusForbidden,
	} {
		if _, status := upgrade(t, c, origin); status != want {
			t.Errorf("a page of %s: %d, want %d", origin, status, want)
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
	d := tls.Dialer{NetDialer: &net.Dialer{Timeout: rig.Patience}, Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // it looks itself
	conn, err := d.DialContext(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	must(t, err)
	defer conn.Close()
	return fingerprint(conn.(*tls.Conn).ConnectionState().PeerCertificates[0].Raw)
}

func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return fmt.Sprintf("SHA-256 % X", sum[:])
}
