package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// Segment is one agent's part of a call with its wrap-up.
// Key: (org, call, segment).
type Segment struct {
	Ref
	Segment stamp.SegmentNo `json:"segment"`
	Agent   stamp.AgentID   `json:"agent"`
	Session stamp.ID        `json:"session"`
	Leg     stamp.LegNo     `json:"leg"`
	Offer   stamp.ID        `json:"offer,omitempty"`
	Queue   stamp.QueueID   `json:"queue,omitempty"`

	OpenedAt      int64 `json:"opened_at"`
	ConnectedAt   int64 `json:"connected_at,omitempty"`
	EndedAt       int64 `json:"ended_at,omitempty"`
	WrapStartedAt int64 `json:"wrap_started_at,omitempty"`
	WrapEndedAt   int64 `json:"wrap_ended_at,omitempty"`
	// HandledAt is when nothing of a connected segment was left to do: the end
	// of its wrap-up, or of the call where there was none.
	HandledAt int64 `json:"handled_at,omitempty"`

	By          stamp.Actor  `json:"by,omitempty"`
	PrePhase    string       `json:"pre_phase,omitempty"`
	WrapBy      string       `json:"wrap_by,omitempty"`
	Disposition string       `json:"disposition,omitempty"` // the last one
	Note        stamp.NoteID `json:"note,omitempty"`

	ConnectingUS int64 `json:"connecting_us"`
	TalkUS       int64 `json:"talk_us"`
	HoldUS       int64 `json:"hold_us"`
	GapUS        int64 `json:"gap_us"` // the agent's leg was lost
	WrapUS       int64 `json:"wrap_us"`

	Wrap []Span `json:"wrap,omitempty"` // one, but for a step of the clock
}

// SurveyAnswer is one question put to the customer, answered or not.
// Key: (org, call, segment, question).
type SurveyAnswer struct {
	Ref
	Segment     stamp.SegmentNo `json:"segment"`
	Question    string          `json:"question"`
	Survey      string          `json:"survey"`
	Language    string          `json:"language,omitempty"`
	Agent       stamp.AgentID   `json:"agent,omitempty"`
	Queue       stamp.QueueID   `json:"queue,omitempty"`
	Lead        bool            `json:"lead"` // first question of its survey: one per customer asked
	AskedAt     int64           `json:"asked_at"`
	Attempts    int             `json:"attempts"`
	RespondedAt int64           `json:"responded_at,omitempty"`
	FirstAnswer bool            `json:"first_answer,omitempty"` // first answer of its survey
	Value       int             `json:"value,omitempty"`
	Scale       int             `json:"scale,omitempty"`
	Satisfied   bool            `json:"satisfied,omitempty"` // value ≥ 4 of 5, or the same share of another scale
	Invalid     int             `json:"invalid,omitempty"`   // keys outside the scale
	NoInput     int             `json:"no_input,omitempty"`
	End         string          `json:"end,omitempty"` // of the survey
}
