package sip

import (
	"errors"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// failure is the status that a transaction without a final response stands for (§8.1.3.1).
func failure(err error) int {
	if errors.Is(err, sip.ErrTransactionTransport) {
		return 503
	}
	return 408
}

// bye ends a dialog that is up. The leg is gone when the BYE leaves; the answer only matters to the trunk's count.
func (l *Leg) bye(by stamp.Actor, cause stamp.Cause) {
	if l.phase != up && l.phase != answered {
		return
	}
	l.phase = ending
	l.due = deadlines{}
	l.payAck() // a BYE before it would end what does not stand yet
	at := l.sendBye(true)
	l.gone(at, by, false, cause)
}

// sendBye sends one; again says whether a challenge may still be answered.
func (l *Leg) sendBye(again bool) time.Time {
	l.dlg.LocalSeq++
	req, err := l.ua.inDialog(&l.dlg, l.trunk, sip.BYE, l.dlg.LocalSeq)
	if err != nil {
		l.phase = over
		return time.Now()
	}
	l.auth.sign(req)
	tx, at, err := l.ua.request(req)
	if err != nil {
		l.phase = over
		return at
	}
	l.ua.await(tx, func(_ time.Time, res *sip.Response) {
		if res.IsProvisional() { // 100 to a BYE means nothing (trap 3)
			return
		}
		l.box.Put(func() {
			if again && l.phase == ending && l.auth.learn(res) {
				l.sendBye(false)
				return
			}
			l.phase = over
		})
	}, func(time.Time, error) {
		l.box.Put(func() { l.phase = over })
	})
	return at
}

// theirBye: 200 whatever we are doing, even when our own BYE is out.
func (l *Leg) theirBye(r inbound) {
	respond(r.tx, r.req, 200, "OK")
	cause := reasonCause(headerValues(r.req, "Reason"), stamp.Cause{})
	switch l.phase {
	case arrivedIn: // a caller may end an early dialog by BYE (§15)
		respond(l.finalTx, l.invite, 487, reason(487))
		l.phase = over
		l.gone(r.at, stamp.Customer, true, cause)
	case up, answered:
		l.phase = over
		l.due = deadlines{}
		l.payAck() // or their 200 would come again and again
		l.gone(r.at, stamp.Customer, false, cause)
	}
}
