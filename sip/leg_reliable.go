package sip

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Provisional responses are lost like any UDP packet unless both sides speak RFC 3262: then each has a number, RSeq, and is
// repeated until a PRACK names it. Some carriers insist on that (gateways towards ISUP), others break on it, so a trunk
// says which (trap 13).

// Wish says how much a trunk wants of an extension.
type Wish string

// The wishes. The zero value is Off.
const (
	Off      Wish = "off"
	Optional Wish = "optional"
	Required Wish = "required"
)

func (w Wish) on() bool { return w == Optional || w == Required }

// valid: "" is Off.
func (w Wish) valid() bool { return w == "" || w == Off || w.on() }

const reliably = "100rel"

// extensions are the option tags that we understand on the trunk; nil: any.
func (t *trunk) extensions() string {
	if t != nil && t.Reliable.on() {
		return supported + ", " + reliably
	}
	return supported
}

// reliable is what a leg keeps of RFC 3262.
type reliable struct {
	// in: our provisional responses
	wants bool // the caller knows 100rel
	rseq  uint32
	sent  *sip.Response // awaits its PRACK
	again time.Duration
	until time.Time

	// out: theirs
	tag  string // of the dialog that seen counts in
	seen uint32 // the last RSeq acknowledged
}

// ringReliably makes a provisional response one that is repeated until it is acknowledged (§3). One at a time: a second
// one waits for the next occasion.
func (l *Leg) ringReliably(res *sip.Response, now time.Time) {
	r := &l.rel
	if !r.wants || r.sent != nil {
		return
	}
	if r.rseq == 0 {
		r.rseq = 1 + rand.Uint32N(1<<31-1) // §3: the first is anything from 1 to 2³¹-1
	} else {
		r.rseq++
	}
	res.AppendHeader(sip.NewHeader("Require", reliably))
	res.AppendHeader(sip.NewHeader("RSeq", strconv.FormatUint(uint64(r.rseq), 10)))
	r.sent, r.again, r.until = res, l.ua.cfg.T1, now.Add(64*l.ua.cfg.T1)
	l.due.set(ringAgain, now.Add(r.again))
}

// repeatRing sends it again: T1, doubling, for 64·T1; then the caller is not there and the INVITE is refused (§3).
func (l *Leg) repeatRing(now time.Time) {
	r := &l.rel
	switch {
	case r.sent == nil || l.phase != arrivedIn:
		return
	case !now.Before(r.until):
		r.sent = nil
		l.refuse(now, 504)
		return
	}
	_ = l.finalTx.Respond(r.sent) // cancelled or gone: that comes as an event of its own
	r.again *= 2
	l.due.set(ringAgain, now.Add(min(r.again, r.until.Sub(now))))
}

// theirPrack acknowledges a provisional response of ours: RAck names its RSeq, and the INVITE's number and method (§7.2).
func (l *Leg) theirPrack(r inbound) {
	rel := &l.rel
	want := fmt.Sprintf("%d %d INVITE", rel.rseq, l.invite.CSeq().SeqNo)
	values := headerValues(r.req, "RAck")
	if rel.sent == nil || len(values) != 1 || strings.Join(strings.Fields(values[0]), " ") != want {
		respond(r.tx, r.req, 481, reason(481))
		return
	}
	rel.sent = nil
	l.due.clear(ringAgain)
	respond(r.tx, r.req, 200, "OK")
}

// prack acknowledges a reliable provisional response of theirs and reports whether it is a new one, in order (§4): one
// that was heard before is only repeated because our PRACK is not there yet.
func (l *Leg) prack(res *sip.Response) (fresh bool) {
	if !hasOption(res, "Require", reliably) {
		return true
	}
	n, ok := parseRSeq(headerValues(res, "RSeq"))
	if !ok {
		return true
	}
	r, tag := &l.rel, tagOf(res.To().Params)
	switch {
	case r.tag != tag: // the first of this dialog, any number
		r.tag, r.seen = tag, n
	case n == r.seen+1:
		r.seen++
	default:
		return false
	}
	if err := l.sendPrack(res, n); err != nil {
		l.ua.log.Warn("PRACK not sent", "call", l.id, "trunk", l.trunk.ID, "error", err)
	}
	return true
}

// parseRSeq reads the number of a reliable response: one value, 1 to 2³²-1 (§7.1).
func parseRSeq(values []string) (uint32, bool) {
	if len(values) != 1 {
		return 0, false
	}
	n, err := strconv.ParseUint(strings.TrimSpace(values[0]), 10, 32)
	return uint32(n), err == nil && n > 0
}

// sendPrack sends it in the early dialog that the response makes.
func (l *Leg) sendPrack(res *sip.Response, n uint32) error {
	early := l.dlg
	early.confirm(res)
	l.dlg.LocalSeq++
	req, err := l.ua.inDialog(&early, l.trunk, sip.PRACK, l.dlg.LocalSeq)
	if err != nil {
		return err
	}
	req.AppendHeader(sip.NewHeader("RAck", fmt.Sprintf("%d %d INVITE", n, res.CSeq().SeqNo)))
	l.auth.sign(req)
	tx, _, err := l.ua.request(req)
	if err != nil {
		return err
	}
	l.record() // the CSeq has moved
	l.ua.await(tx, func(time.Time, *sip.Response) {}, func(time.Time, error) {})
	return nil
}

// mayUpdate reports whether an UPDATE may change a session: the dialog stands, or is an early one whose offer was answered
// reliably (RFC 3311 §5.1).
func (l *Leg) mayUpdate(method sip.RequestMethod) bool {
	if l.phase == up || l.phase == answered {
		return true
	}
	return method == sip.UPDATE && l.phase == inviting && l.talk.far != nil && l.rel.tag != ""
}

// refuseUnreliable is the refusal of an INVITE whose caller does not know what the trunk insists on.
func (t *trunk) refuseUnreliable(req *sip.Request) bool {
	return t.Reliable == Required && !hasOption(req, "Supported", reliably) && !hasOption(req, "Require", reliably)
}
