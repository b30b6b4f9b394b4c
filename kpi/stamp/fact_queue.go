package stamp

// ExitReason says how a stay in a queue ended. Exactly one per entry:
// entered = Σ exits by reason + waiting.
type ExitReason string

// The closed set; more join it as features do.
const (
	ExitConnected        ExitReason = "connected"          // sound both ways with an agent
	ExitAbandoned        ExitReason = "abandoned"          // customer left while waiting
	ExitAbandonedShort   ExitReason = "abandoned_short"    // … sooner than the queue's short limit
	ExitAbandonedAtOffer ExitReason = "abandoned_at_offer" // … while an agent was being rung
	// … after an agent had picked up, before sound both ways: no fault of the agent's.
	ExitAbandonedAtWhisper ExitReason = "abandoned_at_whisper"
	ExitTimeout            ExitReason = "timeout"        // the longest wait was over, and the call with it
	ExitClosed             ExitReason = "closed"         // queue closed or node draining
	ExitSystemFailure      ExitReason = "system_failure" // no audio, crash
	ExitOverflow           ExitReason = "overflow"       // the longest wait was over, led on to where somebody may take it
	ExitEmpty              ExitReason = "empty"          // none of the queue's agents is there any more
	ExitCallback           ExitReason = "callback_requested"
	ExitKey                ExitReason = "key"       // the customer chose another way by a key
	ExitWithdrawn          ExitReason = "withdrawn" // a supervisor moved the call to another queue
)

// QueueEntered: the call was placed in a queue.
type QueueEntered struct {
	Entry EntryNo `json:"entry"`
	Queue QueueID `json:"queue"`
	First bool    `json:"first"` // the call's first entry: offered counts these
	// TargetUS is the queue's service-level limit at this moment, µs. It is
	// stamped because a fold knows no configuration; 0 = the usual 20 s.
	TargetUS int64 `json:"target_us,omitempty"`
	// What the call's place in the line was made of, beside the time.
	HeadStartUS int64   `json:"head_start_us,omitempty"` // counts as having come so much earlier
	VIP         bool    `json:"vip,omitempty"`
	Prefer      AgentID `json:"prefer,omitempty"` // kept for this agent for a while
}

// QueueExited ends an entry.
type QueueExited struct {
	Entry  EntryNo    `json:"entry"`
	Queue  QueueID    `json:"queue"`
	Reason ExitReason `json:"reason"`
	WaitUS int64      `json:"wait_us"` // since the call's first entry
}

// OfferEnd says how an offer ended other than by acceptance.
type OfferEnd string

// The ends. An agent is charged only for declined and timed_out.
const (
	OfferAcceptedEnd  OfferEnd = "accepted"
	OfferDeclined     OfferEnd = "declined"
	OfferTimedOut     OfferEnd = "timed_out" // the missed offer
	OfferCustomerGone OfferEnd = "customer_gone"
	OfferElsewhere    OfferEnd = "answered_elsewhere"
	OfferWithdrawn    OfferEnd = "withdrawn" // by the system: drain, crash
	OfferUnreachable  OfferEnd = "unreachable"
	OfferNoMicrophone OfferEnd = "no_microphone"
	OfferICEFailed    OfferEnd = "ice_failed"
)

// OfferCreated: an agent was reserved for the call.
type OfferCreated struct {
	Offer   ID      `json:"offer"` // the Floor's reservation has the same id
	Entry   EntryNo `json:"entry,omitempty"`
	Queue   QueueID `json:"queue,omitempty"`
	Agent   AgentID `json:"agent"`
	Session ID      `json:"session"` // the agent session
	LimitUS int64   `json:"limit_us"`
	// Why this agent: the queue's strategy, or last_agent. Seed is what the lots
	// of random and weighted were drawn with; 0 = none were.
	Why  string `json:"why,omitempty"`
	Seed uint32 `json:"seed,omitempty"`
	Ask  int    `json:"ask,omitempty"` // an agent asked for this one; 0 = a queue did
}

// OfferRingStarted: the browser said that it rings.
type OfferRingStarted struct {
	Offer ID      `json:"offer"`
	Agent AgentID `json:"agent"`
}

// OfferAccepted: the agent took the call.
type OfferAccepted struct {
	Offer  ID      `json:"offer"`
	Agent  AgentID `json:"agent"`
	RingUS int64   `json:"ring_us"` // since ring_started, else since created
}

// OfferEnded ends every offer that was not accepted.
type OfferEnded struct {
	Offer  ID       `json:"offer"`
	Agent  AgentID  `json:"agent"`
	End    OfferEnd `json:"end"`
	RingUS int64    `json:"ring_us"`
}

// Kind implements Fact.
func (QueueEntered) Kind() Kind { return "queue.entered" }

// Kind implements Fact.
func (QueueExited) Kind() Kind { return "queue.exited" }

// Kind implements Fact.
func (OfferCreated) Kind() Kind { return "offer.created" }

// Kind implements Fact.
func (OfferRingStarted) Kind() Kind { return "offer.ring_started" }

// Kind implements Fact.
func (OfferAccepted) Kind() Kind { return "offer.accepted" }

// Kind implements Fact.
func (OfferEnded) Kind() Kind { return "offer.ended" }
