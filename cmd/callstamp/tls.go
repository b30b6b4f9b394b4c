package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/callstamp/callstamp/configs"
)

// certificate returns what https is spoken with: the given files, or on an
// address beyond loopback a self-signed one that is made once and kept. nil on
// loopback without files: plain http, which browsers trust there.
func certificate(c configs.Config, log *slog.Logger) (*keyPair, error) {
	if c.HTTP.TLSCert != "" {
		pair, err := readKeyPair(c.HTTP.TLSCert, c.HTTP.TLSKey, log)
		if err != nil {
			return nil, fmt.Errorf("http.tls_cert: %w", err)
		}
		return pair, nil
	}
	if loopback(c.HTTP.Listen) {
		return nil, nil
	}
	dir := filepath.Join(c.Node.DataDir, "tls")
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pair, err := readKeyPair(cert, key, log)
	if errors.Is(err, fs.ErrNotExist) {
		if err := selfSign(dir, cert, key, c.HTTP.Listen); err != nil {
			return nil, fmt.Errorf("make a certificate: %w", err)
		}
		pair, err = readKeyPair(cert, key, log)
	}
	if err != nil {
		return nil, fmt.Errorf("read the self-signed certificate: %w", err)
	}
	return pair, nil
}

// healthClient asks the server on its own machine; a self-signed certificate is
// no obstacle there.
func healthClient() *http.Client {
	t := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // our own machine
	return &http.Client{Transport: t, Timeout: 3 * time.Second}
}

func loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// selfSign makes a certificate for ten years for the host's names and addresses.
func selfSign(dir, certFile, keyFile, listen string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return err
	}
	name, _ := os.Hostname() // a host without a name is found by its addresses
	t := x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "Callstamp on " + name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(10, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{name, "localhost"}, IPAddresses: addresses(listen),
	}
	der, err := x509.CreateCertificate(rand.Reader, &t, &t, &key.PublicKey, key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600),
		os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644),
	)
}

func addresses(listen string) []net.IP {
	ips := []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	if host, _, err := net.SplitHostPort(listen); err == nil {
		if ip := net.ParseIP(host); ip != nil && !ip.IsUnspecified() {
			return append(ips, ip)
		}
	}
	all, _ := net.InterfaceAddrs() // none found: loopback alone
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() {
			ips = append(ips, n.IP)
		}
	}
	return ips
}
