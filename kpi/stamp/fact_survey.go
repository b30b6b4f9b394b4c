package stamp

// SurveyOffered: the survey dialogue begins for a segment. Segment is what all
// stamps of one survey share.
type SurveyOffered struct {
	Survey   string     `json:"survey"` // its id, "csat"
	Segment  SegmentNo  `json:"segment"`
	Agent    AgentID    `json:"agent"`
	Queue    QueueID    `json:"queue,omitempty"`
	Campaign CampaignID `json:"campaign,omitempty"`
	Language string     `json:"language"`
}

// SurveyAccepted: asked whether they may be asked, the customer said yes.
type SurveyAccepted struct {
	Segment SegmentNo `json:"segment"`
}

// SurveyDeclined: … said no.
type SurveyDeclined struct {
	Segment SegmentNo `json:"segment"`
}

// SurveySuppressed stands in the place of SurveyOffered where a survey that is
// due is not offered.
type SurveySuppressed struct {
	Survey   string     `json:"survey,omitempty"` // "" where none is configured: off
	Segment  SegmentNo  `json:"segment"`
	Agent    AgentID    `json:"agent"`
	Queue    QueueID    `json:"queue,omitempty"`
	Campaign CampaignID `json:"campaign,omitempty"`
	Reason   Suppressed `json:"reason"`
}

// Suppressed is why a survey is not offered: a closed set.
type Suppressed string

// The reasons.
const (
	SuppressedOff         Suppressed = "off"          // for the queue or campaign
	SuppressedShare       Suppressed = "share"        // only a share of the calls is asked, and this is none of it
	SuppressedSpacing     Suppressed = "spacing"      // the customer was asked not long ago
	SuppressedNewCustomer Suppressed = "new_customer" // … has not been one for long enough
	SuppressedOptOut      Suppressed = "opt_out"      // … does not want to be asked
	SuppressedStoreAway   Suppressed = "store_away"   // nobody could say in time whether one of these holds
)

// SurveyAsked: a question's prompt began.
type SurveyAsked struct {
	Segment  SegmentNo `json:"segment"`
	Question string    `json:"question"`       // "csat"
	Attempt  int       `json:"attempt"`        // 1, 2 …
	Type     string    `json:"type,omitempty"` // csat, nps …; "" = as the question is called
	// About is whom the question is about, where that is not the survey's segment.
	About *SurveyAbout `json:"about,omitempty"`
}

// SurveyAbout is another part of the call, or the whole of it.
type SurveyAbout struct {
	Segment SegmentNo `json:"segment"` // 0 = the whole call
	Agent   AgentID   `json:"agent,omitempty"`
	Queue   QueueID   `json:"queue,omitempty"`
}

// SurveyResponded: the customer gave a valid answer.
type SurveyResponded struct {
	Segment  SegmentNo `json:"segment"`
	Question string    `json:"question"`
	Value    int       `json:"value"`
	Scale    int       `json:"scale"` // the highest value
	// Class is good, neutral or bad, by the question's limits at that moment;
	// "" = good from four of five on.
	Class AnswerClass `json:"class,omitempty"`
}

// AnswerClass is what an answer counts as. Of nps: promoter, passive, detractor.
type AnswerClass string

// The classes.
const (
	AnswerGood    AnswerClass = "good"
	AnswerNeutral AnswerClass = "neutral"
	AnswerBad     AnswerClass = "bad"
)

// SurveyInvalid: a key that is no answer. Question is "" where the customer was
// asked whether they may be asked.
type SurveyInvalid struct {
	Segment  SegmentNo `json:"segment"`
	Question string    `json:"question"`
}

// SurveyNoInput: no key in time. Question as in SurveyInvalid.
type SurveyNoInput struct {
	Segment  SegmentNo `json:"segment"`
	Question string    `json:"question"`
}

// SurveyEnded ends the dialogue.
type SurveyEnded struct {
	Segment SegmentNo `json:"segment"`
	End     string    `json:"end"` // completed, declined, no_input, invalid, hung_up, failed
}

// Kind implements Fact.
func (SurveyOffered) Kind() Kind { return "survey.offered" }

// Kind implements Fact.
func (SurveyAccepted) Kind() Kind { return "survey.accepted" }

// Kind implements Fact.
func (SurveyDeclined) Kind() Kind { return "survey.declined" }

// Kind implements Fact.
func (SurveySuppressed) Kind() Kind { return "survey.suppressed" }

// Kind implements Fact.
func (SurveyAsked) Kind() Kind { return "survey.asked" }

// Kind implements Fact.
func (SurveyResponded) Kind() Kind { return "survey.responded" }

// Kind implements Fact.
func (SurveyInvalid) Kind() Kind { return "survey.invalid" }

// Kind implements Fact.
func (SurveyNoInput) Kind() Kind { return "survey.no_input" }

// Kind implements Fact.
func (SurveyEnded) Kind() Kind { return "survey.ended" }
