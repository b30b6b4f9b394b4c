package sip

import (
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// A trunk that does not even say 100 is given up long before Timer B (64·T1, 32 s) would: an agent waits for it. The
// conversation hears of it at once. The leg itself stays until Timer B would have fired, as an answer may still come:
// a provisional one is met with CANCEL, a 200 with ACK and BYE, so that nobody's telephone rings for nothing.

// listenFor starts the timer of the first INVITE.
func (l *Leg) listenFor(at time.Time) {
	wait := l.ua.cfg.TrunkSilent
	if own := time.Duration(l.dial.SilentUS) * time.Microsecond; own > 0 && (own < wait || wait < 0) {
		wait = own
	}
	if wait > 0 {
		l.due.set(silence, at.Add(wait))
	}
}

// silent: nothing at all came back. The INVITE is not repeated any more, as one that arrives now would ring for a
// moment and be cancelled.
func (l *Leg) silent(now time.Time) {
	if l.phase != inviting && l.phase != cancelling || l.proceeds {
		return
	}
	cause := stamp.Cause{Proto: "sip", Code: 408, Text: "trunk_silent"}
	wanted := l.phase == inviting
	l.ua.log.Warn("trunk is silent", "trunk", l.trunk.ID, "call", l.id, "peer", l.dlg.Peer)
	l.blame(now)
	l.abandoned = true // BEFORE the transaction ends, whose end must not be taken for an answer
	l.phase = cancelling
	l.due.clear(ringLimit)
	l.due.set(cancelLimit, now.Add(64*l.ua.cfg.T1))
	l.inviteTx.Terminate()
	l.tell(now, call.LegRejected{Leg: l.no, Code: 408})
	if wanted {
		l.gone(now, stamp.Network, false, cause)
	} else {
		l.gone(now, stamp.System, true, cause)
	}
}

// refusedLate acknowledges the refusal of an INVITE that was given up, and waits for nothing more (RFC 3261 §17.1.1.3).
func (l *Leg) refusedLate(res *sip.Response) {
	if !l.abandoned || res.CSeq().SeqNo != l.invite.CSeq().SeqNo {
		return
	}
	ack := cancelOf(l.invite)
	ack.Method = sip.ACK
	ack.ReplaceHeader(&sip.CSeqHeader{SeqNo: res.CSeq().SeqNo, MethodName: sip.ACK})
	ack.ReplaceHeader(sip.HeaderClone(res.To()))
	_ = l.ua.tp.WriteMsg(ack) // if it is lost, their refusal comes again and finds no leg: they give up after 64·T1
	l.phase = over
}
