package kpi

import (
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// liveSurvey is what counting needs to remember of a survey.
type liveSurvey struct {
	Segment   stamp.SegmentNo `json:"segment"`
	Agent     stamp.AgentID   `json:"agent"`
	Queue     stamp.QueueID   `json:"queue,omitempty"`
	Asked     bool            `json:"asked,omitempty"`
	Responded bool            `json:"responded,omitempty"`
	Ended     bool            `json:"ended,omitempty"`
	Questions []liveQuestion  `json:"questions,omitempty"`
}

// liveQuestion is a question that was put.
type liveQuestion struct {
	ID       string        `json:"id"`
	Type     string        `json:"type"`
	Agent    stamp.AgentID `json:"agent,omitempty"` // that it is about
	Queue    stamp.QueueID `json:"queue,omitempty"`
	Answered bool          `json:"answered,omitempty"`
}

func (c *liveCall) surveyed(queue stamp.QueueID, agent stamp.AgentID) who {
	return who{org: c.Org, queue: queue, agent: agent, campaign: c.Campaign}
}

func (l *Live) countSurvey(c *liveCall, s stamp.Stamp) error {
	switch fact := s.Fact.(type) {
	case stamp.SurveyOffered:
		c.Surveys = append(c.Surveys, liveSurvey{Segment: fact.Segment, Agent: fact.Agent, Queue: fact.Queue})
		l.tally(c, s, c.surveyed(fact.Queue, fact.Agent), MSurveyOffered, 1)
		return nil
	case stamp.SurveySuppressed:
		l.tally(c, s, c.surveyed(fact.Queue, fact.Agent), MSuppressed+Metric(fact.Reason), 1)
		return nil
	case stamp.SurveyEnded:
		l.countSurveyEnd(c, s, fact)
		return nil
	}
	n, asked := put(s.Fact)
	v := c.survey(n)
	if v == nil {
		return fmt.Errorf("no survey was offered for segment %d", n)
	}
	if asked.Question == "" { // the opening
		return nil
	}
	q := l.countQuestion(c, s, v, asked)
	if fact, ok := s.Fact.(stamp.SurveyResponded); ok && !q.Answered {
		q.Answered = true
		w := c.surveyed(q.Queue, q.Agent)
		for _, m := range answered(q.Type, classOf(fact), points(fact)) {
			l.tally(c, s, w, m.metric, m.value)
		}
		if !v.Responded {
			v.Responded = true
			l.tally(c, s, c.surveyed(v.Queue, v.Agent), MResponded, 1)
		}
	}
	return nil
}

// put is the question that a fact shows to have been put: whatever the customer
// did to it, it was.
func put(f stamp.Fact) (stamp.SegmentNo, stamp.SurveyAsked) {
	switch fact := f.(type) {
	case stamp.SurveyAsked:
		return fact.Segment, fact
	case stamp.SurveyInvalid:
		return fact.Segment, stamp.SurveyAsked{Question: fact.Question}
	case stamp.SurveyNoInput:
		return fact.Segment, stamp.SurveyAsked{Question: fact.Question}
	case stamp.SurveyResponded:
		return fact.Segment, stamp.SurveyAsked{Question: fact.Question}
	}
	return 0, stamp.SurveyAsked{}
}

// survey returns the last survey of the segment; nil if there was none.
func (c *liveCall) survey(n stamp.SegmentNo) *liveSurvey {
	for i := range c.Surveys {
		if c.Surveys[i].Segment == n {
			return &c.Surveys[i]
		}
	}
	return nil
}

// countQuestion counts a question once.
func (l *Live) countQuestion(c *liveCall, s stamp.Stamp, v *liveSurvey, asked stamp.SurveyAsked) *liveQuestion {
	for i := range v.Questions {
		if v.Questions[i].ID == asked.Question {
			return &v.Questions[i]
		}
	}
	q := liveQuestion{ID: asked.Question, Type: typeOf(asked), Agent: v.Agent, Queue: v.Queue}
	if asked.About != nil {
		q.Agent, q.Queue = asked.About.Agent, asked.About.Queue
	}
	l.tally(c, s, c.surveyed(q.Queue, q.Agent), MPut+Metric(q.Type), 1)
	if !v.Asked {
		v.Asked = true
		l.tally(c, s, c.surveyed(v.Queue, v.Agent), MAsked, 1)
	}
	v.Questions = append(v.Questions, q)
	return &v.Questions[len(v.Questions)-1]
}

// countSurveyEnd counts what was left without an answer.
func (l *Live) countSurveyEnd(c *liveCall, s stamp.Stamp, fact stamp.SurveyEnded) {
	v := c.survey(fact.Segment)
	if v == nil || v.Ended {
		return
	}
	v.Ended = true
	if !v.Responded {
		l.tally(c, s, c.surveyed(v.Queue, v.Agent), MSilent+Metric(fact.End), 1)
	}
	for _, q := range v.Questions {
		if !q.Answered {
			l.tally(c, s, c.surveyed(q.Queue, q.Agent), MAnswerSilent+Metric(q.Type)+"."+Metric(fact.End), 1)
		}
	}
}
