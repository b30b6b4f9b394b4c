package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// SurveyRun is one survey that was due after an agent's part: offered to the
// customer, or suppressed. Key: (org, call, segment).
type SurveyRun struct {
	Ref
	Segment     stamp.SegmentNo  `json:"segment"`
	Survey      string           `json:"survey,omitempty"`
	Language    string           `json:"language,omitempty"`
	Agent       stamp.AgentID    `json:"agent,omitempty"`
	Queue       stamp.QueueID    `json:"queue,omitempty"`
	DueAt       int64            `json:"due_at"`               // offered or suppressed
	OfferedAt   int64            `json:"offered_at,omitempty"` // 0 = suppressed
	Suppressed  stamp.Suppressed `json:"suppressed,omitempty"` // why
	AcceptedAt  int64            `json:"accepted_at,omitempty"`
	AskedAt     int64            `json:"asked_at,omitempty"`     // first question
	RespondedAt int64            `json:"responded_at,omitempty"` // first valid answer
	EndedAt     int64            `json:"ended_at,omitempty"`
	End         string           `json:"end,omitempty"` // completed, declined, no_input, invalid, hung_up, failed
	// Silent is the end of a survey without a valid answer, when it has ended:
	// who was offered and did not respond counts under one of these words.
	Silent   string `json:"silent,omitempty"`
	Invalid  int    `json:"invalid,omitempty"`  // of the opening
	NoInput  int    `json:"no_input,omitempty"` // of the opening
	Asked    int    `json:"asked,omitempty"`    // questions
	Answered int    `json:"answered,omitempty"` // … with a valid answer
}

// SurveyAnswer is one question put to the customer, answered or not.
// Key: (org, call, segment, question).
type SurveyAnswer struct {
	Ref
	Segment     stamp.SegmentNo   `json:"segment"` // that the survey follows
	Question    string            `json:"question"`
	Type        string            `json:"type"` // csat, nps …
	Survey      string            `json:"survey"`
	Language    string            `json:"language,omitempty"`
	About       stamp.SegmentNo   `json:"about"`           // the part that the question is about; 0 = the whole call
	Agent       stamp.AgentID     `json:"agent,omitempty"` // of that part
	Queue       stamp.QueueID     `json:"queue,omitempty"`
	Lead        bool              `json:"lead"` // first question of its survey: one per customer asked
	AskedAt     int64             `json:"asked_at"`
	Attempts    int               `json:"attempts"`
	RespondedAt int64             `json:"responded_at,omitempty"`
	FirstAnswer bool              `json:"first_answer,omitempty"` // first answer of its survey
	Value       int               `json:"value,omitempty"`
	Scale       int               `json:"scale,omitempty"`
	Class       stamp.AnswerClass `json:"class,omitempty"`     // good, neutral, bad
	Satisfied   bool              `json:"satisfied,omitempty"` // class is good
	Balance     int               `json:"balance,omitempty"`   // good 1, neutral 0, bad −1
	Points      int               `json:"points,omitempty"`    // thousandths of the scale: 1000·value ÷ scale
	Invalid     int               `json:"invalid,omitempty"`   // keys outside the scale
	NoInput     int               `json:"no_input,omitempty"`
	EndedAt     int64             `json:"ended_at,omitempty"` // of the survey
	End         string            `json:"end,omitempty"`      // of the survey
	// Silent is the survey's end where it left this question without a valid
	// answer: asked = valid + Σ silent by word + not ended.
	Silent string `json:"silent,omitempty"`
}
