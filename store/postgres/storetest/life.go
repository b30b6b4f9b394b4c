package storetest

import (
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

const (
	queue    stamp.QueueID    = "support"
	campaign stamp.CampaignID = "autumn"
)

func agentOf(i int) stamp.AgentID { return stamp.AgentID(fmt.Sprintf("agent%d", i)) }

// session tells an agent's day: states of random length, logged out at the end.
func (d *day) session(i int) {
	at, agent := d.us(0, minute), agentOf(i)
	subject := stamp.Subject{Kind: stamp.SubjectAgent, ID: d.id(at)}
	d.tell(at, subject, stamp.StateReady, stamp.AgentLogin{Agent: agent, Queues: []stamp.QueueID{queue}})
	states := []string{stamp.StateReady, stamp.StateTalking, stamp.StateWrap, stamp.StatePaused}
	state := stamp.StateReady
	for at < d.o.Span {
		at += d.us(0, 5*minute)
		to := states[d.IntN(len(states))]
		d.tell(at, subject, to, stamp.AgentStateChanged{Agent: agent, From: state, To: to})
		state = to
	}
	d.tell(at+second, subject, stamp.StateOffline, stamp.AgentLogout{Agent: agent, By: "agent"})
}

// life is one call being told.
type life struct {
	*day
	call        stamp.Subject
	arrived, at int64
	agent       stamp.AgentID
}

func (d *day) begin(at int64) *life {
	return &life{day: d, arrived: at, at: at, call: stamp.Subject{Kind: stamp.SubjectCall, ID: d.id(at)}, agent: agentOf(d.IntN(5))}
}

// then tells a fact some time later.
func (l *life) then(lo, hi int64, phase string, fact stamp.Fact) {
	l.at += l.us(lo, hi)
	l.tell(l.at, l.call, phase, fact)
}

func (d *day) inbound(at int64) {
	l := d.begin(at)
	l.then(0, 0, stamp.PhaseArriving, stamp.CallCreated{
		Direction: stamp.In, Trunk: "carrier", Route: "main", Party: stamp.PartyID("p" + l.call.ID),
	})
	l.then(0, 0, "", stamp.LegInviteReceived{Leg: 1, Trunk: "carrier"})
	l.then(1000, 9000, "", stamp.LegAnswered{Leg: 1, Role: "customer", Codec: "PCMA"})
	entered := l.at
	l.then(0, 0, stamp.PhaseWaiting, stamp.QueueEntered{Entry: 1, Queue: queue, First: true})
	for range d.IntN(3) {
		l.missed()
	}
	if wait := d.IntN(10); wait < 3 {
		l.then(0, 40*second, "", stamp.QueueExited{Entry: 1, Queue: queue, Reason: l.abandon(entered), WaitUS: l.at - entered})
		l.over(stamp.Customer, stamp.PhaseWaiting, "abandoned")
		return
	}
	offer := l.offer()
	l.then(second, 10*second, stamp.PhaseConnecting, stamp.OfferAccepted{Offer: offer, Agent: l.agent, RingUS: 2 * second})
	l.talk(stamp.SegmentOpened{Segment: 1, Agent: l.agent, Leg: 2, Offer: offer, Queue: queue}, func() {
		l.then(0, 0, "", stamp.QueueExited{Entry: 1, Queue: queue, Reason: stamp.ExitConnected, WaitUS: l.at - entered})
	}, entered)
}

func (l *life) abandon(entered int64) stamp.ExitReason {
	if l.at-entered < 5*second {
		return stamp.ExitAbandonedShort
	}
	return stamp.ExitAbandoned
}

func (l *life) offer() stamp.ID {
	offer := l.id(l.at)
	l.then(0, 30*second, stamp.PhaseOffering, stamp.OfferCreated{
		Offer: offer, Entry: 1, Queue: queue, Agent: l.agent, LimitUS: 20 * second,
	})
	l.then(10_000, 90_000, "", stamp.OfferRingStarted{Offer: offer, Agent: l.agent})
	return offer
}

func (l *life) missed() {
	offer := l.offer()
	l.then(20*second, 20*second, stamp.PhaseWaiting, stamp.OfferEnded{
		Offer: offer, Agent: l.agent, End: stamp.OfferTimedOut, RingUS: 20 * second,
	})
	l.agent = agentOf(l.IntN(5))
}

func (d *day) outbound(at int64) {
	l := d.begin(at)
	attempt, lead := d.id(at), stamp.LeadID(d.id(at))
	l.then(0, 0, stamp.PhaseDialing, stamp.CallCreated{
		Direction: stamp.Out, Trunk: "carrier", Campaign: campaign, Lead: lead, Attempt: attempt,
	})
	l.then(0, 0, "", stamp.DialAttemptStarted{Campaign: campaign, Lead: lead, Attempt: attempt, Agent: l.agent})
	l.then(0, 5000, "", stamp.LegInviteSent{Leg: 1, Trunk: "carrier"})
	l.then(second, 2*second, "", stamp.LegRinging{Leg: 1, Code: 180})
	if d.IntN(2) == 0 {
		l.then(second, 30*second, "", stamp.LegRejected{Leg: 1, Code: 486})
		l.then(0, 0, "", stamp.DialResult{Attempt: attempt, Result: "busy", Code: 486})
		l.over(stamp.Network, stamp.PhaseDialing, "busy")
		return
	}
	l.then(second, 20*second, "", stamp.LegAnswered{Leg: 1, Role: "customer", Codec: "PCMU"})
	l.then(0, 0, "", stamp.DialHuman{Attempt: attempt})
	l.talk(stamp.SegmentOpened{Segment: 1, Agent: l.agent, Leg: 2, Campaign: campaign}, func() {
		l.then(0, 0, "", stamp.DialResult{Attempt: attempt, Result: "connected"})
	}, l.at)
}

// talk tells a segment from its opening to the end of its call; connected
// tells what else happens when sound goes both ways.
func (l *life) talk(opened stamp.SegmentOpened, connected func(), since int64) {
	l.then(0, 1000, stamp.PhaseConnecting, opened)
	l.then(1000, 9000, "", stamp.LegAnswered{Leg: 2, Role: "agent", Agent: l.agent})
	l.then(50_000, 300_000, stamp.PhaseTalking, stamp.SegmentConnected{Segment: 1, Agent: l.agent, WaitUS: l.at - since})
	connected()
	for range l.IntN(3) {
		l.then(second, 2*minute, stamp.PhaseHeld, stamp.HoldStarted{Segment: 1, By: stamp.Agent})
		l.then(second, minute, stamp.PhaseTalking, stamp.HoldEnded{Segment: 1, By: stamp.Agent})
	}
	l.notes++
	l.then(0, second, "", stamp.NoteSaved{Segment: 1, Note: stamp.NoteID(fmt.Sprint("note", l.notes))})
	surveyed := l.IntN(2) == 0
	phase := ""
	if surveyed {
		phase = stamp.PhaseSurveying
	}
	l.then(5*second, 12*minute, phase, stamp.SegmentEnded{
		Segment: 1, Agent: l.agent, By: stamp.Agent, PrePhase: stamp.PhaseTalking, Connected: true,
	})
	l.then(0, 0, "", stamp.LegEnded{Leg: 2, By: stamp.Agent})
	l.then(0, 0, "", stamp.WrapStarted{Segment: 1, Agent: l.agent, LimitUS: 30 * second, Required: true})
	if surveyed {
		l.survey(opened)
	}
	l.then(0, 0, "", stamp.LegEnded{Leg: 1, By: stamp.System})
	l.then(0, 0, stamp.PhaseOver, stamp.CallReleased{EndedBy: stamp.Agent, PrePhase: stamp.PhaseTalking})
	l.then(second, 30*second, "", stamp.DispositionSet{Segment: 1, Agent: l.agent, Code: "resolved"})
	l.then(0, 20*minute, "", stamp.WrapEnded{Segment: 1, Agent: l.agent, By: "agent"})
	l.close("handled")
}

func (l *life) survey(o stamp.SegmentOpened) {
	l.then(0, 0, "", stamp.SurveyOffered{
		Survey: "csat", Segment: 1, Agent: o.Agent, Queue: o.Queue, Campaign: o.Campaign, Language: "vi",
	})
	l.then(0, 1000, "", stamp.SurveyAsked{Segment: 1, Question: "csat", Attempt: 1})
	if l.IntN(3) == 0 {
		l.then(5*second, 5*second, "", stamp.SurveyNoInput{Segment: 1, Question: "csat"})
		l.then(0, 0, "", stamp.SurveyEnded{Segment: 1, End: "no_input"})
		return
	}
	l.then(second, 5*second, "", stamp.SurveyResponded{Segment: 1, Question: "csat", Value: 1 + l.IntN(5), Scale: 5})
	l.then(0, 0, "", stamp.SurveyEnded{Segment: 1, End: "completed"})
}

func (l *life) over(by stamp.Actor, pre, outcome string) {
	l.then(0, 0, "", stamp.LegEnded{Leg: 1, By: by})
	l.then(0, 0, stamp.PhaseOver, stamp.CallReleased{EndedBy: by, PrePhase: pre})
	l.close(outcome)
}

func (l *life) close(outcome string) {
	l.then(0, 0, stamp.PhaseClosed, stamp.CallClosed{Outcome: outcome})
	b := stamp.BucketAt(l.wall(l.arrived))
	l.closed[b] = max(l.closed[b], l.last[l.call])
}
