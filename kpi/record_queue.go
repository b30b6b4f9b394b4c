package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// Entry is one stay of a call in a queue. Key: (org, call, entry).
type Entry struct {
	Ref
	Entry     stamp.EntryNo    `json:"entry"`
	Queue     stamp.QueueID    `json:"queue"`
	First     bool             `json:"first"`
	EnteredAt int64            `json:"entered_at"`
	ExitedAt  int64            `json:"exited_at,omitempty"` // 0 = waiting
	Reason    stamp.ExitReason `json:"reason,omitempty"`
	StayUS    int64            `json:"stay_us"` // in this entry
	WaitUS    int64            `json:"wait_us"` // since the call's first entry

	// What the customer was told first, so that it can be held against what came.
	Position int   `json:"position,omitempty"` // 0 = never told
	EstUS    int64 `json:"est_us,omitempty"`   // the wait from EstAt on
	EstAt    int64 `json:"est_at,omitempty"`
}

// Offer is one agent being rung. Key: (org, offer).
type Offer struct {
	Ref
	Offer     stamp.ID       `json:"offer"`
	Entry     stamp.EntryNo  `json:"entry,omitempty"`
	Queue     stamp.QueueID  `json:"queue,omitempty"`
	Agent     stamp.AgentID  `json:"agent"`
	Session   stamp.ID       `json:"session"`
	CreatedAt int64          `json:"created_at"`
	RingAt    int64          `json:"ring_at,omitempty"` // the browser said that it rings
	EndedAt   int64          `json:"ended_at,omitempty"`
	End       stamp.OfferEnd `json:"end,omitempty"`
	RingUS    int64          `json:"ring_us"` // ring_at, else created_at → ended_at
	LimitUS   int64          `json:"limit_us"`
}
