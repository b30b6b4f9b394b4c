package sip

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/callstamp/callstamp/media"
)

// SRTP whose keys stand in SDP (SDES, RFC 4568), as carriers have it. With "required" the profile is RTP/SAVP and nothing
// else is taken. With "optional" we offer RTP/AVP with keys beside it, which who does not know them passes over, and take
// either.

// offeredKey is one a=crypto of the far side that we can use.
type offeredKey struct {
	tag   int
	suite media.Suite
	key   []byte
}

// parseCrypto reads "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4 …"; false for what we can't use: other suites, several
// keys, a master key identifier (which would stand in every packet), and session parameters that change the protection.
func parseCrypto(value string) (offeredKey, bool) {
	fields := strings.Fields(value)
	if len(fields) < 3 {
		return offeredKey{}, false
	}
	tag, err := strconv.ParseUint(fields[0], 10, 31)
	suite := media.Suite(strings.ToUpper(fields[1]))
	inline, ok := strings.CutPrefix(fields[2], "inline:")
	if err != nil || suite.KeyLen() == 0 || !ok || strings.Contains(fields[2], ";") {
		return offeredKey{}, false
	}
	for _, p := range fields[3:] {
		if strings.HasPrefix(p, "UNENCRYPTED_") || strings.HasPrefix(p, "UNAUTHENTICATED_") || strings.HasPrefix(p, "KDR=") || strings.HasPrefix(p, "FEC_") {
			return offeredKey{}, false
		}
	}
	text, rest, _ := strings.Cut(inline, "|")
	if strings.Contains(rest, ":") {
		return offeredKey{}, false
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		key, err = base64.RawStdEncoding.DecodeString(text) // some leave the padding out
	}
	if err != nil || len(key) != suite.KeyLen() {
		return offeredKey{}, false
	}
	return offeredKey{tag: int(tag), suite: suite, key: key}, true
}

// keyring is our side of SRTP in one dialog: a key for each suite, made once. The same key with the same numbers going on
// is safe; new keys for each description would be, too, but the far side would have to take them up at the right packet.
type keyring struct {
	wish  Wish
	keys  map[media.Suite][]byte
	saved bool        // the far side wrote RTP/SAVP last
	agree *offeredKey // the far side's, of the suite that both use; nil: plain RTP
}

func newKeyring(w Wish) keyring {
	k := keyring{wish: w, keys: map[media.Suite][]byte{}}
	if w.on() {
		for _, s := range media.Suites() {
			k.keys[s] = s.NewKey()
		}
	}
	return k
}

// takes says whether a description of the far side may be agreed to, answer says that it is one: 488 where it may not.
func (k *keyring) takes(far *sdp) bool {
	usable := len(far.crypto) > 0
	switch {
	case k.wish == Required:
		return usable
	case far.secure:
		return k.wish == Optional && usable
	}
	return true
}

// agreed chooses among the far side's keys: its first that we can use.
func (k *keyring) agreed(far *sdp) {
	k.agree, k.saved = nil, far.secure
	if k.wish.on() && len(far.crypto) > 0 {
		k.agree = &far.crypto[0]
	}
}

// crypto is what media needs.
func (k *keyring) crypto() *media.Crypto {
	if k.agree == nil {
		return nil
	}
	return &media.Crypto{Suite: k.agree.suite, TX: k.keys[k.agree.suite], RX: k.agree.key}
}

// profile of a description of ours.
func (k *keyring) profile(far *sdp) string {
	if k.wish == Required || far != nil && far.secure || far == nil && k.agree != nil && k.saved {
		return "RTP/SAVP"
	}
	return "RTP/AVP"
}

// lines are the a=crypto of an offer (far nil) or of an answer to far.
func (k *keyring) lines(far *sdp) (lines []string) {
	if !k.wish.on() {
		return nil
	}
	if far != nil {
		if k.agree != nil {
			lines = append(lines, k.line(k.agree.tag, k.agree.suite))
		}
		return lines
	}
	suites := media.Suites()
	if k.agree != nil { // in a call the suite does not change
		suites = slices.DeleteFunc(suites, func(s media.Suite) bool { return s != k.agree.suite })
	}
	for i, s := range suites {
		lines = append(lines, k.line(i+1, s))
	}
	return lines
}

func (k *keyring) line(tag int, s media.Suite) string {
	return fmt.Sprintf("a=crypto:%d %s inline:%s", tag, s, base64.StdEncoding.EncodeToString(k.keys[s]))
}
