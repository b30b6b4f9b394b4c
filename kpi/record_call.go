package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// Call is one customer's whole conversation. Key: (org, call).
type Call struct {
	Ref
	Trunk   stamp.TrunkID `json:"trunk"`
	Route   string        `json:"route,omitempty"`
	Party   stamp.PartyID `json:"party,omitempty"`
	Lead    stamp.LeadID  `json:"lead,omitempty"`
	Attempt stamp.ID      `json:"attempt,omitempty"`

	AnsweredAt  int64 `json:"answered_at,omitempty"`  // customer's leg, 200
	EnteredAt   int64 `json:"entered_at,omitempty"`   // first entry in a queue: offered
	ConnectedAt int64 `json:"connected_at,omitempty"` // two-way media with the first agent
	HumanAt     int64 `json:"human_at,omitempty"`     // dial.human
	ReleasedAt  int64 `json:"released_at,omitempty"`  // last leg gone: over
	ClosedAt    int64 `json:"closed_at,omitempty"`

	Queue    stamp.QueueID    `json:"queue,omitempty"` // of the first entry; the call's fate counts there
	Agent    stamp.AgentID    `json:"agent,omitempty"` // first connected
	Exit     stamp.ExitReason `json:"exit,omitempty"`  // of the latest entry
	ExitedAt int64            `json:"exited_at,omitempty"`
	Outcome  string           `json:"outcome,omitempty"`
	EndedBy  stamp.Actor      `json:"ended_by,omitempty"`
	PrePhase string           `json:"pre_phase,omitempty"` // in which phase the customer's leg ended
	Refused  string           `json:"refused,omitempty"`   // by the last queue that did not let it in: a word of stamp.QueueRefused
	Missed   bool             `json:"missed,omitempty"`    // offered, over, never connected, not a short abandon
	Within   bool             `json:"within,omitempty"`    // connected with WaitUS ≤ TargetUS
	Service  Service          `json:"service,omitempty"`
	FateAt   int64            `json:"fate_at,omitempty"` // when it was answered or given up; 0 = neither

	TargetUS int64 `json:"target_us,omitempty"` // service-level limit of the first queue
	WaitUS   int64 `json:"wait_us"`             // first entry → connected, else → latest exit
	PickupUS int64 `json:"pickup_us,omitempty"` // first entry → picked up by the agent who was connected first
	TalkUS   int64 `json:"talk_us"`
	HoldUS   int64 `json:"hold_us"`
	AloneUS  int64 `json:"alone_us"`
	SurveyUS int64 `json:"survey_us"`
	MenuUS   int64 `json:"menu_us,omitempty"`
	WrapUS   int64 `json:"wrap_us"` // of all its segments; after the call

	ConsultUS    int64 `json:"consult_us,omitempty"` // the customer heard music while an agent spoke with somebody
	ConferenceUS int64 `json:"conference_us,omitempty"`
	ParkedUS     int64 `json:"parked_us,omitempty"`
	OutsideUS    int64 `json:"outside_us,omitempty"` // with an outside party, no agent

	LengthUS int64 `json:"length_us"` // created → released, by the monotonic clock

	// How many parts there are, so that a lost row is missed.
	LegCount     int `json:"leg_count"`
	EntryCount   int `json:"entry_count"`
	OfferCount   int `json:"offer_count"`
	SegmentCount int `json:"segment_count"`
	SurveyCount  int `json:"survey_count"`
	AnswerCount  int `json:"answer_count"`

	Asks  []Ask  `json:"asks,omitempty"` // in the order of their begin
	Spans []Span `json:"spans"`          // without gap from created to released
}

// Service says on which side of its queue's limit an offered call was answered
// or given up, short abandons not excepted; "" for every other fate. The forms of
// the service level are made of these.
type Service string

// The services. A wait of exactly the limit is within it.
const (
	AnsweredWithin Service = "answered_within"
	AnsweredLate   Service = "answered_late"
	GoneWithin     Service = "gone_within"
	GoneLate       Service = "gone_late"
)

// gaveUp reports whether a customer who leaves a queue by r gives up.
func gaveUp(r stamp.ExitReason) bool {
	switch r {
	case stamp.ExitAbandoned, stamp.ExitAbandonedAtOffer, stamp.ExitAbandonedAtWhisper, stamp.ExitAbandonedShort:
		return true
	}
	return false
}

// PhaseUS sums the call's spans by phase; together they are LengthUS.
func (c Call) PhaseUS() map[string]int64 {
	sums := map[string]int64{}
	for _, s := range c.Spans {
		sums[s.Phase] += s.Length()
	}
	return sums
}

// Leg is one party's connection. Key: (org, call, leg).
type Leg struct {
	Ref
	Leg        stamp.LegNo   `json:"leg"`
	Role       string        `json:"role,omitempty"`
	Trunk      stamp.TrunkID `json:"trunk,omitempty"`
	Agent      stamp.AgentID `json:"agent,omitempty"`
	Codec      string        `json:"codec,omitempty"`
	InvitedAt  int64         `json:"invited_at,omitempty"`
	RingingAt  int64         `json:"ringing_at,omitempty"` // first 18x
	AnsweredAt int64         `json:"answered_at,omitempty"`
	FirstRxAt  int64         `json:"first_rx_at,omitempty"`
	EndedAt    int64         `json:"ended_at,omitempty"`
	By         stamp.Actor   `json:"by,omitempty"`
	Code       int           `json:"code,omitempty"` // final SIP response ≥ 300
	Losses     int           `json:"losses,omitempty"`
	LostUS     int64         `json:"lost_us,omitempty"` // Σ gaps until back

	Rx       uint64  `json:"rx,omitempty"` // packets
	Tx       uint64  `json:"tx,omitempty"`
	Lost     int64   `json:"lost,omitempty"`
	JitterUS int64   `json:"jitter_us,omitempty"`
	RTTUS    int64   `json:"rtt_us,omitempty"`
	MOS      float64 `json:"mos,omitempty"`
}

// Attempt is one dialing of one lead. Key: (org, attempt).
type Attempt struct {
	Ref
	Attempt     stamp.ID      `json:"attempt"`
	Lead        stamp.LeadID  `json:"lead,omitempty"`
	Reserved    stamp.AgentID `json:"reserved,omitempty"` // by the dialer, before dialing
	Agent       stamp.AgentID `json:"agent,omitempty"`    // connected to the human
	InvitedAt   int64         `json:"invited_at,omitempty"`
	HumanAt     int64         `json:"human_at,omitempty"`
	ConnectedAt int64         `json:"connected_at,omitempty"` // human and two-way media with an agent
	AbandonedAt int64         `json:"abandoned_at,omitempty"`
	Announced   bool          `json:"announced,omitempty"`
	EndedAt     int64         `json:"ended_at,omitempty"`
	Result      string        `json:"result,omitempty"`
	Code        int           `json:"code,omitempty"`
}
