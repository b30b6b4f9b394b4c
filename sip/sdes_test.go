package sip

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/media"
	"github.com/callstamp/callstamp/sip/siptest"
)

// keyOf is a key of the suite in base64; the same number is the same key.
func keyOf(s media.Suite, n byte) string {
	return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{n}, s.KeyLen()))
}

func cryptoLine(tag int, s media.Suite, n byte) string {
	return fmt.Sprintf("a=crypto:%d %s inline:%s|2^31", tag, s, keyOf(s, n))
}

// secureSDP is siptest.SDP with the secure profile.
func secureSDP(version int, lines ...string) string {
	return strings.Replace(siptest.SDP(version, lines...), "RTP/AVP", "RTP/SAVP", 1)
}

func TestParseCrypto(t *testing.T) {
	sha, gcm := keyOf(media.AES128SHA80, 1), keyOf(media.AES128GCM, 1)
	for _, row := range []struct {
		text string
		want string
	}{
		{"1 AES_CM_128_HMAC_SHA1_80 inline:" + sha, "1 AES_CM_128_HMAC_SHA1_80"},
		{"7 AES_CM_128_HMAC_SHA1_80 inline:" + sha + "|2^20", "7 AES_CM_128_HMAC_SHA1_80"},
		{"2 AEAD_AES_128_GCM inline:" + strings.TrimRight(gcm, "=") + " WSH=64", "2 AEAD_AES_128_GCM"},
		{"1 AES_CM_128_HMAC_SHA1_80 inline:" + sha + "|2^20|1:4", ""}, // an identifier in every packet
		{"1 AES_CM_128_HMAC_SHA1_80 inline:" + sha + ";inline:" + sha, ""},
		{"1 AES_CM_128_HMAC_SHA1_80 inline:" + sha + " UNENCRYPTED_SRTP", ""},
		{"1 AES_CM_128_HMAC_SHA1_80 inline:" + gcm, ""}, // too short
		{"1 AES_CM_128_HMAC_SHA1_32 inline:" + sha, ""},
		{"1 AES_CM_128_HMAC_SHA1_80 uri:" + sha, ""},
		{"x AES_CM_128_HMAC_SHA1_80 inline:" + sha, ""},
		{"1 AES_CM_128_HMAC_SHA1_80", ""},
		{"", ""},
	} {
		got := ""
		if k, ok := parseCrypto(row.text); ok {
			got = fmt.Sprintf("%d %s", k.tag, k.suite)
		}
		if got != row.want {
			t.Errorf("%q: %q, want %q", row.text, got, row.want)
		}
	}
}

func FuzzCrypto(f *testing.F) {
	f.Add("1 AES_CM_128_HMAC_SHA1_80 inline:" + keyOf(media.AES128SHA80, 1) + "|2^20")
	f.Add("1 AEAD_AES_128_GCM inline:====")
	f.Fuzz(func(t *testing.T, text string) {
		if k, ok := parseCrypto(text); ok && len(k.key) != k.suite.KeyLen() {
			t.Errorf("%q gives %d bytes", text, len(k.key))
		}
	})
}

func trunkSRTP(w Wish) option { return withTrunk(func(t *Trunk) { t.SRTP = w }) }

var ownKey = regexp.MustCompile(`a=crypto:(\d+) (\S+) inline:(\S+)\r\n`)

// TestSecureCallIn: what a trunk wants decides what is taken; the answer repeats tag and suite with a key of ours.
func TestSecureCallIn(t *testing.T) {
	t.Parallel()
	keys := []string{"a=crypto:1 F8_128_HMAC_SHA1_80 inline:x", cryptoLine(2, media.AES128SHA80, 1), cryptoLine(3, media.AES128GCM, 2)}
	for _, row := range []struct {
		wish   Wish
		offer  string
		answer string // beginning of the audio line; "": 488
		tag    string // of our key; "": none
	}{
		{Required, secureSDP(1, keys...), "RTP/SAVP", "2"}, {Optional, secureSDP(1, keys[2]), "RTP/SAVP", "3"},
		{Optional, siptest.SDP(1), "RTP/AVP", ""}, {Optional, siptest.SDP(1, keys...), "RTP/AVP", "2"}, {Off, siptest.SDP(1, keys...), "RTP/AVP", ""},
		{Required, siptest.SDP(1), "", ""}, {Required, secureSDP(1, keys[0]), "", ""}, {Off, secureSDP(1, keys...), "", ""}, {Optional, secureSDP(1), "", ""},
	} {
		r := newRig(t, 9, trunkSRTP(row.wish))
		p := siptest.NewPeer(t, r.udp())
		c := p.NewCall("+84901234567", "1900")
		p.Send(c.Request("INVITE", row.offer))
		if row.answer == "" {
			p.Expect("SIP/2.0 488", "INVITE")
			p.Send(c.Request("ACK", ""))
			continue
		}
		a := r.next()
		a.Answer()
		m := p.Expect("SIP/2.0 200", "INVITE")
		c.Answered(m)
		p.Send(c.Request("ACK", ""))
		own := ownKey.FindStringSubmatch(m.Body)
		remote, _ := r.media.last()
		switch {
		case !strings.Contains(m.Body, " "+row.answer+" "):
			t.Errorf("%s: answer %s", row.wish, m.Body)
		case row.tag == "" && (own != nil || remote.Crypto != nil):
			t.Errorf("%s: keys where none are agreed: %s", row.wish, m.Body)
		case row.tag != "" && (own == nil || own[1] != row.tag || remote.Crypto == nil || string(remote.Crypto.Suite) != own[2] ||
			base64.StdEncoding.EncodeToString(remote.Crypto.TX) != own[3] || remote.Crypto.RX[0] != map[string]byte{"2": 1, "3": 2}[row.tag]):
			t.Errorf("%s: %v in the answer, %+v in use", row.wish, own, remote.Crypto)
		}
		p.Send(c.Request("BYE", ""))
		p.Expect("SIP/2.0 200", "BYE")
		a.has(t, "gone by customer  0")
	}
}

// TestSecureCallOut: both suites are offered with a key each; the answer's suite is used, also after a re-INVITE; an
// answer without a key ends the call where the trunk insists.
func TestSecureCallOut(t *testing.T) {
	t.Parallel()
	r, p := outRig(t, trunkSRTP(Required))
	leg, rec := r.dialOut(0)
	invite := p.Expect("INVITE", "INVITE")
	offered := ownKey.FindAllStringSubmatch(invite.Body, -1)
	if !strings.Contains(invite.Body, " RTP/SAVP ") || len(offered) != 2 || offered[0][3] == offered[1][3] {
		t.Fatalf("offer %s", invite.Body)
	}
	contact := "Contact: <sip:peer@" + p.Addr() + ">"
	c := p.Answering(invite, "peer")
	p.Send(invite.Reply("200 OK", "peer", secureSDP(1, cryptoLine(2, media.AES128SHA80, 5)), contact))
	p.Expect("ACK", "ACK")
	rec.has(t, "answered PCMU")
	first, _ := r.media.last()
	if first.Crypto == nil || first.Crypto.Suite != media.AES128SHA80 || first.Crypto.RX[0] != 5 || base64.StdEncoding.EncodeToString(first.Crypto.TX) != offered[1][3] {
		t.Fatalf("in use: %+v", first.Crypto)
	}
	p.Send(c.Request("INVITE", secureSDP(2, cryptoLine(1, media.AES128SHA80, 6))))
	if m := p.Expect("SIP/2.0 200", "INVITE"); !strings.Contains(m.Body, "inline:"+offered[1][3]) {
		t.Errorf("another key of ours after a re-INVITE: %s", m.Body)
	}
	p.Send(c.Request("ACK", ""))
	eventually(t, func() bool { now, _ := r.media.last(); return now.Crypto != nil && now.Crypto.RX[0] == 6 }, func() string { return "their new key is not taken up" })
	p.Send(c.Request("INVITE", siptest.SDP(3)))
	p.Expect("SIP/2.0 488", "INVITE") // the protection is not given up in a call
	p.Send(c.Request("ACK", ""))
	leg.Release(0)
	bye := p.Expect("BYE", "BYE")
	p.Send(bye.Reply("200 OK", "", ""))

	_, rec = r.dialOut(0)
	invite = p.Expect("INVITE", "INVITE")
	p.Send(invite.Reply("200 OK", "plain", siptest.SDP(1), contact))
	p.Expect("ACK", "ACK")
	bye = p.Expect("BYE", "BYE")
	p.Send(bye.Reply("200 OK", "", ""))
	rec.has(t, "gone by system sip 488 no_codec")
}
