package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// Ref is what every record of a call knows of its call, so that each row can
// be counted, filtered and partitioned alone.
type Ref struct {
	Org       stamp.OrgID      `json:"org"`
	Node      stamp.NodeID     `json:"node"`
	Call      stamp.ID         `json:"call"`
	Direction stamp.Direction  `json:"direction"`
	Campaign  stamp.CampaignID `json:"campaign,omitempty"`
	ArrivedAt int64            `json:"arrived_at"` // call.created: names the cohort
	// SinceUS is the time from the call's arrival to this record's first
	// stamp, by the monotonic clock: it ties the row to its call.
	SinceUS int64 `json:"since_us"`
	Evidence
}

// Evidence names the stamps behind a record and says how final it is.
type Evidence struct {
	FirstSeq  uint64 `json:"first_seq"` // of the node's journal
	LastSeq   uint64 `json:"last_seq"`
	Closed    bool   `json:"closed"`              // no stamp of its subject can change it any more
	Estimated bool   `json:"estimated,omitempty"` // an end was placed by recovery, error ≤ 1 s
	// Provisional: the node has fallen silent and another one presumes the end.
	// What the node itself stamps, when it is heard of again, takes its place.
	Provisional bool `json:"provisional,omitempty"`
}

// Span is one stretch of a call in one phase, of a wrap-up, or a piece of it:
// a step of the wall clock splits a span, so To − From is always its length.
type Span struct {
	Phase   string          `json:"phase"`
	From    int64           `json:"from"`
	To      int64           `json:"to,omitempty"`      // 0 = still open
	Segment stamp.SegmentNo `json:"segment,omitempty"` // the agent's part that it belongs to
	Agent   stamp.AgentID   `json:"agent,omitempty"`
	Queue   stamp.QueueID   `json:"queue,omitempty"`
	Step    bool            `json:"step,omitempty"` // begins where the wall clock stepped
}

// Length returns the span's length in µs, 0 while it is open.
func (s Span) Length() int64 {
	if s.To == 0 {
		return 0
	}
	return s.To - s.From
}

// Records is a set of records, of whatever selection.
type Records struct {
	Calls    []Call          `json:"calls,omitempty"`
	Legs     []Leg           `json:"legs,omitempty"`
	Entries  []Entry         `json:"entries,omitempty"`
	Offers   []Offer         `json:"offers,omitempty"`
	Segments []Segment       `json:"segments,omitempty"`
	Surveys  []SurveyRun     `json:"surveys,omitempty"`
	Answers  []SurveyAnswer  `json:"answers,omitempty"`
	Attempts []Attempt       `json:"attempts,omitempty"`
	Sessions []AgentSession  `json:"sessions,omitempty"`
	Agents   []AgentInterval `json:"agents,omitempty"`
}

// Changes are the records that one stamp touched, whole, for writing over the
// rows of the same natural key.
type Changes struct {
	Node stamp.NodeID
	Seq  uint64 // the position after these changes
	Records
	// Closed and Settled name the bucket whose figures may now be computed
	// and compared; nil for every other stamp.
	Closed  *stamp.Bucket
	Settled *stamp.Bucket
	// SetBack are the subjects that lived when the wall clock was set back:
	// instants of theirs may lie outside of their begin and their end.
	SetBack []SetBack
	// Gone says that another node has fallen silent: see Folder.Presume.
	Gone *stamp.NodePresumedGone
}

// SetBack is a subject that met the wall clock being set back, from High to
// Low, µs since 1970.
type SetBack struct {
	Subject   stamp.Subject
	Low, High int64
}
