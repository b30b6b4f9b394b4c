package main

import (
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// keyPair is a certificate with its key, read again when its files change: a
// renewed one is shown from the next handshake on. One that can't be read, as
// in the moment between the two files, leaves the last good one in force.
type keyPair struct {
	cert, key string // PEM files
	log       *slog.Logger

	mu      sync.Mutex
	now     *tls.Certificate
	read    versions // of the files of now
	refused versions // of those last told of
}

// versions tells whether files are still the same.
type versions [2]struct {
	at   time.Time
	size int64
}

// readKeyPair reads both files. The error is one of them missing, or that they
// don't belong together.
func readKeyPair(cert, key string, log *slog.Logger) (*keyPair, error) {
	k := &keyPair{cert: cert, key: key, log: log}
	v, err := k.versions()
	if err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	k.now, k.read = &pair, v
	return k, nil
}

// current returns the certificate of this moment.
func (k *keyPair) current() *tls.Certificate {
	k.mu.Lock()
	defer k.mu.Unlock()
	v, err := k.versions()
	if err == nil && v == k.read {
		return k.now
	}
	if err == nil {
		var pair tls.Certificate
		if pair, err = tls.LoadX509KeyPair(k.cert, k.key); err == nil {
			k.now, k.read = &pair, v
			k.log.Info("certificate read again", "file", k.cert, "sha256", sum(&pair))
			return k.now
		}
	}
	if v != k.refused { // once for each fault, not at each handshake
		k.refused = v
		k.log.Error("certificate not read again, the last one stays", "file", k.cert, "err", err)
	}
	return k.now
}

func (k *keyPair) versions() (v versions, err error) {
	for i, name := range []string{k.cert, k.key} {
		info, err := os.Stat(name)
		if err != nil {
			return versions{}, err
		}
		v[i].at, v[i].size = info.ModTime(), info.Size()
	}
	return v, nil
}

// config is TLS by this certificate, for listening and for dialing.
func (k *keyPair) config() *tls.Config {
	return &tls.Config{
		MinVersion:           tls.VersionTLS12,
		GetCertificate:       func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return k.current(), nil },
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return k.current(), nil },
	}
}

// fingerprint is what a person compares in the browser's warning.
func (k *keyPair) fingerprint() string { return "SHA-256 " + sum(k.current()) }

func sum(c *tls.Certificate) string {
	s := sha256.Sum256(c.Certificate[0])
	return fmt.Sprintf("% X", s[:])
}
