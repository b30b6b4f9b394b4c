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
	GapUS        int64 `json:"gap_us"` // the agent's leg was lost, or the customer had fallen silent for good
	WrapUS       int64 `json:"wrap_us"`

	Wrap []Span `json:"wrap,omitempty"` // one, but for a step of the clock
}
