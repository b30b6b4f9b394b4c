package media

import (
	"bytes"
	"crypto/rand"
	"fmt"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// Suite is a crypto suite of SDES by its name in SDP (RFC 4568 §6.2, RFC 7714 §14.2).
type Suite string

// The suites that a trunk end speaks.
const (
	AES128SHA80 Suite = "AES_CM_128_HMAC_SHA1_80"
	AES128GCM   Suite = "AEAD_AES_128_GCM"
)

// Suites are all of them, the preferred first.
func Suites() []Suite { return []Suite{AES128GCM, AES128SHA80} }

// profile is the suite as the library knows it.
func (s Suite) profile() (p srtp.ProtectionProfile, ok bool) {
	switch s {
	case AES128SHA80:
		return srtp.ProtectionProfileAes128CmHmacSha1_80, true
	case AES128GCM:
		return srtp.ProtectionProfileAeadAes128Gcm, true
	}
	return 0, false
}

// KeyLen is the length of master key and salt together: 30 bytes with SHA-1, 28 with GCM; 0 of an unknown suite.
func (s Suite) KeyLen() int {
	p, ok := s.profile()
	if !ok {
		return 0
	}
	key, err1 := p.KeyLen()
	salt, err2 := p.SaltLen()
	if err1 != nil || err2 != nil {
		return 0
	}
	return key + salt
}

// NewKey makes a master key and salt for the suite.
func (s Suite) NewKey() []byte {
	key := make([]byte, s.KeyLen())
	_, _ = rand.Read(key) // never fails
	return key
}

// Crypto is what both sides have said of SRTP: one suite and a key for each direction, master key and then salt.
type Crypto struct {
	Suite  Suite
	TX, RX []byte
}

// trunkCrypt protects one trunk end. It is used under side.mu.
type trunkCrypt struct {
	agreed Crypto
	tx, rx *srtp.Context
	header rtp.Header // room for what the library reads
	sealed [receiveMTU + 64]byte
}

// replayWindow is how far behind the newest a packet may come, and once (RFC 3711 §3.3.2).
const replayWindow = 128

func newContext(s Suite, key []byte, o ...srtp.ContextOption) (*srtp.Context, error) {
	p, ok := s.profile()
	if !ok || len(key) != s.KeyLen() {
		return nil, fmt.Errorf("protect trunk: suite %q with a key of %d bytes", s, len(key))
	}
	n, err := p.KeyLen()
	if err != nil {
		return nil, fmt.Errorf("protect trunk: %w", err)
	}
	c, err := srtp.CreateContext(key[:n], key[n:], p, o...)
	if err != nil {
		return nil, fmt.Errorf("protect trunk: %w", err)
	}
	return c, nil
}

// agree takes what the latest SDP says; nil ends the protection. A direction whose key has not changed goes on where it
// is: a context that began anew would use the key's stream a second time.
func (t *trunkEnd) agreeLocked(c *Crypto) error {
	if c == nil {
		t.crypt = nil
		return nil
	}
	next := &trunkCrypt{agreed: *c}
	was := t.crypt
	var err error
	if was != nil && was.agreed.Suite == c.Suite && bytes.Equal(was.agreed.TX, c.TX) {
		next.tx = was.tx
	} else if next.tx, err = newContext(c.Suite, c.TX); err != nil {
		return err
	}
	if was != nil && was.agreed.Suite == c.Suite && bytes.Equal(was.agreed.RX, c.RX) {
		next.rx = was.rx
	} else if next.rx, err = newContext(c.Suite, c.RX, srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow)); err != nil {
		return err
	}
	t.crypt = next
	return nil
}

// sealLocked protects a packet that is about to leave; it is good until the next one.
func (t *trunkEnd) sealLocked(b []byte) ([]byte, error) {
	if t.crypt == nil {
		return b, nil
	}
	c := t.crypt
	out, err := c.tx.EncryptRTP(c.sealed[:0], b, &c.header)
	if err != nil {
		return nil, fmt.Errorf("protect RTP: %w", err)
	}
	return out, nil
}

// open takes the protection from a packet, in its own buffer. What was not protected with our key, or came before, is none.
func (t *trunkEnd) open(b []byte) ([]byte, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.crypt == nil {
		return b, true
	}
	out, err := t.crypt.rx.DecryptRTP(b[:0], b, &t.crypt.header)
	if err != nil {
		t.stats.Malformed++
		return nil, false
	}
	return out, true
}

// sealReport and openReport are the same for RTCP.
func (t *trunkEnd) sealReport(b []byte) ([]byte, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.crypt == nil {
		return b, true
	}
	out, err := t.crypt.tx.EncryptRTCP(nil, b, nil)
	return out, err == nil
}

func (t *trunkEnd) openReport(b []byte) ([]byte, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.crypt == nil {
		return b, true
	}
	out, err := t.crypt.rx.DecryptRTCP(nil, b, &rtcp.Header{})
	if err != nil {
		t.stats.Malformed++
	}
	return out, err == nil
}
