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
	MicSilent bool          // the agent's microphone sends nothing but silence
	Recording string        // "", announcing, on, paused, failed
	OnDemand  bool          // the agent may begin and end a recording
	Why       string        // the agent is rung: the strategy, or last_agent
	NoAudio   []stamp.LegNo // legs from which nothing is heard
	Codec     string        // of the customer's leg: PCMU or PCMA; "" before its answer
	Marks     []Mark        // the stamps so far; shared, not to be written to

	Role   string     // the agent's part in it: agent, consulted; "" = none that is open
	Others []Other    // who takes part besides the agent and the customer
	Asking *Asking    // who is being brought in
	Failed *AskFailed // the agent's last ask, if it came to nothing

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

// Other is another party of the call.
type Other struct {
	Leg   stamp.LegNo
	Role  string        // agent, consulted, outside
	Agent stamp.AgentID // of an agent
	Party stamp.PartyID // of an outside party
	State string        // ringing, up, lost
}

// Asking is a third party being brought in.
type Asking struct {
	Kind     string // consult, blind, return
	By       stamp.AgentID
	Target   stamp.Target
	Since    stamp.Instant
	Answered bool
}

// AskFailed is an ask that came to nothing.
type AskFailed struct {
	Kind   string
	Target stamp.Target
	Why    stamp.AskEnd
	At     stamp.Instant
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
