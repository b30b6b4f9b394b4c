package stamp

// Facts of how a call comes from one agent to another, and of who is heard
// besides. An agent asks for somebody by a consultation or a transfer; asks are
// numbered from 1 in a call, and each has one end.

// How a call is transferred.
const (
	Blind    = "blind"    // the agent leaves before the target is there
	Attended = "attended" // the agent has spoken with the target
)

// AskEnd says how a consultation ended, or why a transfer failed.
type AskEnd string

// The ends. Transferred and conferenced are those of a consultation alone.
const (
	AskTransferred  AskEnd = "transferred"
	AskConferenced  AskEnd = "conferenced"
	AskCancelled    AskEnd = "cancelled"     // by the agent who asked
	AskHungUp       AskEnd = "hung_up"       // by the target, after the answer
	AskDeclined     AskEnd = "declined"      // by the target, before it
	AskTimedOut     AskEnd = "timed_out"     // the target did not answer
	AskBusy         AskEnd = "busy"          // in another call, or the number is
	AskAbsent       AskEnd = "absent"        // not logged in, paused, unreachable
	AskRefused      AskEnd = "refused"       // the number may not be called from here
	AskUnknown      AskEnd = "unknown"       // there is no such target
	AskCustomerGone AskEnd = "customer_gone" // the customer hung up meanwhile
	AskLost         AskEnd = "lost"          // a browser was lost and did not come back
	AskFailed       AskEnd = "failed"        // a fault of ours or the network's
)

// Target says for whom an agent asks. A number stands in the party table.
type Target struct {
	To    string  `json:"to"`              // agent, queue, number, menu
	Name  string  `json:"name,omitempty"`  // the agent's, queue's or menu's id
	Party PartyID `json:"party,omitempty"` // of a number
	Trunk TrunkID `json:"trunk,omitempty"` // by which it is called
}

// ConsultStarted: an agent wants to speak with somebody while the customer
// hears music.
type ConsultStarted struct {
	Ask     int       `json:"ask"`
	Segment SegmentNo `json:"segment"` // whose agent asks
	Agent   AgentID   `json:"agent"`
	Target  Target    `json:"target"`
	Leg     LegNo     `json:"leg,omitempty"` // the outside party's, of a number
}

// ConsultAnswered: the target is there and hears the agent.
type ConsultAnswered struct {
	Ask     int       `json:"ask"`
	Leg     LegNo     `json:"leg"`
	Segment SegmentNo `json:"segment,omitempty"` // of an agent who is consulted
	Agent   AgentID   `json:"agent,omitempty"`
}

// ConsultEnded ends a consultation, answered or not.
type ConsultEnded struct {
	Ask int    `json:"ask"`
	End AskEnd `json:"end"`
}

// TransferStarted: an agent wants to give the customer to somebody.
type TransferStarted struct {
	Ask     int       `json:"ask"`
	How     string    `json:"how"`     // blind or attended
	Segment SegmentNo `json:"segment"` // whose agent gives the customer away
	Agent   AgentID   `json:"agent"`
	Queue   QueueID   `json:"queue,omitempty"` // of that segment
	Target  Target    `json:"target"`
	Leg     LegNo     `json:"leg,omitempty"` // the outside party's, of a number
}

// TransferCompleted: the target has the customer: the agent accepted, the call
// stands in the queue or menu, the number answered.
type TransferCompleted struct {
	Ask     int       `json:"ask"`
	How     string    `json:"how"`
	Segment SegmentNo `json:"segment"` // whose agent gave the customer away
	Agent   AgentID   `json:"agent"`
	Target  Target    `json:"target"`
	Into    SegmentNo `json:"into,omitempty"` // of the agent who has the customer now
	Leg     LegNo     `json:"leg,omitempty"`  // of the party who has the customer now
}

// TransferFailed: the target did not take the customer.
type TransferFailed struct {
	Ask     int       `json:"ask"`
	How     string    `json:"how"`
	Segment SegmentNo `json:"segment"`
	Agent   AgentID   `json:"agent"`
	Target  Target    `json:"target"`
	Reason  AskEnd    `json:"reason"`
	// Returns is the number of the ask by which the call goes back to the agent
	// who gave it away; 0 = the agent still has it, or it is over.
	Returns int `json:"returns,omitempty"`
}

// ConferenceJoined: one more party is heard by all.
type ConferenceJoined struct {
	Leg     LegNo     `json:"leg"`
	Segment SegmentNo `json:"segment,omitempty"` // of an agent
	Agent   AgentID   `json:"agent,omitempty"`
}

// ConferenceLeft: a party is no longer heard.
type ConferenceLeft struct {
	Leg     LegNo     `json:"leg"`
	Segment SegmentNo `json:"segment,omitempty"`
	Agent   AgentID   `json:"agent,omitempty"`
}

// ParkStarted: the customer hears music until somebody fetches the call.
type ParkStarted struct {
	Segment SegmentNo `json:"segment"` // whose agent parked it
	Agent   AgentID   `json:"agent"`
	LimitUS int64     `json:"limit_us"` // then it goes back to that agent; 0 = never
}

// ParkEnded: the call stands there no more.
type ParkEnded struct {
	End     string  `json:"end"`               // retrieved, returned, customer_gone, failed
	Agent   AgentID `json:"agent,omitempty"`   // who retrieved it
	Returns int     `json:"returns,omitempty"` // the ask by which it goes back
}

// Kind implements Fact.
func (ConsultStarted) Kind() Kind { return "consult.started" }

// Kind implements Fact.
func (ConsultAnswered) Kind() Kind { return "consult.answered" }

// Kind implements Fact.
func (ConsultEnded) Kind() Kind { return "consult.ended" }

// Kind implements Fact.
func (TransferStarted) Kind() Kind { return "transfer.started" }

// Kind implements Fact.
func (TransferCompleted) Kind() Kind { return "transfer.completed" }

// Kind implements Fact.
func (TransferFailed) Kind() Kind { return "transfer.failed" }

// Kind implements Fact.
func (ConferenceJoined) Kind() Kind { return "conference.joined" }

// Kind implements Fact.
func (ConferenceLeft) Kind() Kind { return "conference.left" }

// Kind implements Fact.
func (ParkStarted) Kind() Kind { return "park.started" }

// Kind implements Fact.
func (ParkEnded) Kind() Kind { return "park.ended" }
