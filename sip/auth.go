package sip

import (
	"strings"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// attempts is how often one realm may challenge one leg: the second time for a nonce that became stale (trap 23).
const attempts = 2

// credentials answer digest challenges of one trunk within one dialog. Nothing is answered in a dialog that the far side
// began: whoever calls us could otherwise challenge our BYE and collect the answer (S8, ES2021-05).
type credentials struct {
	trunk *trunk
	ours  bool
	known []*challenge
}

// challenge is one realm's, with how often its nonce was used.
type challenge struct {
	header string // Authorization or Proxy-Authorization
	digest.Challenge
	count int // nc
	tried int
}

func newCredentials(t *trunk, ours bool) *credentials { return &credentials{trunk: t, ours: ours} }

// learn takes the challenges of a 401 or 407 and reports whether the request is worth repeating.
func (c *credentials) learn(res *sip.Response) bool {
	var asks, answers string
	switch res.StatusCode {
	case 401:
		asks, answers = "WWW-Authenticate", "Authorization"
	case 407:
		asks, answers = "Proxy-Authenticate", "Proxy-Authorization"
	default:
		return false
	}
	if c.trunk == nil || !c.ours || c.trunk.User == "" {
		return false
	}
	best := map[string]*digest.Challenge{} // by realm
	for _, value := range headerValues(res, asks) {
		ch, err := digest.ParseChallenge(value)
		if err != nil || rank(ch) == 0 || c.trunk.Realm != "" && ch.Realm != c.trunk.Realm {
			continue
		}
		if have := best[ch.Realm]; have == nil || rank(ch) > rank(have) {
			best[ch.Realm] = ch
		}
	}
	again := false
	for _, ch := range best {
		again = c.keep(answers, ch) || again
	}
	return again
}

// afresh begins a new request: each may be challenged anew, and begins with the nonce that was good last.
func (c *credentials) afresh() {
	for _, k := range c.known {
		k.tried = 0
	}
}

func (c *credentials) keep(header string, ch *digest.Challenge) bool {
	for _, k := range c.known {
		if k.header != header || k.Realm != ch.Realm {
			continue
		}
		if k.tried >= attempts {
			return false
		}
		k.Challenge, k.count = *ch, 0
		k.tried++
		return true
	}
	c.known = append(c.known, &challenge{header: header, Challenge: *ch, tried: 1})
	return true
}

// rank prefers SHA-256 to MD5 (RFC 8760 §2.4); 0 is what we cannot do. auth-int is not ours.
func rank(ch *digest.Challenge) int {
	for i, q := range ch.QOP {
		ch.QOP[i] = strings.TrimSpace(q)
	}
	if ch.Nonce == "" || len(ch.QOP) > 0 && !ch.SupportsQOP("auth") {
		return 0
	}
	switch strings.ToUpper(ch.Algorithm) {
	case "SHA-512-256":
		return 3
	case "SHA-256":
		return 2
	case "", "MD5":
		return 1
	}
	return 0
}

// sign adds an answer to every challenge known, each with the next count of its nonce.
func (c *credentials) sign(req *sip.Request) {
	for _, k := range c.known {
		k.count++
		cred, err := digest.Digest(&k.Challenge, digest.Options{Method: req.Method.String(), URI: req.Recipient.String(),
			Count: k.count, Username: c.trunk.User, Password: c.trunk.Password})
		if err == nil { // rank let nothing in that it cannot do
			req.AppendHeader(sip.NewHeader(k.header, cred.String()))
		}
	}
}
