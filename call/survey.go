package call

import "github.com/callstamp/callstamp/kpi/stamp"

// The agent's part ends, the customer's leg stays for the survey. The
// conversation runs the dialogue; what it finds out is stamped here.

func hangup(t *turn, in AgentHangup) error {
	g := t.s.segment()
	if g.seat.Agent != in.Agent {
		return t.refuse(in, "another agent has the call")
	}
	connected, no := !g.connected.IsZero(), g.no
	t.exit("", stamp.Agent, stamp.ExitSystemFailure) // open only if never connected
	t.endSegment("", stamp.Agent)
	if !connected || t.plan.Survey == "" {
		t.letGo(stamp.Agent, 0)
		return nil
	}
	t.begin(stamp.PhaseSurveying, stamp.System, stamp.SurveyOffered{
		Survey: t.plan.Survey, Segment: no, Agent: in.Agent, Queue: t.plan.Queue, Campaign: t.plan.Campaign, Language: t.plan.Language,
	})
	t.do(StartDialogue{Leg: stamp.CustomerLeg, Survey: t.plan.Survey, Language: t.plan.Language})
	return nil
}

// hangupAgain: a second click after the part has ended is no error.
func hangupAgain(t *turn, in AgentHangup) error {
	if t.s.hadSegment(in.Agent) || t.s.dial.seat.Agent == in.Agent {
		return nil
	}
	return t.refuse(in, "the agent has no part of the call")
}

func asked(t *turn, in Asked) error {
	t.say(stamp.System, stamp.SurveyAsked{Segment: t.s.survey.segment, Question: in.Question, Attempt: in.Attempt})
	return nil
}

func responded(t *turn, in Responded) error {
	t.say(stamp.Customer, stamp.SurveyResponded{
		Segment: t.s.survey.segment, Question: in.Question, Value: in.Value, Scale: in.Scale,
	})
	return nil
}

func invalidKey(t *turn, in InvalidKey) error {
	t.say(stamp.Customer, stamp.SurveyInvalid{Segment: t.s.survey.segment, Question: in.Question})
	return nil
}

func noInput(t *turn, in NoInput) error {
	t.say(stamp.System, stamp.SurveyNoInput{Segment: t.s.survey.segment, Question: in.Question})
	return nil
}

func dialogueEnded(t *turn, in DialogueEnded) error {
	if !t.s.survey.open {
		return nil
	}
	t.say(stamp.System, stamp.SurveyEnded{Segment: t.s.survey.segment, End: in.End})
	t.letGo(stamp.System, 0)
	return nil
}
