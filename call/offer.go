package call

import "github.com/callstamp/callstamp/kpi/stamp"

// Offers: any number may be open at once, at most one is accepted, and each
// ends exactly once. The call is their only judge.

func matched(t *turn, in Matched) error {
	e := t.s.entry()
	if e == nil || in.Entry != e.no || t.s.offer(in.Offer) != nil {
		t.notNeeded(in, stamp.OfferWithdrawn)
		return nil
	}
	t.begin(stamp.PhaseOffering, stamp.System, stamp.OfferCreated{
		Offer: in.Offer, Entry: e.no, Queue: e.queue, Agent: in.Seat.Agent, Session: in.Seat.Session, LimitUS: t.plan.OfferUS,
		Why: in.Why, Seed: in.Seed,
	})
	t.do(
		Presence{Seat: in.Seat, To: stamp.StateRinging, Offer: in.Offer},
		RingDesk{Seat: in.Seat, Offer: in.Offer, LimitUS: t.plan.OfferUS},
	)
	return nil
}

// matchedLate: the Floor's agent comes when the call has no use for one.
func matchedLate(t *turn, in Matched) error {
	end := stamp.OfferCustomerGone
	if bridged.is(t.s.phase) {
		end = stamp.OfferElsewhere
	}
	t.notNeeded(in, end)
	return nil
}

// notNeeded gives the reserved agent back; no offer was ever made.
func (t *turn) notNeeded(in Matched, end stamp.OfferEnd) {
	t.do(Presence{Seat: in.Seat, To: stamp.StateReady, Offer: in.Offer, End: end})
}

func deskRings(t *turn, in DeskRings) error {
	if o := t.s.offer(in.Offer); o != nil && o.rings.IsZero() {
		t.say(stamp.Agent, stamp.OfferRingStarted{Offer: o.id, Agent: o.seat.Agent})
	}
	return nil
}

func accept(t *turn, in Accept) error {
	found, a := t.s.offer(in.Offer), t.s.ask
	if found == nil {
		return acceptAgain(t, in)
	}
	o := *found
	t.say(stamp.Agent, stamp.OfferAccepted{Offer: o.id, Agent: o.seat.Agent, RingUS: t.rang(o)})
	if a.offer == o.id {
		t.acceptAsk(a, o)
		return nil
	}
	t.endOffers("", stamp.OfferElsewhere)
	e := t.s.entry()
	if !t.s.customer().answered {
		t.do(Answer{Leg: stamp.CustomerLeg})
	}
	t.openSegment(stamp.SegmentOpened{Agent: o.seat.Agent, Session: o.seat.Session, Offer: o.id, Queue: e.queue})
	return nil
}

// acceptAgain: a second click on the offer that was taken is no error.
func acceptAgain(t *turn, in Accept) error {
	for i := range t.s.segments {
		if g := &t.s.segments[i]; !g.ended && g.offer == in.Offer {
			return nil
		}
	}
	return t.refuse(in, "the offer is no longer open")
}

func decline(t *turn, in Decline) error {
	t.failOffer(in.Offer, stamp.Agent, stamp.OfferDeclined)
	return nil
}

func offerFailed(t *turn, in OfferFailed) error {
	t.failOffer(in.Offer, stamp.System, in.End)
	return nil
}

// offersDue ends the offers whose time is over: missed.
func offersDue(t *turn) {
	now := t.now()
	for _, o := range append([]offer(nil), t.s.offers...) {
		if due := o.due(); !due.IsZero() && !now.Before(due) {
			end := stamp.OfferTimedOut
			if o.rings.IsZero() {
				end = stamp.OfferUnreachable // the page never said that it rings: nobody missed anything
			}
			t.failOffer(o.id, stamp.System, end)
		}
	}
}

func (o *offer) due() stamp.Instant {
	if o.limitUS <= 0 {
		return stamp.Instant{}
	}
	return o.created.Add(o.limitUS)
}

// failOffer ends one offer; after the last one the call waits again, on its
// old place.
func (t *turn) failOffer(id stamp.ID, by stamp.Actor, end stamp.OfferEnd) {
	o, a := t.s.offer(id), t.s.ask
	if o == nil {
		return
	}
	if a.offer == id {
		t.endOffer(*o, "", by, end)
		t.askRefused(askEndOf(end), by)
		return
	}
	phase := ""
	if len(t.s.offers) == 1 {
		phase = stamp.PhaseWaiting
	}
	t.endOffer(*o, phase, by, end)
	if phase != "" {
		t.enqueue()
	}
}

// endOffers ends every open offer.
func (t *turn) endOffers(phase string, end stamp.OfferEnd) {
	for _, o := range append([]offer(nil), t.s.offers...) {
		t.endOffer(o, phase, stamp.System, end)
	}
}

func (t *turn) endOffer(o offer, phase string, by stamp.Actor, end stamp.OfferEnd) {
	t.begin(phase, by, stamp.OfferEnded{Offer: o.id, Agent: o.seat.Agent, End: end, RingUS: t.rang(o)})
	t.do(
		Unring{Seat: o.seat, Offer: o.id, End: end},
		Presence{Seat: o.seat, To: stamp.StateReady, Offer: o.id, End: end},
	)
}

// rang returns how long the offer has rung, µs.
func (t *turn) rang(o offer) int64 {
	if o.rings.IsZero() {
		return t.now().Sub(o.created)
	}
	return t.now().Sub(o.rings)
}
