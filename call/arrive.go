package call

import "github.com/callstamp/callstamp/kpi/stamp"

// How an inbound call comes in: arriving, and from there into its queue.

func arrive(t *turn, in Arrived) error {
	t.begin(stamp.PhaseArriving, stamp.Customer, stamp.CallCreated{
		Direction: stamp.In, Trunk: in.Trunk, Route: in.Route, Party: in.Party,
	})
	t.say(stamp.Customer, stamp.LegInviteReceived{Leg: stamp.CustomerLeg, Trunk: in.Trunk})
	switch to := t.plan.settle(t.plan.first(), t.now().At); {
	case to.Kind == ToHangup || to.IsZero():
		t.lead(t.plan.first())
	case to.Kind == ToQueue && t.plan.in(stamp.QueueID(to.ID)).AnswerOn == OnAgent:
		t.do(Durably{Ring{Leg: stamp.CustomerLeg}})
		t.lead(t.plan.first())
	default:
		t.do(Durably{Answer{Leg: stamp.CustomerLeg}})
	}
	return nil
}

// legRang: 180 was sent or seen.
func legRang(t *turn, in LegRang) error {
	t.say(stamp.Network, stamp.LegRinging(in))
	return nil
}

// entryAnswered: our 200 is out; the customer can hear, so the call is led to
// where it was bound.
func entryAnswered(t *turn, in LegAnswered) error {
	t.answered(in.Codec)
	to := t.s.to
	if to.IsZero() {
		to = t.plan.first()
	}
	t.lead(to)
	return nil
}

// lateAnswered: the 200 that an agent's acceptance caused.
func lateAnswered(t *turn, in LegAnswered) error {
	if !t.s.customer().answered {
		t.answered(in.Codec)
	}
	return nil
}

// answered stamps the customer's 200.
func (t *turn) answered(codec string) {
	t.say(t.customerOr(stamp.System), stamp.LegAnswered{Leg: stamp.CustomerLeg, Role: RoleCustomer, Codec: codec})
}

// customerOr returns who acts when the customer's side answers: the customer
// where we called, us where we were called.
func (t *turn) customerOr(us stamp.Actor) stamp.Actor {
	if t.s.direction == stamp.Out {
		return stamp.Customer
	}
	return us
}

// Roles of a leg in a call.
const (
	RoleCustomer = "customer"
	RoleAgent    = "agent"

	RoleConsulted = "consulted" // speaks with an agent while the customer waits
	RoleOutside   = "outside"   // the customer was given to them
)
