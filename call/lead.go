package call

import "github.com/callstamp/callstamp/kpi/stamp"

// Where a call goes before, between and after its stays in queues. It is on the
// way in the phase arriving.

// lead takes the call to a destination, and on from where it is not let in. A
// destination that is none, or can't be reached, ends the call.
func (t *turn) lead(to Destination) {
	seen := map[Destination]bool{}
	for t.s.hops < maxHops && !seen[to] {
		seen[to] = true
		if to.sounds() && !t.s.customer().answered {
			t.begin(stamp.PhaseArriving, stamp.System, stamp.CallRouted{To: string(to.Kind), ID: to.ID})
			t.do(Durably{Answer{Leg: stamp.CustomerLeg}})
			return
		}
		switch to.Kind {
		case ToQueue:
			next, on := t.knock(stamp.QueueID(to.ID))
			if !on {
				return
			}
			to = next
		case ToMenu:
			t.menu(to.ID)
			return
		case ToAnnouncement:
			t.begin(stamp.PhaseAnnouncing, stamp.System, stamp.CallRouted{To: string(to.Kind), ID: to.ID})
			t.do(t.announce(to.ID))
			return
		default:
			t.letGo(stamp.System, t.s.refusal())
			return
		}
	}
	t.letGo(stamp.System, 482) // loop detected (RFC 3261 §21.4.20)
}

// sounds reports whether the customer has to be answered to be there.
func (d Destination) sounds() bool {
	return d.Kind == ToMenu || d.Kind == ToAnnouncement || d.Kind == ToVoicemail
}

// refusal is the SIP status that says why a call is not answered.
func (s *state) refusal() int {
	switch s.refused {
	case stamp.RefusedFull:
		return 486
	case stamp.RefusedGone:
		return 404
	}
	return 480
}

// knock is a call at a queue's door: it enters, asks the Floor whether it may,
// or is led on.
func (t *turn) knock(queue stamp.QueueID) (next Destination, on bool) {
	p := t.plan.in(queue)
	switch {
	case p.Queue != queue:
		return t.refused(queue, stamp.RefusedGone), true
	case !p.Hours.Open(t.now().At):
		return t.refused(queue, stamp.RefusedClosed), true
	case p.asks():
		t.do(Admit{Entry: t.s.nextEntry(), Queue: queue, MaxSize: p.MaxSize, Join: p.Join})
	default:
		t.plan = p
		t.enter()
	}
	return Destination{}, false
}

// refused stamps that the queue does not take the call; it returns where it
// goes instead.
func (t *turn) refused(queue stamp.QueueID, reason string) Destination {
	t.say(stamp.System, stamp.QueueRefused{Queue: queue, Reason: reason})
	switch p := t.plan.in(queue); reason {
	case stamp.RefusedClosed:
		return p.Closed
	case stamp.RefusedFull:
		return p.Full
	case stamp.RefusedEmpty:
		return p.Empty
	}
	return Destination{}
}

// admitted: the Floor has kept a place, or has none.
func admitted(t *turn, in Admitted) error {
	p := t.plan.in(in.Queue)
	switch {
	case in.Entry != t.s.nextEntry():
		return admittedLate(t, in)
	case in.Refused != "":
		t.lead(t.refused(in.Queue, in.Refused))
	default:
		t.plan = p
		t.enter()
	}
	return nil
}

// admittedLate gives back the place of a call that has gone elsewhere.
func admittedLate(t *turn, in Admitted) error {
	if in.Refused == "" && (t.s.entry() == nil || t.s.entry().no != in.Entry) {
		t.do(Dequeue{Entry: in.Entry})
	}
	return nil
}

// deserted: nobody is there to wait for.
func deserted(t *turn, in Deserted) error {
	if e := t.s.entry(); e == nil || e.no != in.Entry || t.plan.Stay == "" {
		return nil
	}
	to := t.plan.Empty
	t.exit(stamp.PhaseArriving, stamp.System, stamp.ExitEmpty)
	t.lead(to)
	return nil
}

// pressed: a key in the queue may be a way out of it.
func (t *turn) pressed(key rune) {
	if t.callback(key) {
		return
	}
	to, ok := t.plan.Keys[key]
	if !ok || t.s.entry() == nil {
		return
	}
	t.endOffers("", stamp.OfferCustomerGone)
	t.exit(stamp.PhaseArriving, stamp.Customer, stamp.ExitKey)
	t.lead(to)
}

// nextEntry is the number of the call's next stay in a queue.
func (s *state) nextEntry() stamp.EntryNo { return stamp.EntryNo(len(s.entries) + 1) }
