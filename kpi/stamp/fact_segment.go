package stamp

// SegmentOpened: an agent accepted the call, or the dialer reserved one for an
// answered line; its part of the call begins, in phase connecting.
type SegmentOpened struct {
	Segment  SegmentNo  `json:"segment"`
	Agent    AgentID    `json:"agent"`
	Session  ID         `json:"session"`
	Leg      LegNo      `json:"leg"` // the agent's leg
	Offer    ID         `json:"offer,omitempty"`
	Queue    QueueID    `json:"queue,omitempty"`
	Campaign CampaignID `json:"campaign,omitempty"`
	// The wrap-up that is to follow a talk, as in WrapStarted: who closes the
	// call after a crash knows no configuration.
	WrapUS       int64  `json:"wrap_us,omitempty"`
	WrapRequired bool   `json:"wrap_required,omitempty"`
	WrapMostUS   int64  `json:"wrap_most_us,omitempty"`
	WrapCode     string `json:"wrap_code,omitempty"`
	WrapPause    string `json:"wrap_pause,omitempty"`
	// How the agent came to the call, where not from its first queue: consult (the
	// customer comes later, if at all), blind, retrieved or returned; and from
	// whose part.
	Via  string    `json:"via,omitempty"`
	From SegmentNo `json:"from_segment,omitempty"`
}

// Via is how an agent came to a call that another one had.
const (
	ViaConsult   = "consult"
	ViaBlind     = "blind"
	ViaRetrieved = "retrieved" // from where it was parked
	ViaReturned  = "returned"  // nobody took it
)

// SegmentConnected: both sides are bridged and RTP has been seen both ways.
// Talk begins here, never at SIP 200.
type SegmentConnected struct {
	Segment SegmentNo `json:"segment"`
	Agent   AgentID   `json:"agent"`
	WaitUS  int64     `json:"wait_us"` // since the call's first entry; 0 for a dialed call
}

// SegmentEnded: the agent's part is over, wrap-up apart. Talk is the sum of
// the phase talking between connected and ended.
type SegmentEnded struct {
	Segment   SegmentNo `json:"segment"`
	Agent     AgentID   `json:"agent"`
	By        Actor     `json:"by"`
	PrePhase  string    `json:"pre_phase"`
	Connected bool      `json:"connected"`
}

// WrapStarted: after-call work begins at the segment's end.
type WrapStarted struct {
	Segment  SegmentNo `json:"segment"`
	Agent    AgentID   `json:"agent"`
	LimitUS  int64     `json:"limit_us"` // 0 = without limit
	Required bool      `json:"required"` // a disposition is mandatory
	// MostUS is the longest that it may be, extensions and a missing disposition
	// included; 0 = without limit. Then Code is set if nothing was, "" for none.
	MostUS int64  `json:"most_us,omitempty"`
	Code   string `json:"code,omitempty"`
	// Pause is the aux code of the agent after a wrap-up that ended by itself;
	// "" = ready.
	Pause string `json:"pause,omitempty"`
}

// WrapExtended: the agent asked for more time.
type WrapExtended struct {
	Segment SegmentNo `json:"segment"`
	ByUS    int64     `json:"by_us"`
}

// WrapEnded: after-call work is over.
type WrapEnded struct {
	Segment SegmentNo `json:"segment"`
	Agent   AgentID   `json:"agent"`
	By      string    `json:"by"` // agent, timeout, logout, system
}

// DispositionSet: what the agent says of the segment. The last one counts.
type DispositionSet struct {
	Segment SegmentNo `json:"segment"`
	Agent   AgentID   `json:"agent"`
	Code    string    `json:"code"`
}

// NoteSaved: the agent's note was stored under an opaque id.
type NoteSaved struct {
	Segment SegmentNo `json:"segment"`
	Note    NoteID    `json:"note"`
}

// Kind implements Fact.
func (SegmentOpened) Kind() Kind { return "segment.opened" }

// Kind implements Fact.
func (SegmentConnected) Kind() Kind { return "segment.connected" }

// Kind implements Fact.
func (SegmentEnded) Kind() Kind { return "segment.ended" }

// Kind implements Fact.
func (WrapStarted) Kind() Kind { return "wrap.started" }

// Kind implements Fact.
func (WrapExtended) Kind() Kind { return "wrap.extended" }

// Kind implements Fact.
func (WrapEnded) Kind() Kind { return "wrap.ended" }

// Kind implements Fact.
func (DispositionSet) Kind() Kind { return "disposition.set" }

// Kind implements Fact.
func (NoteSaved) Kind() Kind { return "note.saved" }
