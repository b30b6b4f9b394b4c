package sip

import (
	"errors"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/internal/mailbox"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// errEnded is the cause that a leg's media is closed with.
var errEnded = errors.New("leg ended")

// phase is where a leg stands; the drawing is in the package doc.
type phase int

const (
	idle       phase = iota // out: not sent
	inviting                // out: INVITE sent
	cancelling              // out: CANCEL wanted or sent, final response outstanding
	arrivedIn               // in: no final response yet
	answered                // in: 200 sent, no ACK yet
	up
	ending // our BYE is out
	over
)

// Leg is one party's SIP dialog, in or out. Its methods return at once and may be called from any goroutine; what comes
// of them is posted to whom Bind named. The order of calls is kept.
type Leg struct {
	// given at start
	ua    *UA
	trunk *trunk
	dial  call.Dial // out
	merge *mergeKey // in
	box   *mailbox.Box[func()]
	ended chan struct{} // closed when nothing of the leg is left

	// bound
	id    stamp.ID
	no    stamp.LegNo
	post  func(time.Time, call.Input)
	end   media.TrunkEnd // nil before Bind and after the end
	early func()         // in: LegGone that came before Bind

	// owned by run
	dlg     dialog
	phase   phase
	due     deadlines
	auth    *credentials
	isGone  bool
	settled bool // in: Incoming has returned

	invite    *sip.Request // the INVITE that made the dialog
	inviteTx  *sip.ClientTx
	final     *sip.Response // our 200 to an INVITE until its ACK comes; also of a re-INVITE
	finalTx   *sip.ServerTx
	finalSeq  uint32
	resendIn  time.Duration
	ack       *sip.Request // our ACK to their 200, to be sent again
	owesAck   bool         // out: their 200 is here, our ACK waits for the dialog to be durable
	rang      call.LegRang // the last one told
	proceeds  bool         // out: a provisional response came, so CANCEL may go
	cancelOut bool         // CANCEL was sent
	abandoned bool         // out: nothing came back, so nothing is sent any more but the end of what comes late
	timedOut  bool         // the ring limit, not the conversation, wants the end
	minSE     time.Duration
	released  bool // wants BYE as soon as the ACK allows it (§15)
	held      []inbound

	talk talk
	rel  reliable
}

func newLeg(u *UA, t *trunk, p phase) *Leg {
	return &Leg{ua: u, trunk: t, box: mailbox.New[func()](), ended: make(chan struct{}), phase: p}
}

// Bind ties the leg to a call: its RTP port is opened and made known to the exchange before Bind returns. Called once,
// before any other method but Release.
func (l *Leg) Bind(id stamp.ID, no stamp.LegNo, post func(time.Time, call.Input)) {
	end, err := l.ua.cfg.Media.NewTrunk(media.TrunkConfig{})
	if err != nil {
		l.ua.log.Error("open RTP port", "call", id, "error", err)
		end = nil
	} else if l.ua.cfg.Exchange != nil {
		l.ua.cfg.Exchange.AddTrunk(id, no, end, post)
	}
	if !l.box.Put(func() { l.bind(id, no, post, end) }) && end != nil {
		end.Close(errEnded)
	}
}

// Ring sends 180.
func (l *Leg) Ring() { l.box.Put(l.ring) }

// Answer sends 200.
func (l *Leg) Answer() { l.box.Put(l.answer) }

// Invite sends the INVITE of a leg that Dial made.
func (l *Leg) Invite() { l.box.Put(l.startInvite) }

// Hold tells the far side by re-INVITE, where its trunk wants that, that we do not listen, or listen again.
func (l *Leg) Hold(on bool) { l.box.Put(func() { l.hold(on) }) }

// Release ends the leg: a final response with code (a refusal, else 480), CANCEL, or BYE.
func (l *Leg) Release(code int) {
	l.box.Put(func() {
		l.settled = l.settled || l.post == nil // nobody will Bind it any more
		l.release(time.Now(), code)
	})
}

// Dialog is the dialog as JSON for ByeDialog; nil when the leg is over. It waits for the leg's goroutine, not for the
// network.
func (l *Leg) Dialog() []byte {
	data, err := mailbox.Ask(l.ua.ctx, l.box, func(reply chan<- []byte) func() {
		return func() { reply <- l.dlg.json() }
	})
	if err != nil {
		return nil
	}
	return data
}

// run owns the leg until nothing is left to be sent, heard or decided.
func (l *Leg) run() {
	defer close(l.ended)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for !l.finished() {
		l.arm(timer)
		select {
		case <-l.box.C():
			for _, do := range l.box.Take() {
				l.guarded(do)
			}
		case ack := <-l.acks(): // of far sides that send the ACK to a 200 with the INVITE's branch
			l.guarded(func() { l.acked(time.Now(), ack) })
		case <-timer.C:
			l.guarded(func() { l.deadline(time.Now()) })
		case <-l.ua.ctx.Done():
			l.gone(time.Now(), stamp.System, false, stamp.Cause{Proto: "sip", Text: "shutdown"})
			l.phase, l.settled = over, true
		}
	}
	l.ua.drop(l.dlg.key(), l.merge)
	for _, do := range l.box.Close() {
		l.guarded(do)
	}
	l.closeMedia()
	l.trunk.give()
}

// finished: also a leg that is over waits until it is known whether somebody wants to hear of it.
func (l *Leg) finished() bool {
	return l.phase == over && (l.post != nil || l.settled)
}

// guarded keeps one leg's fault from the process; the leg itself is ended.
func (l *Leg) guarded(do func()) {
	defer func() {
		if r := recover(); r != nil {
			l.ua.panicked("leg", r)
			l.gone(time.Now(), stamp.System, false, stamp.Cause{Proto: "sip", Code: 500, Text: "server_error"})
			l.phase = over
		}
	}()
	do()
}

func (l *Leg) arm(timer *time.Timer) {
	wait := time.Hour
	if _, at, ok := l.due.next(); ok {
		wait = max(0, time.Until(at))
	}
	timer.Reset(wait)
}

func (l *Leg) acks() <-chan *sip.Request {
	if l.finalTx == nil {
		return nil
	}
	return l.finalTx.Acks()
}

func (l *Leg) bind(id stamp.ID, no stamp.LegNo, post func(time.Time, call.Input), end media.TrunkEnd) {
	l.id, l.no, l.post, l.end = id, no, post, end
	if l.early != nil { // it ended before anybody wanted it
		l.closeMedia()
		l.early()
		return
	}
	if end == nil {
		l.noMedia()
		return
	}
	l.talk.sess = newSession(l.ua.rtpAddr(end.LocalAddr(), l.dlg.Peer), l.trunk.Laws, l.trunk.SRTP)
	if l.phase == arrivedIn {
		l.record()
	}
}

// noMedia ends a leg for which there is no RTP port.
func (l *Leg) noMedia() {
	at := time.Now()
	if l.phase == idle {
		l.tell(at, call.LegRejected{Leg: l.no, Code: 503})
	}
	l.release(at, 503)
}

// tell posts an input. Before Bind nobody is there to hear it.
func (l *Leg) tell(at time.Time, in call.Input) {
	if l.post != nil && !l.isGone {
		l.post(at, in)
	}
}

// gone is the last word of a leg, said once.
func (l *Leg) gone(at time.Time, by stamp.Actor, cancelled bool, cause stamp.Cause) {
	if l.isGone {
		return
	}
	say := func() { l.post(at, call.LegGone{Leg: l.no, By: by, Cancelled: cancelled, Cause: cause}) }
	l.isGone = true
	l.closeMedia()
	if l.post != nil {
		say()
	} else {
		l.early = say
	}
}

// closeMedia comes after the BYE (trap 34) and before LegGone: the account of the media is posted by it.
func (l *Leg) closeMedia() {
	if l.end != nil {
		l.end.Close(errEnded)
		l.end = nil
	}
}

// record gives the dialog to the journal.
func (l *Leg) record() { l.recordThen(nil) }

// recordThen is record; then is done, in the leg's goroutine, once the dialog can't be taken back by a power cut.
func (l *Leg) recordThen(then func()) {
	if l.ua.cfg.OnDialog == nil || l.post == nil || l.isGone {
		if then != nil {
			then()
		}
		return
	}
	var durable func()
	if then != nil {
		durable = func() { l.box.Put(then) }
	}
	l.ua.cfg.OnDialog(l.id, l.no, l.dlg.json(), durable)
}

// decided ends a leg that Config.Incoming left to itself.
func (l *Leg) decided() {
	l.settled = true
	if l.post == nil && l.phase == arrivedIn {
		l.release(time.Now(), 500)
	}
}

// release ends the leg by whatever fits its phase.
func (l *Leg) release(at time.Time, code int) {
	switch l.phase {
	case idle:
		l.gone(at, stamp.System, true, sipCause(finalCode(code)))
		l.phase = over
	case arrivedIn:
		l.refuse(at, finalCode(code))
	case answered:
		l.released = true // BYE must wait for the ACK or its time-out (§15)
	case up:
		l.bye(stamp.System, stamp.Cause{})
	case inviting:
		l.cancel()
	}
}

// deadline carries out the deadline that has come.
func (l *Leg) deadline(now time.Time) {
	a, at, ok := l.due.next()
	if !ok || now.Before(at) {
		return
	}
	l.due.clear(a)
	switch a {
	case silence:
		l.silent(now)
	case ringAgain:
		l.repeatRing(now)
	case ringOn:
		l.stillRinging(now)
	case ringLimit:
		l.tell(now, call.LegRejected{Leg: l.no, Code: 408}) // whatever the far side makes of the CANCEL
		l.timedOut = true
		l.cancel()
	case cancelLimit:
		l.inviteTx.Terminate()
		l.notAnswered(now, 408)
	case resend:
		l.resendFinal(now)
	case ackLimit:
		l.neverAcked()
	case orderLimit:
		l.serveHeld(now)
	case retryOffer:
		l.reconcile()
	case refresh:
		l.talk.refreshing = true
		l.reconcile()
	case expire:
		l.bye(stamp.Network, stamp.Cause{Proto: "sip", Code: 408, Text: "session_expired"})
	}
}
