package call

import "github.com/callstamp/callstamp/kpi/stamp"

// View is what one agent may see of a call: the desk's picture, sent after
// every step that changed it. Instants let the page count by itself.
type View struct {
	Call      stamp.ID
	Direction stamp.Direction
	Queue     stamp.QueueID
	Campaign  stamp.CampaignID
	Lead      stamp.LeadID
	Party     stamp.PartyID
	Phase     string
	Since     stamp.Instant // of the phase
	Created   stamp.Instant
	Connected stamp.Instant // zero until sound both ways
	Segment   stamp.SegmentNo
	HeldBy    []stamp.Actor
	Muted     bool
	Recording string        // "", announcing, on, paused, failed
	OnDemand  bool          // the agent may begin and end a recording
	Why       string        // the agent is rung: the strategy, or last_agent
	NoAudio   []stamp.LegNo // legs from which nothing is heard
	Codec     string        // of the customer's leg: PCMU or PCMA; "" before its answer
	Marks     []Mark        // the stamps so far; shared, not to be written to

	Wrap        bool          // after-call work is open
	WrapUntil   stamp.Instant // zero = without limit
	WrapNeeded  bool
	WrapMost    stamp.Instant // the end at the latest; zero = none
	Disposition string
	Note        stamp.NoteID
	Survey      string // "", offered, accepted, declined, asked, responded, no_input, invalid, hung_up, failed, suppressed
	SurveyValue int    // of the question csat; 0 = none
	Answers     []SurveyAnswer
	Done        bool // nothing of the call concerns this agent any more
}

// SurveyAnswer is a question that was put to the customer.
type SurveyAnswer struct {
	Question string
	Type     string
	Value    int
	Scale    int // 0 = not answered
	Class    stamp.AnswerClass
}

// Mark is a stamp on the desk's live timeline.
type Mark struct {
	N     uint64
	At    int64 // µs since 1970
	Kind  stamp.Kind
	Phase string // that begins with it; "" = unchanged
	Actor stamp.Actor
	Leg   stamp.LegNo // 0 = of no leg
}
