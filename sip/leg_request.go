package sip

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/callstamp/callstamp/call"
)

// orderWait is how long a request waits for the one before it, and BYE, INVITE and UPDATE for an ACK: the messages of one socket are
// read in order but come here through a goroutine each (traps 4, 29).
const orderWait = 50 * time.Millisecond

// request takes one of the far side's requests within the dialog.
func (l *Leg) request(r inbound) {
	switch {
	case r.req.Method == sip.ACK:
		r.tx.Terminate() // nobody answers an ACK
		l.acked(r.at, r.req)
		return
	case l.phase == over:
		respond(r.tx, r.req, 481, reason(481))
		return
	}
	i, _ := slices.BinarySearchFunc(l.held, r, func(a, b inbound) int {
		return int(a.req.CSeq().SeqNo) - int(b.req.CSeq().SeqNo)
	})
	l.held = slices.Insert(l.held, i, r)
	l.serveHeld(time.Now())
}

// serveHeld serves what is in order by now, or has waited long enough.
func (l *Leg) serveHeld(now time.Time) {
	for len(l.held) > 0 {
		r := l.held[0]
		if until := r.at.Add(orderWait); !l.inOrder(r) && now.Before(until) {
			l.due.set(orderLimit, until)
			return
		}
		l.held = l.held[1:]
		l.serve(r)
	}
	l.due.clear(orderLimit)
}

// inOrder: its number follows the last one, which for the first of a dialog that we began is any, and it does not
// overtake the ACK. What comes too late has no better time than now.
func (l *Leg) inOrder(r inbound) bool {
	seq, last := r.req.CSeq().SeqNo, l.dlg.RemoteSeq
	if l.final != nil && (r.req.Method == sip.BYE || r.req.Method == sip.INVITE || r.req.Method == sip.UPDATE) {
		return false
	}
	return last == 0 || seq <= last+1
}

func (l *Leg) serve(r inbound) {
	if seq := r.req.CSeq().SeqNo; seq <= l.dlg.RemoteSeq {
		respond(r.tx, r.req, 500, reason(500)) // §12.2.2: out of order
		return
	}
	l.dlg.RemoteSeq = r.req.CSeq().SeqNo
	if foreign := unsupported(r.req, l.trunk); foreign != "" {
		respond(r.tx, r.req, 420, reason(420), sip.NewHeader("Unsupported", foreign))
		return
	}
	switch r.req.Method {
	case sip.BYE:
		l.theirBye(r)
	case sip.INVITE:
		l.theirOffer(r)
	case sip.UPDATE:
		l.theirUpdate(r)
	case sip.PRACK:
		l.theirPrack(r)
	case sip.INFO:
		l.theirInfo(r)
	case sip.REFER:
		l.theirRefer(r)
	case sip.OPTIONS:
		respond(r.tx, r.req, 200, "OK", sip.NewHeader("Allow", allow), sip.NewHeader("Accept", accept))
	default:
		respond(r.tx, r.req, 405, reason(405), sip.NewHeader("Allow", allow))
	}
}

// theirInfo: a key as application/dtmf-relay or application/dtmf; without a body it is a keep-alive.
func (l *Leg) theirInfo(r inbound) {
	kind := contentType(r.req)
	if len(r.req.Body()) == 0 {
		respond(r.tx, r.req, 200, "OK")
		return
	}
	digit, held, ok := parseInfo(kind, string(r.req.Body()))
	if !ok {
		respond(r.tx, r.req, 415, reason(415), sip.NewHeader("Accept", accept))
		return
	}
	respond(r.tx, r.req, 200, "OK")
	if l.phase == up || l.phase == answered {
		l.tell(r.at, call.Digit{Leg: l.no, Digit: digit, For: held})
	}
}

// parseInfo reads "Signal=5\r\nDuration=160" or a bare "5". Some write 10 and 11 for * and #, as RFC 4733 does.
func parseInfo(kind, body string) (digit rune, held time.Duration, ok bool) {
	held = 100 * time.Millisecond
	signal := body
	if kind == "application/dtmf-relay" {
		signal = ""
		for line := range strings.Lines(body) {
			k, v, _ := strings.Cut(line, "=")
			switch v = strings.TrimSpace(v); strings.ToLower(strings.TrimSpace(k)) {
			case "signal":
				signal = v
			case "duration":
				if ms, err := strconv.ParseUint(v, 10, 16); err == nil && ms > 0 {
					held = time.Duration(ms) * time.Millisecond
				}
			}
		}
	} else if kind != "application/dtmf" {
		return 0, 0, false
	}
	signal = strings.ToUpper(strings.TrimSpace(signal))
	switch signal {
	case "10":
		signal = "*"
	case "11":
		signal = "#"
	}
	if len(signal) != 1 || !strings.Contains("0123456789*#ABCD", signal) {
		return 0, 0, false
	}
	return rune(signal[0]), held, true
}
