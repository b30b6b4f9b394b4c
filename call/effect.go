package call

import "github.com/callstamp/callstamp/kpi/stamp"

// Effect is an order to the outside, as data. The conversation records the
// stamps of a step first, then carries out its effects in order; one that
// fails comes back as EffectFailed.
type Effect interface{ effect() }

// Durably holds an effect back until the step's stamps are fsynced: the first
// 18x, 2xx or INVITE of a call, and the thank-you after a survey key.
type Durably struct{ Effect Effect }

// To a SIP leg: the customer's, or an outside party's.
type (
	// Ring sends 180.
	Ring struct{ Leg stamp.LegNo }
	// Answer sends 200.
	Answer struct{ Leg stamp.LegNo }
	// Invite opens the line of an outbound call.
	Invite struct{ Leg stamp.LegNo }
	// Redial replaces the leg's line by another way, the Try-th of the plan
	// counted from 1, and sends its INVITE.
	Redial struct {
		Leg stamp.LegNo
		Try int
	}
	// Forsake ends whatever the leg's line still says: its try is over.
	Forsake struct{ Leg stamp.LegNo }
	// Open prepares a line to an outside party; Invite sends it.
	Open struct {
		Leg  stamp.LegNo
		Dial Dial
	}
	// Release ends the leg by whatever fits its state: a final response with
	// Code, CANCEL, or BYE.
	Release struct {
		Leg  stamp.LegNo
		Code int
	}
	// SignalHold tells the far side by re-INVITE, if its trunk wants that.
	SignalHold struct {
		Leg stamp.LegNo
		On  bool
	}
)

// To media.
type (
	// Mix says who hears whom, whole: a leg that is not among the ears hears
	// nobody and is heard by nobody, but goes on hearing its music or prompt.
	// Every leg of Hears is an ear itself.
	Mix struct{ Ears []Ear }
	// Music lets the leg hear music; nobody hears it.
	Music struct {
		Leg  stamp.LegNo
		Name string
	}
	// Play lets the leg hear prompts once; PlayDone{Play} follows.
	Play struct {
		Leg      stamp.LegNo
		Play     int
		Language string
		Prompts  []string
	}
	// Part stops what the leg hears and whom it is heard by.
	Part struct{ Leg stamp.LegNo }
)

// To the Floor.
type (
	// Enqueue asks for an agent. Since is the call's first entry, so that the
	// call keeps its place when it comes back.
	Enqueue struct {
		Entry stamp.EntryNo
		Queue stamp.QueueID
		Since stamp.Instant
		Stay  Staff // who must be there for the call to go on waiting; "" = nobody
	}
	// Admit asks whether the call may enter a queue; Admitted follows. The place
	// is kept for it until Enqueue or Dequeue.
	Admit struct {
		Entry   stamp.EntryNo // that it would be
		Queue   stamp.QueueID
		MaxSize int   // calls that may wait at once; 0 = any number
		Join    Staff // who must be there; "" = nobody
	}
	// Dequeue withdraws the request.
	Dequeue struct{ Entry stamp.EntryNo }
	// Seek asks for one agent at once, or for the next of a queue; Found or Unfound
	// follows. Ask 0: the agent wants a parked call.
	Seek struct {
		Ask     int
		Agent   stamp.AgentID
		Queue   stamp.QueueID
		Since   stamp.Instant // the call's place in any line
		LimitUS int64         // how long the agent will be rung
	}
	// Unseek withdraws that of a queue.
	Unseek struct{ Ask int }
	// Presence moves an agent because of this step's last stamp: its instant
	// and number are the move's cause. To is a state of package stamp; ready
	// means that the call has no further claim on the agent.
	Presence struct {
		Seat    Seat
		To      string
		Offer   stamp.ID
		End     stamp.OfferEnd // of the offer, if it ended
		Segment stamp.SegmentNo
		Rest    bool   // the agent is not rung for a moment
		Pause   string // aux code of an agent who is not to be ready by itself; "" = ready
	}
)

// To an agent's desk.
type (
	// RingDesk shows the offer.
	RingDesk struct {
		Seat    Seat
		Offer   stamp.ID
		LimitUS int64
	}
	// Unring takes it away.
	Unring struct {
		Seat  Seat
		Offer stamp.ID
		End   stamp.OfferEnd
	}
)

// To the conversation itself.
type (
	// StartDialogue runs a survey for the segment; its results come back as
	// Asked … DialogueEnded.
	StartDialogue struct {
		Leg      stamp.LegNo
		Survey   string
		Language string
	}
	// StartMenu runs a menu; its results come back as MenuAsked … MenuLeft.
	StartMenu struct {
		Leg  stamp.LegNo
		Menu string
	}
	// StopDialogue ends it without a further word (customer gone).
	StopDialogue struct{}
)

func (Durably) effect()       {}
func (Ring) effect()          {}
func (Answer) effect()        {}
func (Invite) effect()        {}
func (Redial) effect()        {}
func (Forsake) effect()       {}
func (Release) effect()       {}
func (SignalHold) effect()    {}
func (Mix) effect()           {}
func (Music) effect()         {}
func (Play) effect()          {}
func (Part) effect()          {}
func (Enqueue) effect()       {}
func (Dequeue) effect()       {}
func (Admit) effect()         {}
func (StartMenu) effect()     {}
func (Seek) effect()          {}
func (Unseek) effect()        {}
func (Open) effect()          {}
func (Presence) effect()      {}
func (RingDesk) effect()      {}
func (Unring) effect()        {}
func (StartDialogue) effect() {}
func (StopDialogue) effect()  {}
