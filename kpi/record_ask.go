package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// Kinds of asks besides stamp.Blind and stamp.Attended.
const (
	AskConsult = "consult"
	AskPark    = "park"
)

// AskCompleted is the end of a transfer that was not one of stamp's failures.
const AskCompleted = "completed"

// Ask is one step by which a call comes to somebody else, or somebody to it: a
// consultation, a transfer, a stand in the park.
type Ask struct {
	Ask     int             `json:"ask,omitempty"` // 0 of a stand in the park
	Kind    string          `json:"kind"`
	Segment stamp.SegmentNo `json:"segment"` // whose agent asked
	Agent   stamp.AgentID   `json:"agent"`
	Queue   stamp.QueueID   `json:"queue,omitempty"` // of that segment
	Target  stamp.Target    `json:"target,omitzero"`

	StartedAt  int64           `json:"started_at"`
	AnsweredAt int64           `json:"answered_at,omitempty"` // of a consultation
	EndedAt    int64           `json:"ended_at,omitempty"`    // 0 = under way
	End        string          `json:"end,omitempty"`         // completed, a stamp.AskEnd, or of a park retrieved, returned
	By         stamp.Actor     `json:"by,omitempty"`          // who ended it
	Into       stamp.SegmentNo `json:"into,omitempty"`        // of the agent who came by it
}
