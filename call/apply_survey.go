package call

import "github.com/callstamp/callstamp/kpi/stamp"

func (s *state) applySurvey(x stamp.Stamp) {
	v := &s.survey
	switch f := x.Fact.(type) {
	case stamp.SurveyOffered:
		*v = survey{segment: f.Segment, open: true, word: "offered"}
	case stamp.SurveyAccepted:
		v.word = "accepted"
	case stamp.SurveyDeclined:
		v.word = "declined"
	case stamp.SurveySuppressed:
		*v = survey{segment: f.Segment, word: "suppressed"}
	case stamp.SurveyAsked:
		v.word = "asked"
		v.ask(f)
	case stamp.SurveyResponded:
		v.word = "responded"
		v.respond(f)
	case stamp.SurveyInvalid:
		v.word = "invalid"
	case stamp.SurveyNoInput:
		v.word = "no_input"
	case stamp.SurveyEnded:
		v.open = false
		if f.End != "completed" {
			v.word = f.End
		}
	}
}

func (v *survey) ask(f stamp.SurveyAsked) {
	v.last = f.Question
	if v.answer(f.Question) == nil {
		v.answers = append(v.answers, SurveyAnswer{Question: f.Question, Type: f.Type})
	}
}

// respond keeps the first valid answer of a question. One that nobody asked for
// is kept, too: the customer gave it.
func (v *survey) respond(f stamp.SurveyResponded) {
	v.ask(stamp.SurveyAsked{Question: f.Question})
	if a := v.answer(f.Question); a.Scale == 0 {
		a.Value, a.Scale, a.Class = f.Value, f.Scale, f.Class
	}
}

func (v *survey) answer(question string) *SurveyAnswer {
	for i := range v.answers {
		if v.answers[i].Question == question {
			return &v.answers[i]
		}
	}
	return nil
}

// csat is the answer that desks show large: the one to the question how
// satisfied the customer is.
func (v *survey) csat() int {
	for _, a := range v.answers {
		if a.Type == TypeCSAT || a.Type == "" && a.Question == TypeCSAT {
			return a.Value
		}
	}
	return 0
}

// TypeCSAT is the type of question that asks for satisfaction.
const TypeCSAT = "csat"
