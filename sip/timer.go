package sip

import (
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// alarm names a deadline of a leg. A leg has one timer, set to the earliest.
type alarm int

const (
	silence     alarm = iota // our INVITE was not answered at all, not even by 100: give up
	ringLimit                // our INVITE was not answered in time: CANCEL
	ringAgain                // our reliable 18x, until its PRACK comes
	ringOn                   // we still ring: proxies want to hear so
	cancelLimit              // no answer to a CANCELled INVITE: give up
	resend                   // our 200 to an INVITE, until its ACK comes
	ackLimit                 // it never came: BYE
	orderLimit               // a request that came too early is not held any longer
	retryOffer               // our re-INVITE met theirs (491): again
	refresh                  // the session timer, where we keep it alive
	expire                   // the session timer, where they do not
	alarms
)

type deadlines [alarms]time.Time

func (d *deadlines) set(a alarm, at time.Time) { d[a] = at }
func (d *deadlines) clear(list ...alarm) {
	for _, a := range list {
		d[a] = time.Time{}
	}
}

// next is the earliest deadline; false when there is none.
func (d *deadlines) next() (alarm, time.Time, bool) {
	first := alarms
	for a := range alarms {
		if !d[a].IsZero() && (first == alarms || d[a].Before(d[first])) {
			first = a
		}
	}
	if first == alarms {
		return 0, time.Time{}, false
	}
	return first, d[first], true
}

// expiry is a session timer as a message states it (RFC 4028).
type expiry struct {
	interval  time.Duration
	refresher string // uac, uas or "": not said
}

// sessionExpires reads the header; false where there is none or a bad one.
func sessionExpires(msg sip.Message) (expiry, bool) {
	values := headerValues(msg, "Session-Expires")
	if len(values) == 0 {
		return expiry{}, false
	}
	number, params, _ := strings.Cut(values[0], ";")
	n, err := strconv.ParseUint(strings.TrimSpace(number), 10, 31)
	if err != nil || n == 0 {
		return expiry{}, false
	}
	e := expiry{interval: time.Duration(n) * time.Second}
	for p := range strings.SplitSeq(params, ";") {
		if k, v, _ := strings.Cut(p, "="); strings.EqualFold(strings.TrimSpace(k), "refresher") {
			e.refresher = strings.ToLower(strings.TrimSpace(v))
		}
	}
	return e, true
}

// sessionAnswer decides what a 2xx of ours says to a request with session timer: who asked for one keeps it alive unless
// they name us. Without support on their side there is none: we would be the only one to end the call by it.
func sessionAnswer(req sip.Message) (expiry, bool) {
	if !hasOption(req, "Supported", "timer") && !hasOption(req, "Require", "timer") {
		return expiry{}, false
	}
	e, ok := sessionExpires(req)
	if !ok {
		return expiry{}, false
	}
	if e.refresher != "uas" {
		e.refresher = "uac"
	}
	return e, true
}

func (e expiry) String() string { return seconds(e.interval) + ";refresher=" + e.refresher }

// due returns when we refresh, where we do, or when we give up (§10): a third of the interval before its end, at most
// 32 s, so that the BYE arrives before the far side's own.
func (e expiry) due(weRefresh bool) time.Duration {
	if weRefresh {
		return e.interval / 2
	}
	return e.interval - min(32*time.Second, e.interval/3)
}
