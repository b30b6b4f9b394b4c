package dialer

import (
	"errors"
	"fmt"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// ErrOver says that the run has ended.
var ErrOver = errors.New("the campaign run is over")

// Input is one thing that happened to a campaign run.
type Input interface{ input() }

type (
	// Start begins the run; its first input.
	Start struct{}
	// Agents: the Floor reserved these seats for the campaign; Left more agents
	// are ready.
	Agents struct {
		Seats []call.Seat
		Left  int
	}
	// Claimed: the leads for the seats of the last decision.
	Claimed struct{ Claim Claim }
	// ClaimFailed: Postgres is away or refused; nothing was claimed.
	ClaimFailed struct{ Why string }
	// LineEnded: a line's call is over, or was taken over by its agent's talk.
	LineEnded struct{ Attempt stamp.ID }
	// Halt stops or resumes dialing from outside (disk, drain).
	Halt struct {
		On  bool
		Why string
	}
	// Stop ends the run: no new lines; lines in flight end by themselves.
	Stop struct{ Reason string } // manager, drained, hours, system
)

func (Start) input()       {}
func (Agents) input()      {}
func (Claimed) input()     {}
func (ClaimFailed) input() {}
func (LineEnded) input()   {}
func (Halt) input()        {}
func (Stop) input()        {}

// Effect is an order to the runner.
type Effect interface{ effect() }

type (
	// Release gives a reserved agent back to the Floor.
	Release struct{ Seat call.Seat }
	// ClaimLeads asks for N leads.
	ClaimLeads struct{ N int }
	// Open dials a lead for an agent.
	Open struct {
		Lead Lead
		Seat call.Seat
	}
)

func (Release) effect()    {}
func (ClaimLeads) effect() {}
func (Open) effect()       {}

// Machine is one campaign run as a pure function.
type Machine struct {
	campaign Campaign
	run      stamp.ID
	n        uint64
	last     stamp.Instant
	seats    []call.Seat // reserved, their leads being claimed
	lines    map[stamp.ID]bool
	halted   bool
	why      string
	said     string // the last decision's reason: the same is not said twice
	over     bool

	at      stamp.Instant
	stamps  []stamp.Stamp
	effects []Effect
}

// NewMachine returns the machine of a run that has not begun.
func NewMachine(c Campaign, run stamp.ID) *Machine {
	return &Machine{campaign: c, run: run, lines: map[stamp.ID]bool{}}
}

// Step takes one input at its instant. After Stop only LineEnded is taken.
func (m *Machine) Step(at stamp.Instant, in Input) ([]stamp.Stamp, []Effect, error) {
	if at.Before(m.last) {
		at = m.last
	}
	m.at, m.stamps, m.effects = at, nil, nil
	if _, starts := in.(Start); starts != (m.n == 0) {
		return nil, nil, fmt.Errorf("%T at stamp %d: a run begins with one start", in, m.n)
	}
	if err := m.decide(in); err != nil {
		return nil, nil, err
	}
	return m.stamps, m.effects, nil
}

func (m *Machine) decide(in Input) error {
	switch in := in.(type) {
	case Start:
		m.stamp(stamp.CampaignStarted{Campaign: m.campaign.ID, Mode: string(m.campaign.Mode)})
	case Agents:
		m.pace(in)
	case Claimed:
		m.claimed(in.Claim)
	case ClaimFailed:
		m.say(Snapshot{Ready: len(m.seats), Lines: len(m.lines)}, Decision{0, "no leads: " + in.Why})
		m.release(m.seats)
		m.seats = nil
	case LineEnded:
		delete(m.lines, in.Attempt)
	case Halt:
		m.halted, m.why = in.On, in.Why
	case Stop:
		return m.stop(in)
	}
	return nil
}

func (m *Machine) stop(in Stop) error {
	if m.over {
		return ErrOver
	}
	m.over = true
	m.release(m.seats)
	m.seats = nil
	m.stamp(stamp.CampaignStopped{Campaign: m.campaign.ID, Reason: in.Reason})
	return nil
}

// pace decides for the agents that the Floor has reserved.
func (m *Machine) pace(in Agents) {
	if m.over || len(m.seats) > 0 { // a claim is under way; what was reserved meanwhile goes back
		m.release(in.Seats)
		return
	}
	s := Snapshot{
		Mode: m.campaign.Mode, Ready: len(in.Seats) + in.Left, Lines: len(m.lines), MaxLines: m.campaign.MaxLines,
		Halted: m.halted, Why: m.why,
	}
	d := Pace(s)
	d.Dial = min(d.Dial, len(in.Seats))
	m.say(s, d)
	m.release(in.Seats[d.Dial:])
	if d.Dial > 0 {
		m.seats = in.Seats[:d.Dial]
		m.effects = append(m.effects, ClaimLeads{N: d.Dial})
	}
}

// claimed opens a line for each lead; seats without a lead go back.
func (m *Machine) claimed(c Claim) {
	for _, s := range c.Skipped {
		m.stamp(stamp.DialLeadSkipped{Campaign: m.campaign.ID, Lead: s.Lead, Reason: s.Reason})
	}
	seats := m.seats
	m.seats = nil
	n := min(len(c.Leads), len(seats))
	for i := range n {
		m.lines[c.Leads[i].Attempt] = true
		m.effects = append(m.effects, Open{Lead: c.Leads[i], Seat: seats[i]})
	}
	if n < len(seats) {
		m.say(Snapshot{Ready: len(seats), Lines: len(m.lines)}, Decision{0, "no lead may be dialed now"})
	}
	m.release(seats[n:])
}

// say stamps a decision that dials, or one with another reason than the last.
func (m *Machine) say(s Snapshot, d Decision) {
	if d.Dial == 0 && d.Because == m.said {
		return
	}
	m.said = d.Because
	m.stamp(stamp.DialPacing{Campaign: m.campaign.ID, Ready: s.Ready, Lines: s.Lines, Dial: d.Dial, Because: d.Because})
}

func (m *Machine) release(seats []call.Seat) {
	for _, s := range seats {
		m.effects = append(m.effects, Release{Seat: s})
	}
}

func (m *Machine) stamp(f stamp.Fact) {
	m.n++
	m.last = m.at
	m.stamps = append(m.stamps, stamp.Stamp{
		Org: m.campaign.Org, Subject: stamp.Subject{Kind: stamp.SubjectCampaign, ID: m.run}, N: m.n,
		Instant: m.at, Actor: stamp.Dialer, Fact: f,
	})
}

// Want returns how many agents the run could use now.
func (m *Machine) Want() int {
	if m.over || m.halted || len(m.seats) > 0 {
		return 0
	}
	if m.campaign.MaxLines == 0 {
		return maxAtOnce
	}
	return max(min(m.campaign.MaxLines-len(m.lines), maxAtOnce), 0)
}

// maxAtOnce bounds one turn, so that one claim's transaction stays short.
const maxAtOnce = 50
