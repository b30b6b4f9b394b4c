package call

import "github.com/callstamp/callstamp/kpi/stamp"

// What a supervisor does with a call that waits: take it from the desks that it
// rings at, or move it to another queue, on the place that it has.

// rest lets those from whom the call was taken not be the next who are rung.
func (t *turn) rest() {
	for i, e := range t.effects {
		if p, ok := e.(Presence); ok && p.End == stamp.OfferWithdrawn {
			p.Rest = true
			t.effects[i] = p
		}
	}
}

func requeue(t *turn, in Requeue) error {
	e := t.s.entry()
	if e == nil {
		return t.refuse(in, "the call does not wait in a queue")
	}
	to := in.Queue
	switch {
	case to == "" || to == e.queue:
		if len(t.s.offers) == 0 {
			return t.refuse(in, "it waits already and rings nowhere; name another queue")
		}
		t.say(stamp.Supervisor, stamp.QueueMoved{Entry: e.no, From: e.queue, To: e.queue, By: in.By})
		t.endOffers(stamp.PhaseWaiting, stamp.OfferWithdrawn)
		t.rest()
		t.enqueue()
	case !t.plan.has(QueueOf(to)):
		return t.refuse(in, "there is no such queue")
	default:
		t.say(stamp.Supervisor, stamp.QueueMoved{Entry: e.no, From: e.queue, To: to, By: in.By})
		t.endOffers("", stamp.OfferWithdrawn)
		t.exit(stamp.PhaseArriving, stamp.Supervisor, stamp.ExitWithdrawn)
		t.lead(QueueOf(to))
	}
	return nil
}
