package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/configs"
)

// pemFiles makes a new certificate with its key in dir.
func pemFiles(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if err := selfSign(dir, cert, key, "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// shown is the fingerprint that a browser sees.
func shown(t *testing.T, k *keyPair) string {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", k.config())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_ = c.(*tls.Conn).Handshake() // the other side tells
	}()
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: 5 * time.Second}, "tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the test looks itself
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return "SHA-256 " + sum(&tls.Certificate{Certificate: [][]byte{conn.ConnectionState().PeerCertificates[0].Raw}})
}

func TestTLSSelfSignedOnce(t *testing.T) {
	c := configs.Default()
	c.Node.DataDir = t.TempDir()
	log := slog.New(slog.DiscardHandler)
	if pair, err := certificate(c, log); pair != nil || err != nil {
		t.Fatalf("on loopback: %v, %v", pair, err)
	}
	c.HTTP.Listen = "0.0.0.0:8443"
	first, err := certificate(c, log)
	if err != nil {
		t.Fatal(err)
	}
	again, err := certificate(c, log)
	if err != nil || again.fingerprint() != first.fingerprint() {
		t.Errorf("another one at the second start: %v", err)
	}
	if got := shown(t, first); got != first.fingerprint() {
		t.Errorf("a browser sees %s, printed is %s", got, first.fingerprint())
	}
	leaf, err := x509.ParseCertificate(first.current().Certificate[0])
	if err != nil || leaf.VerifyHostname("127.0.0.1") != nil || leaf.VerifyHostname("localhost") != nil {
		t.Errorf("it is for %v and %v: %v", leaf.DNSNames, leaf.IPAddresses, err)
	}
	if left := time.Until(leaf.NotAfter); left < 9*365*24*time.Hour {
		t.Errorf("it ends in %v", left)
	}
	info, err := os.Stat(filepath.Join(c.Node.DataDir, "tls", "key.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the key: %v, %v", info.Mode(), err)
	}
}

// TestTLSReload renews the files as certbot does, breaks them in each way, and
// mends them.
func TestTLSReload(t *testing.T) {
	dir := t.TempDir()
	c := configs.Default()
	c.HTTP.TLSCert, c.HTTP.TLSKey = pemFiles(t, dir)
	var said bytes.Buffer
	pair, err := certificate(c, slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	old := shown(t, pair)
	later := time.Now()
	renew := func(change func()) {
		change()
		later = later.Add(time.Second) // file systems keep times more coarsely than tests run
		for _, name := range []string{c.HTTP.TLSCert, c.HTTP.TLSKey} {
			if err := os.Chtimes(name, later, later); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
		}
	}
	renew(func() { pemFiles(t, dir) })
	renewed := shown(t, pair)
	if renewed == old {
		t.Error("the old certificate is still shown")
	}
	for name, spoil := range map[string]func(){
		"the key is another's": func() {
			_, key := pemFiles(t, t.TempDir())
			if err := os.Rename(key, c.HTTP.TLSKey); err != nil {
				t.Fatal(err)
			}
		},
		"the file is half written": func() {
			if err := os.WriteFile(c.HTTP.TLSCert, []byte("-----BEGIN CERT"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"the file is away": func() {
			if err := os.Remove(c.HTTP.TLSCert); err != nil {
				t.Fatal(err)
			}
		},
	} {
		renew(spoil)
		said.Reset()
		for range 3 {
			if got := shown(t, pair); got != renewed {
				t.Errorf("%s: shown is %s, want the last good one", name, got)
			}
		}
		if n := strings.Count(said.String(), "the last one stays"); n != 1 {
			t.Errorf("%s: it was told %d times: %s", name, n, said.String())
		}
		renew(func() { pemFiles(t, dir) })
		if renewed = shown(t, pair); renewed != pair.fingerprint() {
			t.Errorf("after %s: not mended", name)
		}
	}
}

func TestTLSFilesAreWrong(t *testing.T) {
	c := configs.Default()
	c.HTTP.TLSCert, c.HTTP.TLSKey = pemFiles(t, t.TempDir())
	c.HTTP.TLSKey += ".gone"
	if _, err := certificate(c, slog.New(slog.DiscardHandler)); err == nil || !strings.HasPrefix(err.Error(), "http.tls_cert: ") {
		t.Errorf("a key that is away: %v", err)
	}
}

func TestTLSByAddress(t *testing.T) {
	for listen, want := range map[string]bool{
		"127.0.0.1:80": true, "[::1]:80": true, "localhost:80": true, "127.8.9.1:80": true,
		"0.0.0.0:80": false, ":80": false, "192.0.2.1:80": false, "[::]:80": false, "nonsense": false,
	} {
		if got := loopback(listen); got != want {
			t.Errorf("%s is loopback: %v", listen, got)
		}
	}
}
