package call

import (
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Input is one thing that happened to a call. Whoever saw it posts it with the
// instant at which it was seen; the machine alone decides what it means.
type Input interface{ input() }

// How a call begins. Exactly one of these is a call's first input.
type (
	// Arrived: sip admitted an INVITE on a trunk and a route was found.
	Arrived struct {
		Trunk stamp.TrunkID
		Route string
		Party stamp.PartyID
	}
	// Originate: the dialer claimed a lead and reserved an agent for it.
	Originate struct {
		Trunk   stamp.TrunkID
		Party   stamp.PartyID
		Lead    stamp.LeadID
		Attempt stamp.ID
		Seat    Seat // reserved by the Floor
		// Callback, if the customer asked for this call, and in which.
		Callback, CallbackOf stamp.ID
		// Refused, if not "", says why the number may not be dialed: the call ends
		// at once and its result says so.
		Refused string
	}
)

// From a SIP leg: the customer's, or an outside party's.
type (
	// LegSent: the INVITE left for the first time.
	LegSent struct{ Leg stamp.LegNo }
	// LegRang: a 18x was parsed (outbound) or sent (inbound).
	LegRang struct {
		Leg   stamp.LegNo
		Code  int
		Early bool
	}
	// LegAnswered: the 200 was parsed (outbound) or sent (inbound).
	LegAnswered struct {
		Leg   stamp.LegNo
		Codec string // PCMU or PCMA
	}
	// LegRejected: a final response ≥ 300 to our INVITE, time-outs as 408.
	LegRejected struct {
		Leg  stamp.LegNo
		Code int
	}
	// LegGone: the dialog is over: BYE, CANCEL, a dead transaction. By says
	// who ended it. Posted exactly once per leg, also after our own Release.
	LegGone struct {
		Leg       stamp.LegNo
		By        stamp.Actor
		Cancelled bool // before the answer
		Cause     stamp.Cause
	}
	// RemoteHold: the far side changed its direction by a re-INVITE.
	RemoteHold struct {
		Leg stamp.LegNo
		On  bool
	}
)

// From media.
type (
	// FirstRx: first RTP packet of a leg since it was bridged.
	FirstRx struct{ Leg stamp.LegNo }
	// Silent: packets were expected and none came for AgoUS; posted at both of
	// media's limits, media.rtp_silent and media.rtp_timeout.
	Silent struct {
		Leg   stamp.LegNo
		AgoUS int64
	}
	// Resumed: packets come again.
	Resumed struct{ Leg stamp.LegNo }
	// Digit: a DTMF digit ended (RFC 4733), from whichever leg.
	Digit struct {
		Leg   stamp.LegNo
		Digit rune
		For   time.Duration
	}
	// PlayDone: the playlist with this number ended by itself.
	PlayDone struct{ Play int }
	// SeatLost: the agent's browser connection broke (reload, network).
	SeatLost struct{ Agent stamp.AgentID }
	// SeatBack: it is connected again and bridged.
	SeatBack struct{ Agent stamp.AgentID }
	// Summary: the account of a leg's media, posted once at its end.
	Summary struct{ Stats stamp.MediaSummary }
)

// From the Floor.
type (
	// Matched: the Floor reserved an agent for the waiting call.
	Matched struct {
		Offer stamp.ID
		Entry stamp.EntryNo
		Seat  Seat
		Why   string // this agent, as stamp.OfferCreated has it
		Seed  uint32
	}
	// Admitted answers an Admit: the call may enter the queue, or why not.
	Admitted struct {
		Entry   stamp.EntryNo
		Queue   stamp.QueueID
		Refused string // a word of stamp.QueueRefused; "" = come in
	}
	// Standing: where the waiting call stands, from 1, and how long it is likely
	// to wait from now on, µs; 0 = unknown. Posted when it changes.
	Standing struct {
		Entry    stamp.EntryNo
		Position int
		WaitUS   int64
	}
	// Requeue: a supervisor takes the waiting call from the desks that it rings at,
	// or moves it to another queue.
	Requeue struct {
		By    stamp.AgentID
		Queue stamp.QueueID // "" = the one in which it waits
	}
	// Deserted: none of the queue's agents is there any more.
	Deserted struct{ Entry stamp.EntryNo }
	// Found: the Floor reserved the agent who was sought.
	Found struct {
		Ask   int
		Offer stamp.ID
		Seat  Seat
	}
	// Unfound: the agent who was sought can't be had: busy or absent.
	Unfound struct {
		Ask int
		Why stamp.AskEnd
	}
	// OfferFailed: the desk could not ring: unreachable, no microphone, ICE.
	OfferFailed struct {
		Offer stamp.ID
		End   stamp.OfferEnd
	}
)

// Reassign comes from the dialer: the agent for whom the line is dialed has
// gone before the customer's answer. Seat, reserved by the Floor, takes the
// place; the zero seat gives the line up.
type Reassign struct {
	Lost stamp.AgentID
	Seat Seat
}

// From an agent's desk. The edge has already checked that the agent is the one
// of the offer or segment.
type (
	// DeskRings: the page acknowledged that it rings.
	DeskRings struct{ Offer stamp.ID }
	// Accept: the agent took the offer.
	Accept struct{ Offer stamp.ID }
	// Decline: the agent refused it.
	Decline struct{ Offer stamp.ID }
	// AgentHangup ends the agent's part; the customer's leg stays for a survey.
	AgentHangup struct{ Agent stamp.AgentID }
	// AgentHold puts the customer on hold or takes them back.
	AgentHold struct {
		Agent stamp.AgentID
		On    bool
	}
	// Consult asks for a third party to speak with; the customer hears music.
	Consult struct {
		Agent   stamp.AgentID
		To      Destination
		Outside Outside // of a number
	}
	// EndConsult takes the customer back.
	EndConsult struct{ Agent stamp.AgentID }
	// CompleteTransfer gives the customer to who is consulted.
	CompleteTransfer struct{ Agent stamp.AgentID }
	// Transfer gives the customer away without a word before.
	Transfer struct {
		Agent   stamp.AgentID
		To      Destination
		Outside Outside // of a number
	}
	// Conference lets customer, agent and who is consulted hear each other.
	Conference struct{ Agent stamp.AgentID }
	// Park leaves the customer for whoever fetches them.
	Park struct{ Agent stamp.AgentID }
	// Retrieve fetches a parked call.
	Retrieve struct{ Agent stamp.AgentID }
	// AgentMute reports the microphone's state.
	AgentMute struct {
		Agent stamp.AgentID
		On    bool
	}
	// Dispose sets the segment's disposition.
	Dispose struct {
		Agent   stamp.AgentID
		Segment stamp.SegmentNo
		Code    string
	}
	// SaveNote names a note that was stored as a side entry.
	SaveNote struct {
		Agent   stamp.AgentID
		Segment stamp.SegmentNo
		Note    stamp.NoteID
	}
	// ExtendWrap asks for more wrap-up.
	ExtendWrap struct {
		Agent   stamp.AgentID
		Segment stamp.SegmentNo
		ByUS    int64
	}
	// EndWrap: the agent is done.
	EndWrap struct {
		Agent   stamp.AgentID
		Segment stamp.SegmentNo
		By      string // agent, logout, system
	}
)

// From the menus, which the conversation runs (package ivr).
type (
	// MenuAsked: a menu's prompt began.
	MenuAsked struct {
		Menu    string
		Attempt int
	}
	// MenuKey: a key, or none in time. Input is a word of stamp.IVRInput.
	MenuKey struct{ Menu, Input string }
	// MenuLeft: the menus are done with the call.
	MenuLeft struct {
		End string // a word of stamp.IVRExited
		To  Destination
	}
)

// About is the part of the call that a question is about.
type About string

// The parts.
const (
	AboutLast  About = ""      // the agent's part that the survey follows
	AboutFirst About = "first" // the first agent's, before any transfer
	AboutCall  About = "call"  // the whole call, no agent's in particular
)

// SurveyChecked completes the plan: what is known of the customer, looked up
// while the call goes on.
type SurveyChecked struct{ Past SurveyPast }

// From the survey dialogue, which the conversation runs (package ivr).
type (
	// SurveyAccepted: the customer may be asked.
	SurveyAccepted struct{}
	// SurveyDeclined: the customer does not want to be asked.
	SurveyDeclined struct{}
	// Asked: a question's prompt began.
	Asked struct {
		Question string
		Attempt  int
		Type     string
		About    About
	}
	// Responded: a valid answer.
	Responded struct {
		Question     string
		Value, Scale int
		Class        stamp.AnswerClass
	}
	// InvalidKey: a key outside the scale. Question is "" before the first one.
	InvalidKey struct{ Question string }
	// NoInput: no key in time.
	NoInput struct{ Question string }
	// SpeechBegan: the customer may speak now, for MaxUS at most.
	SpeechBegan struct {
		Question string
		MaxUS    int64
	}
	// SpeechEnded: the customer has pressed a key, or spoken for long enough.
	SpeechEnded struct {
		Question string
		Why      stamp.RecordingEnd
	}
	// DialogueEnded: completed, declined, no_input, invalid, hung_up or failed.
	DialogueEnded struct{ End string }
)

// From the conversation itself.
type (
	// Tick: the machine's deadline has come.
	Tick struct{}
	// EffectFailed: an effect could not be carried out; Effect names it.
	EffectFailed struct {
		Effect Effect
		Err    string
	}
	// Abort ends the call from outside the parties: drain, supervisor, fault.
	Abort struct {
		By    stamp.Actor
		Cause stamp.Cause
	}
)

func (Arrived) input()          {}
func (Originate) input()        {}
func (LegSent) input()          {}
func (LegRang) input()          {}
func (LegAnswered) input()      {}
func (LegRejected) input()      {}
func (LegGone) input()          {}
func (RemoteHold) input()       {}
func (FirstRx) input()          {}
func (Silent) input()           {}
func (Resumed) input()          {}
func (Digit) input()            {}
func (PlayDone) input()         {}
func (SeatLost) input()         {}
func (SeatBack) input()         {}
func (Summary) input()          {}
func (Matched) input()          {}
func (OfferFailed) input()      {}
func (Admitted) input()         {}
func (Deserted) input()         {}
func (Standing) input()         {}
func (Requeue) input()          {}
func (MenuAsked) input()        {}
func (MenuKey) input()          {}
func (MenuLeft) input()         {}
func (Reassign) input()         {}
func (DeskRings) input()        {}
func (Accept) input()           {}
func (Decline) input()          {}
func (AgentHangup) input()      {}
func (AgentHold) input()        {}
func (Consult) input()          {}
func (EndConsult) input()       {}
func (CompleteTransfer) input() {}
func (Transfer) input()         {}
func (Conference) input()       {}
func (Park) input()             {}
func (Retrieve) input()         {}
func (Found) input()            {}
func (Unfound) input()          {}
func (AgentMute) input()        {}
func (Dispose) input()          {}
func (SaveNote) input()         {}
func (ExtendWrap) input()       {}
func (EndWrap) input()          {}
func (SurveyChecked) input()    {}
func (SurveyAccepted) input()   {}
func (SurveyDeclined) input()   {}
func (Asked) input()            {}
func (Responded) input()        {}
func (InvalidKey) input()       {}
func (NoInput) input()          {}
func (SpeechBegan) input()      {}
func (SpeechEnded) input()      {}
func (DialogueEnded) input()    {}
func (Tick) input()             {}
func (EffectFailed) input()     {}
func (Abort) input()            {}
