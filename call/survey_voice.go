package call

import "github.com/callstamp/callstamp/kpi/stamp"

// Answers in the customer's own words. The question says that they are recorded;
// the answer's value is the number of the recording.

func speechBegan(t *turn, in SpeechBegan) error {
	r := &t.s.tape
	if r.on || r.failed || in.Question != t.s.survey.last {
		return nil // its end says that there is no answer
	}
	t.say(stamp.System, stamp.RecStarted{
		Recording: r.no + 1, What: stamp.RecordingAnswer, Segment: t.s.survey.segment, Leg: stamp.CustomerLeg, Disclosed: true,
	})
	t.do(Record{No: r.no, Kind: stamp.RecordingAnswer, Leg: stamp.CustomerLeg, MaxUS: in.MaxUS})
	return nil
}

func speechEnded(t *turn, in SpeechEnded) error {
	if !t.s.tape.on || !t.s.tape.answer {
		t.say(stamp.System, stamp.SurveyNoInput{Segment: t.s.survey.segment, Question: in.Question})
		return nil
	}
	t.stopTape(in.Why)
	t.spoken(in.Question)
	return nil
}

// spoken: what was recorded is the answer.
func (t *turn) spoken(question string) {
	no := int(t.s.tape.no)
	t.say(stamp.Customer, stamp.SurveyResponded{
		Segment: t.s.survey.segment, Question: question, Value: no, Scale: no, Class: stamp.AnswerNeutral,
	})
}

// closeSpeech ends what is being spoken together with the survey. Who hangs up
// after the last word has answered; what a fault cuts off is no answer.
func (t *turn) closeSpeech(end string) {
	if !t.s.tape.on || !t.s.tape.answer {
		return
	}
	if end != "hung_up" {
		t.stopTape(stamp.RecordedCutOff)
		return
	}
	t.stopTape(stamp.RecordedAll)
	t.spoken(t.s.survey.last)
}

// speechCut: the recording of an answer has ended by itself. The dialogue goes
// on by the word of the conversation.
func (t *turn) speechCut(why stamp.RecordingEnd) {
	if t.s.phase != stamp.PhaseSurveying {
		return
	}
	if why == stamp.RecordedFailed {
		t.say(stamp.System, stamp.SurveyNoInput{Segment: t.s.survey.segment, Question: t.s.survey.last})
		return
	}
	t.spoken(t.s.survey.last)
}
