package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// AgentSession is one login. Key: (org, session).
type AgentSession struct {
	Org      stamp.OrgID     `json:"org"`
	Node     stamp.NodeID    `json:"node"`
	Session  stamp.ID        `json:"session"`
	Agent    stamp.AgentID   `json:"agent"`
	Queues   []stamp.QueueID `json:"queues,omitempty"`
	LoginAt  int64           `json:"login_at"`
	LogoutAt int64           `json:"logout_at,omitempty"`
	By       string          `json:"by,omitempty"`
	LengthUS int64           `json:"length_us"` // login → logout, by the monotonic clock
	States   int             `json:"states"`    // how many intervals there are
	Evidence
}

// AgentInterval is one stretch of a session in one state; the session's
// intervals follow each other without gap. Key: (org, session, n).
type AgentInterval struct {
	Org     stamp.OrgID     `json:"org"`
	Node    stamp.NodeID    `json:"node"`
	Session stamp.ID        `json:"session"`
	N       int             `json:"n"` // from 1
	Agent   stamp.AgentID   `json:"agent"`
	State   string          `json:"state"`
	Aux     string          `json:"aux,omitempty"`
	From    int64           `json:"from"`
	To      int64           `json:"to,omitempty"` // 0 = still open
	Call    stamp.ID        `json:"call,omitempty"`
	Segment stamp.SegmentNo `json:"segment,omitempty"`
	Queue   stamp.QueueID   `json:"queue,omitempty"`
	Cause   string          `json:"cause,omitempty"` // "call:0197… 7": the stamp that caused it
	Step    bool            `json:"step,omitempty"`  // begins where the wall clock stepped
	// Of a pause: how long it may be, 0 = as long as it takes, and whether it is no
	// working time.
	LimitUS int64 `json:"limit_us,omitempty"`
	Unpaid  bool  `json:"unpaid,omitempty"`
	// RequestedAt is when a state was asked for that had to wait for the end of a
	// call, By the supervisor who asked for it.
	RequestedAt int64         `json:"requested_at,omitempty"`
	By          stamp.AgentID `json:"by,omitempty"`
	Evidence
}

// OverUS is by how much the interval exceeds its limit, µs. A pause that a step
// of the clock has cut is judged by its pieces.
func (a AgentInterval) OverUS() int64 {
	if a.LimitUS == 0 {
		return 0
	}
	return max(a.Length()-a.LimitUS, 0)
}

// Length returns the interval's length in µs, 0 while it is open.
func (a AgentInterval) Length() int64 {
	if a.To == 0 {
		return 0
	}
	return a.To - a.From
}
