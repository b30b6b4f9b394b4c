package kpi

import (
	"cmp"
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// CallNow is a call in progress as the live page shows it. Times are instants:
// the reader subtracts them from its own "now".
type CallNow struct {
	Org       stamp.OrgID      `json:"org"`
	Call      stamp.ID         `json:"call"`
	Direction stamp.Direction  `json:"direction"`
	Campaign  stamp.CampaignID `json:"campaign,omitempty"`
	Queue     stamp.QueueID    `json:"queue,omitempty"` // it waits in, or was connected from
	Agent     stamp.AgentID    `json:"agent,omitempty"` // talking, or being connected
	Phase     string           `json:"phase"`
	Since     int64            `json:"since"` // the phase began
	ArrivedAt int64            `json:"arrived_at"`
	// WaitingSince is the call's first entry while it stands in a queue, else 0.
	WaitingSince int64 `json:"waiting_since,omitempty"`
}

// AgentNow is an agent session as the live page shows it.
type AgentNow struct {
	Org     stamp.OrgID   `json:"org"`
	Session stamp.ID      `json:"session"`
	Agent   stamp.AgentID `json:"agent"`
	State   string        `json:"state"`
	Aux     string        `json:"aux,omitempty"`
	LimitUS int64         `json:"limit_us,omitempty"` // how long the pause may be; 0 = as long as it takes
	Call    stamp.ID      `json:"call,omitempty"`
	Since   int64         `json:"since"`
}

// Now is the live wall at one position of one node.
type Now struct {
	Node   stamp.NodeID `json:"node"`
	Seq    uint64       `json:"seq"`
	Calls  []CallNow    `json:"calls"`  // oldest arrival first
	Agents []AgentNow   `json:"agents"` // by agent, then session
}

// Pulse is what one stamp changes of the live picture.
type Pulse struct {
	Seq    uint64
	Deltas []Delta
	Calls  []CallNow       // to be shown, or shown anew
	Agents []AgentNow      // to be shown, or shown anew
	Gone   []stamp.Subject // to be taken off
	// Closed and Settled name the bucket whose counters are now to be frozen
	// (event basis) or compared again (cohort basis); nil for other stamps.
	Closed  *stamp.Bucket
	Settled *stamp.Bucket
}

// LongestWaiting returns the call that has waited longest in queue, or in any
// queue of org for "", and whether one waits.
func LongestWaiting(calls []CallNow, org stamp.OrgID, queue stamp.QueueID) (CallNow, bool) {
	var longest CallNow
	for _, c := range calls {
		if c.WaitingSince == 0 || c.Org != org || queue != "" && c.Queue != queue {
			continue
		}
		if longest.Call == "" || c.WaitingSince < longest.WaitingSince {
			longest = c
		}
	}
	return longest, longest.Call != ""
}

// sort puts the wall into its order, so that equal states print equally.
func (n *Now) sort() {
	slices.SortFunc(n.Calls, func(a, b CallNow) int {
		return cmp.Or(cmp.Compare(a.ArrivedAt, b.ArrivedAt), cmp.Compare(a.Call, b.Call))
	})
	slices.SortFunc(n.Agents, func(a, b AgentNow) int {
		return cmp.Or(cmp.Compare(a.Agent, b.Agent), cmp.Compare(a.Session, b.Session))
	})
}
