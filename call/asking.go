package call

import "github.com/callstamp/callstamp/kpi/stamp"

// An ask is somebody being brought in: to be consulted, to be given the
// customer, or because the customer comes back. One is under way at a time.

// asking is the one under way; its number is 0 when there is none.
type asking struct {
	no       int
	kind     string          // askConsult, stamp.Blind or askReturn
	segment  stamp.SegmentNo // whose agent asks, or gets the call back
	target   stamp.Target    //
	leg      stamp.LegNo     // the third party's; 0 until there is one
	offer    stamp.ID        // the target is being rung
	began    stamp.Instant   //
	answered bool            // the third party is there
	left     bool            // a blind transfer's agent has gone
}

// Kinds of asks besides stamp.Blind.
const (
	askConsult = "consult"
	askReturn  = "return"
)

// failed is an ask that came to nothing.
type failed struct {
	segment stamp.SegmentNo // whose agent asked
	kind    string
	target  stamp.Target
	why     stamp.AskEnd
	at      stamp.Instant
}

// given is a call that an agent gave to a queue or menu.
type given struct{ from stamp.SegmentNo }

// wants is what an agent asks for, once it is known to be allowed.
type wants struct {
	ask    int
	target stamp.Target
	leg    stamp.LegNo
	dial   Dial
}

// wish checks what an agent asks for; why, if not "", says what is wrong with it.
func (t *turn) wish(agent stamp.AgentID, to Destination, out Outside) (w wants, why string) {
	w = wants{ask: t.s.asks + 1, target: stamp.Target{To: string(to.Kind), Name: to.ID}}
	switch to.Kind {
	case ToAgent:
		switch {
		case to.ID == string(agent):
			return w, "an agent can't be asked for by themselves"
		case t.s.part(stamp.AgentID(to.ID)) != nil:
			return w, "that agent takes part already"
		}
	case ToNumber:
		w.target.Name, w.target.Party, w.target.Trunk, w.dial = "", out.Party, out.Dial.Trunk, out.Dial
		w.leg = stamp.LegNo(len(t.s.legs) + 1)
	case ToQueue, ToMenu:
	default:
		return w, "only an agent, a queue, a number or a menu can be asked for"
	}
	if to.ID == "" {
		return w, "it is not said for whom"
	}
	if t.s.ask.no != 0 {
		return w, "somebody is being asked for already"
	}
	return w, ""
}

// seek sends for the target of the ask under way.
func (t *turn) seek(d Dial) {
	a := &t.s.ask
	if a.leg != 0 {
		t.do(Open{Leg: a.leg, Dial: d}, Durably{Invite{Leg: a.leg}})
		return
	}
	seek := Seek{Ask: a.no, Since: t.s.place(), LimitUS: t.plan.ReturnUS}
	switch DestinationKind(a.target.To) {
	case ToQueue:
		seek.Queue = stamp.QueueID(a.target.Name)
	default:
		seek.Agent = stamp.AgentID(a.target.Name)
	}
	t.do(seek)
}

// place is the call's place in any line: since when its customer wants an agent.
func (s *state) place() stamp.Instant {
	if len(s.entries) > 0 {
		return s.entries[0].entered
	}
	return s.created
}

// found: the Floor has reserved the agent who was asked for.
func found(t *turn, in Found) error {
	a := &t.s.ask
	if a.no == 0 || in.Ask != a.no || a.leg != 0 || a.offer != "" {
		return foundLate(t, in)
	}
	phase := ""
	if a.kind == stamp.Blind && !a.left {
		t.leave(a.segment, "", stamp.Agent)
		phase = stamp.PhaseOffering
		t.do(Music{Leg: stamp.CustomerLeg, Name: t.plan.Music})
	}
	t.begin(phase, stamp.System, stamp.OfferCreated{
		Offer: in.Offer, Ask: a.no, Agent: in.Seat.Agent, Session: in.Seat.Session, LimitUS: t.plan.ReturnUS,
	})
	t.do(
		Presence{Seat: in.Seat, To: stamp.StateRinging, Offer: in.Offer},
		RingDesk{Seat: in.Seat, Offer: in.Offer, LimitUS: t.plan.ReturnUS},
	)
	return nil
}

// foundLate gives back an agent for whom there is no use any more.
func foundLate(t *turn, in Found) error {
	t.do(Presence{Seat: in.Seat, To: stamp.StateReady, Offer: in.Offer, End: stamp.OfferWithdrawn})
	return nil
}

// unfound: whom was asked for can't be had.
func unfound(t *turn, in Unfound) error {
	if a := &t.s.ask; a.no != 0 && in.Ask == a.no && a.offer == "" && a.leg == 0 {
		t.askFailed(in.Why, stamp.System)
	}
	return nil
}

// acceptAsk: the agent who was asked for takes the offer.
func (t *turn) acceptAsk(a asking, o offer) {
	f := stamp.SegmentOpened{Agent: o.seat.Agent, Session: o.seat.Session, Offer: o.id, From: a.segment, Queue: t.s.segments[a.segment-1].queue}
	switch a.kind {
	case askConsult:
		f.Via = stamp.ViaConsult
		t.openConsulted(f)
		return
	case askReturn:
		f.Via = stamp.ViaReturned
	default:
		f.Via = stamp.ViaBlind
		t.completed(stamp.SegmentNo(len(t.s.segments)+1), stamp.LegNo(len(t.s.legs)+1), "")
	}
	t.openSegment(f)
}

// askFailed: the target of the ask under way is not to be had.
func (t *turn) askFailed(why stamp.AskEnd, by stamp.Actor) {
	switch t.s.ask.kind {
	case askConsult:
		t.endConsult(why, by)
	case askReturn:
		t.notTaken()
	default:
		t.transferFailed(why, by)
	}
}

// askRefused: who was rung did not take it. Of a queue the next agent is asked.
func (t *turn) askRefused(why stamp.AskEnd, by stamp.Actor) {
	if t.s.ask.target.To == string(ToQueue) {
		t.seek(Dial{})
		return
	}
	t.askFailed(why, by)
}

// withdraw ends what has been sent out for the ask: the ringing, the line.
func (t *turn) withdraw(by stamp.Actor) {
	a := t.s.ask
	switch o := t.s.offer(a.offer); {
	case o != nil:
		end := stamp.OfferWithdrawn
		if by == stamp.Customer {
			end = stamp.OfferCustomerGone
		}
		t.endOffer(*o, "", by, end)
	case a.leg != 0:
		t.drop(a.leg, by)
	case !a.answered && a.target.To == string(ToQueue):
		t.do(Unseek{Ask: a.no})
	}
}

// openFailed: the line can't be opened. By then no agent has left for it.
func openFailed(t *turn, e Open) error {
	if t.s.ask.leg == e.Leg {
		t.say(stamp.System, stamp.LegCancelled{Leg: e.Leg, By: stamp.System})
		t.askFailed(stamp.AskRefused, stamp.System)
	}
	return nil
}

// closeAsk ends the ask under way with the call, or because the agent hangs up.
func (t *turn) closeAsk(by stamp.Actor) {
	a := t.s.ask
	if a.no == 0 {
		return
	}
	why := stamp.AskFailed
	switch by {
	case stamp.Customer:
		why = stamp.AskCustomerGone
	case stamp.Agent:
		why = stamp.AskCancelled
	}
	t.withdraw(by)
	switch a.kind {
	case askConsult:
		if g := t.s.second(); g != nil {
			t.endPart(g, "", by)
		}
		t.say(by, stamp.ConsultEnded{Ask: a.no, End: why})
	case stamp.Blind:
		t.say(by, t.failure(why))
	}
}

// askDue is when the ask under way has taken too long; an agent who is rung has
// a limit of the offer's own.
func (s *state) askDue(p *Plan) stamp.Instant {
	if a := &s.ask; a.no != 0 && !a.answered && a.offer == "" {
		return after(a.began, p.ReturnUS)
	}
	return stamp.Instant{}
}

func askOver(t *turn) { t.askFailed(stamp.AskTimedOut, stamp.System) }

// askEndOf is what the end of an offer means to the ask.
func askEndOf(end stamp.OfferEnd) stamp.AskEnd {
	switch end {
	case stamp.OfferDeclined:
		return stamp.AskDeclined
	case stamp.OfferTimedOut:
		return stamp.AskTimedOut
	case stamp.OfferUnreachable, stamp.OfferNoMicrophone, stamp.OfferICEFailed:
		return stamp.AskAbsent
	}
	return stamp.AskFailed
}
