package dialer

import (
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Input is one thing that happened to a campaign run.
type Input interface{ input() }

type (
	// Start begins the run; its first input.
	Start struct{}
	// Ready: so many agents of the campaign are idle now.
	Ready struct{ Agents int }
	// Claimed: the leads of the last decision.
	Claimed struct{ Claim Claim }
	// ClaimFailed: Postgres is away or refused; nothing was claimed.
	ClaimFailed struct{ Why string }
	// Seats: the agents whom the Floor reserved for the claimed leads; fewer
	// when somebody was quicker.
	Seats struct{ Seats []call.Seat }
	// SeatLost: an agent for whom a line is dialed can't be reached any more.
	SeatLost struct{ Seat call.Seat }
	// Replacement: whom the Floor reserved instead; nobody where no agent of the
	// campaign is ready.
	Replacement struct {
		Attempt stamp.ID
		Seats   []call.Seat
	}
	// LineEnded: a line's call is over, or was taken over by its agent's talk.
	LineEnded struct {
		Attempt stamp.ID
		Result  string // of the attempt, as in stamp.DialResult; "" = no call was made
	}
	// Rest: the campaign's trunk wants no calls for so long. Why is a sentence
	// that stays the same during the rest.
	Rest struct {
		For time.Duration
		Why string
	}
	// Halt stops or resumes dialing from outside (disk, drain).
	Halt struct {
		On  bool
		Why string
	}
	// Stop ends the run: no new lines; lines in flight end by themselves.
	Stop struct{ Reason string } // manager, drained, hours, system
)

func (Start) input()       {}
func (Ready) input()       {}
func (Claimed) input()     {}
func (ClaimFailed) input() {}
func (Seats) input()       {}
func (SeatLost) input()    {}
func (Replacement) input() {}
func (LineEnded) input()   {}
func (Rest) input()        {}
func (Halt) input()        {}
func (Stop) input()        {}

// Effect is an order to the runner.
type Effect interface{ effect() }

type (
	// ClaimLeads asks Postgres for N leads.
	ClaimLeads struct{ N int }
	// Reserve asks the Floor for N agents.
	Reserve struct{ N int }
	// Open dials a lead for an agent.
	Open struct {
		Lead Lead
		Seat call.Seat
	}
	// Replace asks the Floor for another agent for a line.
	Replace struct{ Attempt stamp.ID }
	// Reassign tells a line that the agent is lost and whom it is dialed for
	// now; the zero seat gives it up.
	Reassign struct {
		Attempt stamp.ID
		Lost    stamp.AgentID
		Seat    call.Seat
	}
	// Withdraw gives leads back that will not be dialed.
	Withdraw struct{ Leads []Lead }
	// Release gives reserved agents back.
	Release struct{ Seats []call.Seat }
)

func (ClaimLeads) effect() {}
func (Reserve) effect()    {}
func (Open) effect()       {}
func (Replace) effect()    {}
func (Reassign) effect()   {}
func (Withdraw) effect()   {}
func (Release) effect()    {}
