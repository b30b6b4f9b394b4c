package kpi

import (
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// surveyed folds what the dialogue after an agent's part says.
func (c *openCall) surveyed(s stamp.Stamp) error {
	switch fact := s.Fact.(type) {
	case stamp.SurveyOffered:
		c.Surveys = append(c.Surveys, SurveyRun{
			Ref: c.ref(s), Segment: fact.Segment, Survey: fact.Survey, Language: fact.Language, Agent: fact.Agent, Queue: fact.Queue,
			DueAt: s.At, OfferedAt: s.At,
		})
	case stamp.SurveySuppressed:
		c.Surveys = append(c.Surveys, SurveyRun{
			Ref: c.ref(s), Segment: fact.Segment, Survey: fact.Survey, Agent: fact.Agent, Queue: fact.Queue,
			DueAt: s.At, Suppressed: fact.Reason,
		})
	case stamp.SurveyAccepted:
		return c.onSurvey(s, fact.Segment, func(v *SurveyRun) { v.AcceptedAt = s.At })
	case stamp.SurveyDeclined:
		return c.onSurvey(s, fact.Segment, func(*SurveyRun) {}) // its end follows
	case stamp.SurveyAsked:
		return c.asked(s, fact)
	case stamp.SurveyResponded:
		return c.responded(s, fact)
	case stamp.SurveyInvalid:
		if fact.Question == "" {
			return c.onSurvey(s, fact.Segment, func(v *SurveyRun) { v.Invalid++ })
		}
		return c.onAnswer(s, fact.Segment, fact.Question, func(a *SurveyAnswer) { a.Invalid++ })
	case stamp.SurveyNoInput:
		if fact.Question == "" {
			return c.onSurvey(s, fact.Segment, func(v *SurveyRun) { v.NoInput++ })
		}
		return c.onAnswer(s, fact.Segment, fact.Question, func(a *SurveyAnswer) { a.NoInput++ })
	case stamp.SurveyEnded:
		return c.surveyEnded(s, fact)
	}
	return nil
}

// survey returns the survey of segment n, nil if none was offered.
func (c *openCall) survey(n stamp.SegmentNo) *SurveyRun {
	for i := range c.Surveys {
		if c.Surveys[i].Segment == n {
			return &c.Surveys[i]
		}
	}
	return nil
}

func (c *openCall) onSurvey(s stamp.Stamp, n stamp.SegmentNo, do func(*SurveyRun)) error {
	v := c.survey(n)
	if v == nil {
		return fmt.Errorf("no survey was offered for segment %d", n)
	}
	v.LastSeq = s.Seq
	do(v)
	return nil
}

func (c *openCall) asked(s stamp.Stamp, fact stamp.SurveyAsked) error {
	if a := c.answer(fact.Segment, fact.Question); a != nil {
		a.Attempts, a.LastSeq = max(a.Attempts+1, fact.Attempt), s.Seq
		return nil
	}
	return c.onSurvey(s, fact.Segment, func(v *SurveyRun) {
		a := SurveyAnswer{
			Ref: c.ref(s), Segment: fact.Segment, Question: fact.Question, Type: typeOf(fact), Survey: v.Survey, Language: v.Language,
			About: fact.Segment, Agent: v.Agent, Queue: v.Queue, Lead: v.Asked == 0, AskedAt: s.At, Attempts: 1,
		}
		if fact.About != nil {
			a.About, a.Agent, a.Queue = fact.About.Segment, fact.About.Agent, fact.About.Queue
		}
		if v.Asked++; v.AskedAt == 0 {
			v.AskedAt = s.At
		}
		c.Answers = append(c.Answers, a)
	})
}

// typeOf is the question's type; before there were types it was its name.
func typeOf(fact stamp.SurveyAsked) string {
	if fact.Type == "" {
		return fact.Question
	}
	return fact.Type
}

// responded keeps the first valid answer of a question.
func (c *openCall) responded(s stamp.Stamp, fact stamp.SurveyResponded) error {
	return c.onAnswer(s, fact.Segment, fact.Question, func(a *SurveyAnswer) {
		if a.RespondedAt != 0 {
			return
		}
		a.RespondedAt, a.Value, a.Scale, a.Class = s.At, fact.Value, fact.Scale, classOf(fact)
		a.Satisfied = a.Class == stamp.AnswerGood
		a.Balance, a.Points = balance(a.Class), points(fact)
		v := c.survey(fact.Segment)
		v.LastSeq = s.Seq
		if v.Answered++; v.RespondedAt == 0 {
			a.FirstAnswer, v.RespondedAt = true, s.At
		}
	})
}

// classOf is what an answer counts as; before classes were stamped, good was
// the upper two of five and all else bad.
func classOf(fact stamp.SurveyResponded) stamp.AnswerClass {
	switch {
	case fact.Class != "":
		return fact.Class
	case Satisfied(fact.Value, fact.Scale):
		return stamp.AnswerGood
	}
	return stamp.AnswerBad
}

// balance is what an answer adds to promoters − detractors.
func balance(class stamp.AnswerClass) int {
	switch class {
	case stamp.AnswerGood:
		return 1
	case stamp.AnswerBad:
		return -1
	}
	return 0
}

// points are the thousandths of its scale that an answer reaches.
func points(fact stamp.SurveyResponded) int {
	if fact.Scale <= 0 {
		return 0
	}
	return 1000 * fact.Value / fact.Scale
}

// Satisfied reports whether value is among the upper two of five, or at the
// same height of another scale: value ÷ scale ≥ 4 ÷ 5.
func Satisfied(value, scale int) bool { return scale > 0 && 5*value >= 4*scale }

// onAnswer lets do change the record of a question. What the customer did
// shows that it was put, even where no stamp says so.
func (c *openCall) onAnswer(s stamp.Stamp, n stamp.SegmentNo, question string, do func(*SurveyAnswer)) error {
	a := c.answer(n, question)
	if a == nil {
		if err := c.asked(s, stamp.SurveyAsked{Segment: n, Question: question}); err != nil {
			return err
		}
		a = c.answer(n, question)
	}
	a.LastSeq = s.Seq
	do(a)
	return nil
}

func (c *openCall) answer(n stamp.SegmentNo, question string) *SurveyAnswer {
	for i := range c.Answers {
		if a := &c.Answers[i]; a.Segment == n && a.Question == question {
			return a
		}
	}
	return nil
}

// surveyEnded closes the survey's questions; the first end counts.
func (c *openCall) surveyEnded(s stamp.Stamp, fact stamp.SurveyEnded) error {
	v := c.survey(fact.Segment)
	if v == nil || v.End != "" {
		return nil
	}
	v.EndedAt, v.End, v.LastSeq = s.At, fact.End, s.Seq
	if v.RespondedAt == 0 {
		v.Silent = fact.End
	}
	for i := range c.Answers {
		if a := &c.Answers[i]; a.Segment == fact.Segment {
			a.EndedAt, a.End, a.LastSeq = s.At, fact.End, s.Seq
			if a.RespondedAt == 0 {
				a.Silent = fact.End
			}
		}
	}
	return nil
}
