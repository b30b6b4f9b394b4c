package call

import "github.com/callstamp/callstamp/kpi/stamp"

// Parking: the agent is free, the customer hears music until an agent fetches
// the call, or until it goes back by itself.

// park is where the call stood last.
type park struct {
	segment stamp.SegmentNo // whose agent parked it; 0 = it is not parked
	limitUS int64
}

func parkCall(t *turn, in Park) error {
	g := t.s.segment()
	switch {
	case g.seat.Agent != in.Agent:
		return t.refuse(in, "another agent has the call")
	case t.s.ask.no != 0:
		return t.refuse(in, "somebody is being asked for already")
	}
	t.endPart(g, "", stamp.Agent)
	t.begin(stamp.PhaseParked, stamp.Agent, stamp.ParkStarted{Segment: g.no, Agent: in.Agent, LimitUS: t.plan.ParkUS})
	t.do(Music{Leg: stamp.CustomerLeg, Name: t.plan.Music})
	return nil
}

// retrieve: an agent wants the call; the Floor says whether they are free.
func retrieve(t *turn, in Retrieve) error {
	t.do(Seek{Agent: in.Agent, Since: t.s.place()})
	return nil
}

// retrieved: the agent who asked for the parked call has it without ringing.
func retrieved(t *turn, in Found) error {
	if in.Ask != 0 {
		return foundLate(t, in)
	}
	from := t.s.park.segment
	t.say(stamp.System, stamp.OfferCreated{Offer: in.Offer, Agent: in.Seat.Agent, Session: in.Seat.Session})
	t.say(stamp.Agent, stamp.OfferAccepted{Offer: in.Offer, Agent: in.Seat.Agent})
	t.say(stamp.Agent, stamp.ParkEnded{End: parkRetrieved, Agent: in.Seat.Agent})
	t.openSegment(stamp.SegmentOpened{
		Agent: in.Seat.Agent, Session: in.Seat.Session, Offer: in.Offer, Via: stamp.ViaRetrieved, From: from,
		Queue: t.s.segments[from-1].queue,
	})
	return nil
}

// How a call stops being parked.
const (
	parkRetrieved = "retrieved"
	parkReturned  = "returned"
	parkGone      = "customer_gone"
	parkFailed    = "failed"
)

// parkOver: nobody has fetched the call; it goes back to who parked it.
func parkOver(t *turn) {
	t.begin(stamp.PhaseOffering, stamp.System, stamp.ParkEnded{End: parkReturned, Returns: t.s.asks + 1})
	t.seekReturn()
}

// closePark ends a parked call's stand with the call.
func (t *turn) closePark(by stamp.Actor) {
	if t.s.park.segment == 0 {
		return
	}
	end := parkFailed
	if by == stamp.Customer {
		end = parkGone
	}
	t.say(by, stamp.ParkEnded{End: end})
}
