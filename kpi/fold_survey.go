package kpi

import (
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// survey returns the survey of segment n, nil if none was offered.
func (c *openCall) survey(n stamp.SegmentNo) *openSurvey {
	for i := range c.Surveys {
		if c.Surveys[i].Segment == n {
			return &c.Surveys[i]
		}
	}
	return nil
}

func (c *openCall) asked(s stamp.Stamp, fact stamp.SurveyAsked) error {
	v := c.survey(fact.Segment)
	if v == nil {
		return fmt.Errorf("no survey was offered for segment %d", fact.Segment)
	}
	lead := true
	for i := range c.Answers {
		a := &c.Answers[i]
		if a.Segment != fact.Segment {
			continue
		}
		lead = false
		if a.Question == fact.Question {
			a.Attempts, a.LastSeq = max(a.Attempts+1, fact.Attempt), s.Seq
			return nil
		}
	}
	c.Answers = append(c.Answers, SurveyAnswer{
		Ref: c.ref(s), Segment: fact.Segment, Question: fact.Question, Survey: v.Survey, Language: v.Language,
		Agent: v.Agent, Queue: v.Queue, Lead: lead, AskedAt: s.At, Attempts: 1,
	})
	return nil
}

// responded keeps the first valid answer of a question.
func (c *openCall) responded(s stamp.Stamp, fact stamp.SurveyResponded) error {
	return c.onAnswer(s, fact.Segment, fact.Question, func(a *SurveyAnswer) {
		if a.RespondedAt != 0 {
			return
		}
		a.RespondedAt, a.Value, a.Scale = s.At, fact.Value, fact.Scale
		a.Satisfied = Satisfied(fact.Value, fact.Scale)
		if v := c.survey(fact.Segment); v != nil && !v.Answered {
			a.FirstAnswer, v.Answered = true, true
		}
	})
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

func (c *openCall) surveyEnded(s stamp.Stamp, fact stamp.SurveyEnded) {
	for i := range c.Answers {
		if a := &c.Answers[i]; a.Segment == fact.Segment {
			a.End, a.LastSeq = fact.End, s.Seq
		}
	}
}
