package call

import "github.com/callstamp/callstamp/kpi/stamp"

// Outbound: one line, one reserved agent. From the customer's answer on it is
// the same call as any other.

func originate(t *turn, in Originate) error {
	t.begin(stamp.PhaseDialing, stamp.Dialer, stamp.CallCreated{
		Direction: stamp.Out, Trunk: in.Trunk, Party: in.Party, Campaign: t.plan.Campaign, Lead: in.Lead, Attempt: in.Attempt,
		Callback: in.Callback, CallbackOf: in.CallbackOf,
	})
	t.say(stamp.Dialer, stamp.DialAttemptStarted{
		Campaign: t.plan.Campaign, Lead: in.Lead, Attempt: in.Attempt, Agent: in.Seat.Agent, Session: in.Seat.Session,
	})
	if in.Refused != "" {
		t.notDialed(in.Refused)
		return nil
	}
	t.do(Durably{Invite{Leg: stamp.CustomerLeg}})
	return nil
}

// notDialed: the guard lets nothing be dialed. There is no line, so the call is
// over with its first step.
func (t *turn) notDialed(why string) {
	t.say(stamp.System, stamp.DialResult{Attempt: t.s.dial.attempt, Result: string(Failed), Refused: why})
	t.customerGone(LegGone{Leg: stamp.CustomerLeg, By: stamp.System}, false)
}

func legSent(t *turn, in LegSent) error {
	t.say(stamp.Dialer, stamp.LegInviteSent{Leg: in.Leg, Trunk: t.s.trunk})
	return nil
}

// lineAnswered: the customer is there; so must be the agent.
func lineAnswered(t *turn, in LegAnswered) error {
	t.answered(in.Codec)
	t.say(stamp.Customer, stamp.DialHuman{Attempt: t.s.dial.attempt})
	seat := t.s.dial.seat
	if seat == (Seat{}) {
		t.abandonLine()
		return nil
	}
	t.openSegment(stamp.SegmentOpened{Agent: seat.Agent, Session: seat.Session, Queue: t.plan.Queue})
	return nil
}

// crossedAnswered: the 200 crossed our CANCEL. Somebody picked up and nobody
// spoke, so it counts as abandoned; the leg is released as an answered one.
func crossedAnswered(t *turn, in LegAnswered) error {
	c := t.s.customer()
	if !c.cancelled || c.answered {
		return nil
	}
	t.answered(in.Codec)
	t.say(stamp.Dialer, stamp.DialAbandoned{Attempt: t.s.dial.attempt})
	t.result("abandoned", 0)
	t.do(Release{Leg: stamp.CustomerLeg})
	return nil
}

// lineRejected: busy, nobody there, no such number; or a try that reached no
// telephone, after which the next way is taken.
func lineRejected(t *turn, in LegRejected) error {
	if t.s.advances(t.plan, in.Code) {
		t.advance(in.Code)
		return nil
	}
	t.begin(stamp.PhaseReleasing, stamp.Network, stamp.LegRejected(in))
	result := outcomeOfSIP(in.Code)
	if in.Code == 408 && !t.s.customer().rang {
		result = Failed
	}
	t.result(string(result), in.Code)
	t.freeReserved()
	return nil
}

// advances reports whether another way may reach who this one did not: there is
// one, the trunk could not, or said nothing, and nobody has been heard. A
// telephone that rang and was not picked up rings no second time.
func (s *state) advances(p *Plan, code int) bool {
	c := s.customer()
	able := code >= 500 && code < 600 || code == 408 && !c.rang || code == 0
	return able && !c.early && s.dial.tries < len(p.Ways) && s.dial.seat != (Seat{})
}

// advance takes the next way. What the last one still says is not heard.
func (t *turn) advance(code int) {
	next := t.s.dial.tries + 1
	t.say(stamp.Network, stamp.DialRouteAdvanced{
		Attempt: t.s.dial.attempt, Try: next, From: t.s.trunk, To: t.plan.Ways[next-1], Code: code,
	})
	t.do(Forsake{Leg: stamp.CustomerLeg}, Durably{Redial{Leg: stamp.CustomerLeg, Try: next}})
}

// redialFailed: the way has no line free.
func (t *turn) redialFailed() {
	if t.s.phase != stamp.PhaseDialing {
		return
	}
	if t.s.advances(t.plan, 0) {
		t.advance(0)
		return
	}
	t.customerGone(LegGone{Leg: stamp.CustomerLeg, By: stamp.System}, false)
}

// cancelConfirmed: 487 after our CANCEL, as a rule.
func cancelConfirmed(t *turn, in LegRejected) error {
	c := t.s.customer()
	if !c.cancelled || c.rejected != 0 || c.answered {
		return nil
	}
	t.say(stamp.Network, stamp.LegRejected(in))
	t.result(t.s.unansweredResult(), in.Code)
	return nil
}

// rangOut: nobody picks up; CANCEL.
func rangOut(t *turn) { t.letGo(stamp.Dialer, 0) }

// reassign: the agent of a line that nobody has answered yet has gone. Whoever
// the dialer has found takes the line; with nobody left it is given up before
// a customer picks up for nothing. A word about another agent than the line's
// is old.
func reassign(t *turn, in Reassign) error {
	if t.s.dial.seat.Agent != in.Lost {
		return reassignLate(t, in)
	}
	t.say(stamp.Dialer, stamp.DialReassigned{
		Attempt: t.s.dial.attempt, Lost: in.Lost, Agent: in.Seat.Agent, Session: in.Seat.Session,
	})
	if in.Seat == (Seat{}) {
		t.letGo(stamp.Dialer, 0)
	}
	return nil
}

// reassignLate gives back the agent for whom there is no line any more.
func reassignLate(t *turn, in Reassign) error {
	if in.Seat != (Seat{}) {
		t.do(Presence{Seat: in.Seat, To: stamp.StateReady})
	}
	return nil
}

// hangupDialing: the reserved agent doesn't want to wait for the answer.
func hangupDialing(t *turn, in AgentHangup) error {
	if t.s.dial.seat.Agent != in.Agent {
		return t.refuse(in, "the line is not dialed for this agent")
	}
	t.letGo(stamp.Agent, 0)
	return nil
}

// freeReserved gives the agent back for whom the line was dialed.
func (t *turn) freeReserved() {
	if seat := t.s.dial.seat; seat != (Seat{}) {
		t.do(Presence{Seat: seat, To: stamp.StateReady})
	}
}

// abandonLine: the customer picked up and there is no agent. The identifying
// message, then release.
func (t *turn) abandonLine() {
	t.endSegment("", stamp.System)
	if t.plan.AbandonMsg == "" {
		t.say(stamp.System, stamp.DialAbandoned{Attempt: t.s.dial.attempt})
		t.result("abandoned", 0)
		t.letGo(stamp.System, 0)
		return
	}
	t.begin(stamp.PhaseAnnouncing, stamp.System, stamp.DialAbandoned{Attempt: t.s.dial.attempt, Announced: true})
	t.result("abandoned", 0)
	t.do(t.announce(t.plan.AbandonMsg))
}

// result stamps the attempt's outcome, once, and only of dialed calls.
func (t *turn) result(result string, code int) {
	if t.s.direction == stamp.Out && t.s.dial.result == "" {
		t.say(stamp.Dialer, stamp.DialResult{Attempt: t.s.dial.attempt, Result: result, Code: code})
	}
}

// unansweredResult is the result of a line that we or the network gave up. One
// that lost its agent says nothing of the customer, nor of the trunk. One that
// never rang says nothing of the customer: the trunk is dead or congested.
func (s *state) unansweredResult() string {
	if s.dial.seat == (Seat{}) && len(s.dial.former) > 0 && !s.customer().answered {
		return string(Cancelled)
	}
	if c := s.customer(); c.rang && c.cancelled && s.endedBy == stamp.Dialer && !c.answered {
		return string(NoAnswer)
	}
	return string(Failed)
}
