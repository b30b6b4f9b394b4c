package kpi

import (
	"fmt"
	"math/rand/v2"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// dice tells the life of random calls and sessions into a diary. It knows the
// order of a call's facts and nothing of how they are counted.
type dice struct {
	*rand.Rand
	d    *diary
	late bool // a few stamps are written up to 4 s after they happened
}

func (r dice) us(lo, hi int64) int64 { return lo + r.Int64N(hi-lo+1) }
func (r dice) chance(pct int) bool   { return r.IntN(100) < pct }
func (r dice) pick(s ...string) string {
	return s[r.IntN(len(s))]
}

func (r dice) tell(at int64, sub stamp.Subject, phase string, fact stamp.Fact) {
	late := int64(0)
	if r.late && (r.chance(5) || r.nearStep(at)) {
		late = r.us(0, 4*second)
	}
	r.d.tell(at, late, sub, phase, fact)
}

// nearStep reports whether the clock steps soon after at: then stamps are late
// on purpose, to cross the step.
func (r dice) nearStep(at int64) bool {
	for _, st := range r.d.steps {
		if at < st.at && st.at < at+4*second {
			return true
		}
	}
	return false
}

// randomDay is span µs of traffic from the start of day0.
func randomDay(seed uint64, span int64, calls int) []stamp.Stamp {
	r := dice{rand.New(rand.NewPCG(seed, 7)), newDiary(), seed%2 == 1}
	if seed%3 == 0 {
		part := span / 4
		for i, us := range []int64{-3 * second, 2 * second, 20 * minute, -35 * minute} {
			r.d.steps = append(r.d.steps, clockStep{int64(i)*part + r.us(0, part-1), us})
		}
	}
	r.d.node(-minute, stamp.NodeStarted{Version: "test", Format: 1})
	for i := range 6 {
		r.session(stamp.ID(fmt.Sprintf("s%d", i)), stamp.AgentID(fmt.Sprintf("a%d", i)), span)
	}
	for i := range calls {
		at := r.us(0, span)
		if r.chance(70) {
			r.inbound(at, stamp.ID(fmt.Sprintf("in%03d", i)))
		} else {
			r.outbound(at, stamp.ID(fmt.Sprintf("out%03d", i)))
		}
	}
	r.d.run(0, span+2*hour)
	return r.d.journal()
}

func (r dice) session(id stamp.ID, agent stamp.AgentID, span int64) {
	sub := stamp.Subject{Kind: stamp.SubjectAgent, ID: id}
	at := r.us(0, span/2)
	state := r.pick("", stamp.StatePaused)
	r.tell(at, sub, state, stamp.AgentLogin{Agent: agent})
	for range r.IntN(40) {
		if r.chance(90) {
			at += r.us(0, 9*minute)
		}
		switch to := r.pick(stamp.StateReady, stamp.StateRinging, stamp.StateTalking, stamp.StateWrap, stamp.StatePaused); {
		case r.chance(5):
			r.tell(at, sub, stamp.StateUnreachable, stamp.AgentHeartbeatLost{Agent: agent})
		case r.chance(5):
			r.tell(at, sub, "", stamp.AgentHeartbeatBack{Agent: agent})
		default:
			r.tell(at, sub, to, stamp.AgentStateChanged{Agent: agent, To: to})
		}
	}
	if r.chance(80) {
		r.tell(at+r.us(0, minute), sub, stamp.StateOffline, stamp.AgentLogout{Agent: agent, By: "agent"})
	}
}

func (r dice) inbound(at int64, id stamp.ID) {
	sub := stamp.Subject{Kind: stamp.SubjectCall, ID: id}
	r.tell(at, sub, stamp.PhaseArriving, stamp.CallCreated{Direction: stamp.In, Trunk: "t1"})
	r.tell(at, sub, "", stamp.LegInviteReceived{Leg: 1, Trunk: "t1"})
	at += r.us(0, 3*second)
	if r.chance(5) { // gone before any queue
		r.end(at, sub, stamp.Customer)
		return
	}
	r.tell(at, sub, "", stamp.LegAnswered{Leg: 1, Role: "customer"})
	queue := stamp.QueueID(r.pick("q1", "q2"))
	r.tell(at, sub, stamp.PhaseWaiting, stamp.QueueEntered{Entry: 1, Queue: queue, First: true, TargetUS: r.us(0, 2) * 15 * second})
	entry, segment := stamp.EntryNo(1), stamp.SegmentNo(0)
	for n := 1; ; n++ {
		at += r.us(0, 90*second)
		switch {
		case r.chance(15):
			reason := stamp.ExitReason(r.pick("abandoned", "abandoned_short", "closed", "system_failure"))
			if segment > 0 && reason == stamp.ExitAbandonedShort { // the wait counts from the first entry: it was longer
				reason = stamp.ExitAbandoned
			}
			r.tell(at, sub, "", stamp.QueueExited{Entry: entry, Queue: queue, Reason: reason})
			r.end(at, sub, stamp.Customer)
			return
		case r.chance(10) && entry < 3:
			r.tell(at, sub, stamp.PhaseAnnouncing, stamp.QueueExited{Entry: entry, Queue: queue, Reason: stamp.ExitTimeout})
			at += r.us(0, 5*second)
			entry, queue = entry+1, "q3"
			r.tell(at, sub, stamp.PhaseWaiting, stamp.QueueEntered{Entry: entry, Queue: queue})
			continue
		}
		offer := stamp.ID(fmt.Sprintf("%s-o%d", id, n))
		agent := stamp.AgentID(r.pick("a0", "a1", "a2"))
		r.tell(at, sub, stamp.PhaseOffering, stamp.OfferCreated{Offer: offer, Entry: entry, Queue: queue, Agent: agent})
		if r.chance(80) {
			at += r.us(0, second)
			r.tell(at, sub, "", stamp.OfferRingStarted{Offer: offer, Agent: agent})
		}
		at += r.us(0, 15*second)
		if r.chance(10) {
			r.tell(at, sub, "", stamp.OfferEnded{Offer: offer, Agent: agent, End: stamp.OfferCustomerGone})
			r.tell(at, sub, "", stamp.QueueExited{Entry: entry, Queue: queue, Reason: stamp.ExitAbandonedAtOffer})
			r.end(at, sub, stamp.Customer)
			return
		}
		if r.chance(40) {
			end := stamp.OfferEnd(r.pick("timed_out", "declined", "unreachable"))
			r.tell(at, sub, stamp.PhaseWaiting, stamp.OfferEnded{Offer: offer, Agent: agent, End: end})
			continue
		}
		segment++
		r.tell(at, sub, stamp.PhaseConnecting, stamp.OfferAccepted{Offer: offer, Agent: agent})
		r.tell(at, sub, "", stamp.SegmentOpened{Segment: segment, Agent: agent, Leg: 1 + stamp.LegNo(segment), Offer: offer, Queue: queue})
		r.tell(at, sub, "", stamp.LegAnswered{Leg: 1 + stamp.LegNo(segment), Role: "agent", Agent: agent})
		at += r.us(0, 2*second)
		if r.chance(5) {
			r.tell(at, sub, "", stamp.QueueExited{Entry: entry, Queue: queue, Reason: stamp.ExitSystemFailure})
			r.tell(at, sub, "", stamp.SegmentEnded{Segment: segment, Agent: agent})
			r.end(at, sub, stamp.System)
			return
		}
		r.tell(at, sub, "", stamp.QueueExited{Entry: entry, Queue: queue, Reason: stamp.ExitConnected})
		r.tell(at, sub, stamp.PhaseTalking, stamp.SegmentConnected{Segment: segment, Agent: agent})
		at = r.talk(at, sub, segment, agent)
		if r.chance(15) && segment < 3 { // the agent is lost, the customer waits for another
			r.tell(at, sub, stamp.PhaseWaiting, stamp.SegmentEnded{Segment: segment, Agent: agent, Connected: true})
			entry++
			r.tell(at, sub, "", stamp.QueueEntered{Entry: entry, Queue: queue})
			continue
		}
		r.finish(at, sub, segment, agent, queue)
		return
	}
}

func (r dice) outbound(at int64, id stamp.ID) {
	sub := stamp.Subject{Kind: stamp.SubjectCall, ID: id}
	attempt, agent := id+"-t", stamp.AgentID(r.pick("a0", "a3"))
	r.tell(at, sub, stamp.PhaseDialing, stamp.CallCreated{
		Direction: stamp.Out, Trunk: "t1", Campaign: "c1", Lead: "l1", Attempt: attempt,
	})
	r.tell(at, sub, "", stamp.DialAttemptStarted{Campaign: "c1", Lead: "l1", Attempt: attempt, Agent: agent})
	r.tell(at, sub, "", stamp.LegInviteSent{Leg: 1, Trunk: "t1"})
	if r.chance(20) {
		r.tell(at+second, sub, "", stamp.LegInviteSent{Leg: 1, Trunk: "t2"})
	}
	at += r.us(second, 30*second)
	if r.chance(50) {
		r.tell(at, sub, "", stamp.LegRejected{Leg: 1, Code: 486})
		r.tell(at, sub, "", stamp.DialResult{Attempt: attempt, Result: "busy", Code: 486})
		r.end(at, sub, stamp.Network)
		return
	}
	r.tell(at, sub, stamp.PhaseConnecting, stamp.LegAnswered{Leg: 1, Role: "customer"})
	humanFirst := r.chance(70)
	if humanFirst {
		r.tell(at, sub, "", stamp.DialHuman{Attempt: attempt})
	}
	if humanFirst && r.chance(10) {
		r.tell(at+2*second, sub, "", stamp.DialAbandoned{Attempt: attempt, Announced: true})
		r.end(at+2*second, sub, stamp.System)
		return
	}
	r.tell(at, sub, "", stamp.SegmentOpened{Segment: 1, Agent: agent, Leg: 2, Campaign: "c1"})
	r.tell(at, sub, "", stamp.LegAnswered{Leg: 2, Role: "agent", Agent: agent})
	at += r.us(0, second)
	r.tell(at, sub, stamp.PhaseTalking, stamp.SegmentConnected{Segment: 1, Agent: agent})
	if !humanFirst && r.chance(80) {
		at += r.us(0, second)
		r.tell(at, sub, "", stamp.DialHuman{Attempt: attempt})
	}
	at = r.talk(at, sub, 1, agent)
	r.tell(at, sub, "", stamp.DialResult{Attempt: attempt, Result: "connected"})
	r.finish(at, sub, 1, agent, "")
}

func (r dice) talk(at int64, sub stamp.Subject, n stamp.SegmentNo, agent stamp.AgentID) int64 {
	at += r.us(0, 12*minute)
	for ask := range r.IntN(3) {
		at = r.consult(at, sub, 10*int(n)+ask, n, agent) + r.us(0, 5*minute)
	}
	for range r.IntN(4) {
		if r.chance(60) {
			r.tell(at, sub, stamp.PhaseHeld, stamp.HoldStarted{Segment: 1, By: stamp.Agent})
			at += r.us(0, 3*minute)
			r.tell(at, sub, stamp.PhaseTalking, stamp.HoldEnded{Segment: 1, By: stamp.Agent})
		} else {
			r.tell(at, sub, stamp.PhaseAlone, stamp.LegLost{Leg: 2})
			at += r.us(0, 4*second)
			r.tell(at, sub, stamp.PhaseTalking, stamp.LegBack{Leg: 2})
		}
		at += r.us(0, 10*minute)
	}
	return at
}

// consult is a consultation with an outside party, which may become a conference.
func (r dice) consult(at int64, sub stamp.Subject, ask int, n stamp.SegmentNo, agent stamp.AgentID) int64 {
	r.tell(at, sub, stamp.PhaseConsulting, stamp.ConsultStarted{Ask: ask, Segment: n, Agent: agent, Target: stamp.Target{To: "number", Party: "p2"}})
	if at += r.us(0, 2*minute); r.chance(50) {
		r.tell(at, sub, stamp.PhaseTalking, stamp.ConsultEnded{Ask: ask, End: stamp.AskHungUp})
		return at
	}
	r.tell(at, sub, stamp.PhaseConferencing, stamp.ConsultEnded{Ask: ask, End: stamp.AskConferenced})
	at += r.us(0, 4*minute)
	r.tell(at, sub, stamp.PhaseTalking, stamp.ConferenceLeft{Leg: 7})
	return at
}

// finish ends a connected call: survey or not, wrap-up or not.
func (r dice) finish(at int64, sub stamp.Subject, n stamp.SegmentNo, agent stamp.AgentID, queue stamp.QueueID) {
	end := stamp.SegmentEnded{Segment: n, Agent: agent, Connected: true}
	survey := r.chance(50)
	if survey {
		r.tell(at, sub, stamp.PhaseSurveying, end)
	} else {
		r.tell(at, sub, "", end)
	}
	wrapEnd, wrap := int64(0), r.chance(80)
	if wrap {
		r.tell(at, sub, "", stamp.WrapStarted{Segment: n, Agent: agent})
		wrapEnd = at + r.us(0, 5*minute)
	}
	if survey {
		at = r.survey(at, sub, n, agent, queue)
	} else if r.chance(40) {
		r.tell(at, sub, "", stamp.SurveySuppressed{Survey: "csat", Segment: n, Agent: agent, Queue: queue, Reason: stamp.SuppressedSpacing})
	}
	r.tell(at, sub, "", stamp.LegEnded{Leg: 1, By: stamp.Customer})
	r.tell(at, sub, stamp.PhaseOver, stamp.CallReleased{EndedBy: stamp.Customer})
	if wrap {
		at = max(at, wrapEnd)
		r.tell(at, sub, "", stamp.WrapEnded{Segment: n, Agent: agent, By: "agent"})
	}
	r.tell(at, sub, stamp.PhaseClosed, stamp.CallClosed{Outcome: "connected"})
}

// survey is one of questions of all types, whose customer may say no, press
// anything, or fall silent.
func (r dice) survey(at int64, sub stamp.Subject, n stamp.SegmentNo, agent stamp.AgentID, queue stamp.QueueID) int64 {
	r.tell(at, sub, "", stamp.SurveyOffered{Survey: "csat", Segment: n, Agent: agent, Queue: queue})
	at += r.us(0, 6*second)
	if r.chance(50) {
		r.tell(at, sub, "", stamp.SurveyInvalid{Segment: n})
		if r.chance(25) {
			r.tell(at, sub, "", stamp.SurveyDeclined{Segment: n})
			r.tell(at, sub, "", stamp.SurveyEnded{Segment: n, End: "declined"})
			return at
		}
		r.tell(at, sub, "", stamp.SurveyAccepted{Segment: n})
	}
	var about *stamp.SurveyAbout
	types := []string{"csat", "resolved", "nps", "expectation", "attitude", "professionalism", "problem_solving", "effort"}
	for _, q := range types[:1+r.IntN(len(types))] {
		at += r.us(0, 6*second)
		if q == "resolved" && r.chance(50) {
			about = &stamp.SurveyAbout{Queue: queue} // the whole call
		}
		asked := stamp.SurveyAsked{Segment: n, Question: q, Attempt: 1, About: about}
		if r.chance(50) {
			asked.Question, asked.Type = q+"-2", q
		}
		r.tell(at, sub, "", asked)
		at += r.us(0, 6*second)
		if r.chance(50) {
			a := stamp.SurveyResponded{Segment: n, Question: asked.Question, Value: 1 + r.IntN(5), Scale: 5}
			if asked.Type != "" {
				a.Class = stamp.AnswerClass(r.pick(string(stamp.AnswerGood), string(stamp.AnswerNeutral), string(stamp.AnswerBad)))
			}
			r.tell(at, sub, "", a)
		}
	}
	r.tell(at, sub, "", stamp.SurveyEnded{Segment: n, End: r.pick("completed", "no_input", "invalid", "hung_up", "failed")})
	return at
}

func (r dice) end(at int64, sub stamp.Subject, by stamp.Actor) {
	r.tell(at, sub, "", stamp.LegEnded{Leg: 1, By: by})
	r.tell(at, sub, stamp.PhaseOver, stamp.CallReleased{EndedBy: by})
	if r.chance(90) {
		r.tell(at+r.us(0, second), sub, stamp.PhaseClosed, stamp.CallClosed{Outcome: "x"})
	}
}
