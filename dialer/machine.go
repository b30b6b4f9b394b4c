package dialer

import (
	"errors"
	"fmt"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// ErrOver says that the run has ended.
var ErrOver = errors.New("the campaign run is over")

// step is where a turn stands: one turn at a time.
type step int

const (
	resting   step = iota // nothing is asked for
	claiming              // leads are being claimed
	reserving             // agents are being reserved for the claimed leads
)

// Pauses after a claim that brought nothing.
const (
	emptyRest = 10 * time.Second // no lead may be dialed now: hours and counts change slowly
	awayRest  = 2 * time.Second  // Postgres is away
	failRest  = 2 * time.Second  // the last line failed; doubled for each in a row
	mostRest  = time.Minute      // … up to this
)

// Machine is one campaign run as a pure function. Leads are claimed before an
// agent is reserved: an empty list must not take agents out of the queue.
type Machine struct {
	campaign Campaign
	run      stamp.ID
	n        uint64
	last     stamp.Instant
	step     step
	leads    []Lead                 // claimed, their agents being reserved
	restTill stamp.Instant          // no turn before
	failures int                    // pauses in a row because lines failed
	lines    map[stamp.ID]call.Seat // in flight, and for whom
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
	return &Machine{campaign: c, run: run, lines: map[stamp.ID]call.Seat{}}
}

// Step takes one input at its instant. What a turn still brings after Stop is
// given back.
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
	case Ready:
		m.ready(in.Agents)
	case Claimed:
		m.claimed(in.Claim)
	case ClaimFailed:
		m.rest(awayRest, "no leads: "+in.Why)
	case Seats:
		m.seated(in.Seats)
	case SeatLost:
		m.seatLost(in.Seat)
	case Replacement:
		m.replaced(in)
	case LineEnded:
		m.lineEnded(in)
	case Rest:
		m.trunkRests(in)
	case Halt:
		m.halted, m.why = in.On, in.Why
	case Stop:
		if m.over {
			return ErrOver
		}
		m.over = true
		m.stamp(stamp.CampaignStopped{Campaign: m.campaign.ID, Reason: in.Reason})
	}
	return nil
}

// ready decides for the agents that are idle.
func (m *Machine) ready(agents int) {
	if m.over || m.step != resting || m.at.Before(m.restTill) {
		return
	}
	s := Snapshot{
		Mode: m.campaign.Mode, Ready: agents, Lines: len(m.lines), MaxLines: m.campaign.MaxLines, Halted: m.halted, Why: m.why,
	}
	d := Pace(s)
	d.Dial = min(d.Dial, maxAtOnce)
	if d.Dial == 0 {
		m.say(s, d)
		return
	}
	m.step = claiming
	m.effects = append(m.effects, ClaimLeads{N: d.Dial})
}

// claimed asks for an agent for each lead.
func (m *Machine) claimed(c Claim) {
	for _, s := range c.Skipped {
		m.stamp(stamp.DialLeadSkipped{Campaign: m.campaign.ID, Lead: s.Lead, Reason: s.Reason})
	}
	switch {
	case m.over:
		m.step = resting
		m.withdraw(c.Leads)
	case len(c.Leads) == 0:
		m.rest(emptyRest, "no lead may be dialed now")
	default:
		m.step, m.leads = reserving, c.Leads
		m.effects = append(m.effects, Reserve{N: len(c.Leads)})
	}
}

// seated opens a line for each agent; leads without one go back.
func (m *Machine) seated(seats []call.Seat) {
	leads := m.leads
	m.step, m.leads = resting, nil
	if m.over {
		m.effects = append(m.effects, Release{Seats: seats})
		m.withdraw(leads)
		return
	}
	n := min(len(seats), len(leads))
	if n > 0 {
		s := Snapshot{Ready: len(seats), Lines: len(m.lines)}
		m.say(s, Decision{n, fmt.Sprintf("%s ready, a line each", count(len(seats), "agent"))})
	}
	for i := range n {
		m.lines[leads[i].Attempt] = seats[i]
		m.effects = append(m.effects, Open{Lead: leads[i], Seat: seats[i]})
	}
	m.withdraw(leads[n:])
}

// rest ends a turn that brought nothing.
func (m *Machine) rest(pause time.Duration, because string) {
	m.step, m.restTill = resting, m.at.Add(pause.Microseconds())
	if !m.over {
		m.say(Snapshot{Lines: len(m.lines)}, Decision{0, because})
	}
}

// seatLost looks for another agent for the line of one who has gone. A line
// whose agent talks already has no need of one and is not in flight.
func (m *Machine) seatLost(lost call.Seat) {
	for attempt, seat := range m.lines {
		if seat == lost {
			m.effects = append(m.effects, Replace{Attempt: attempt})
			return
		}
	}
}

// replaced gives the line its new agent, or gives it up: a customer must not
// answer for nothing. An agent who comes for a line that has ended goes back.
func (m *Machine) replaced(r Replacement) {
	lost, flies := m.lines[r.Attempt]
	if !flies {
		m.effects = append(m.effects, Release{Seats: r.Seats})
		return
	}
	e := Reassign{Attempt: r.Attempt, Lost: lost.Agent}
	if len(r.Seats) > 0 {
		e.Seat = r.Seats[0]
	}
	m.lines[r.Attempt] = e.Seat
	m.effects = append(m.effects, e)
}

// lineEnded frees a line. A trunk that takes no call would burn the whole list
// in seconds, so lines that fail are followed by a pause.
func (m *Machine) lineEnded(e LineEnded) {
	delete(m.lines, e.Attempt)
	if e.Result != "" && e.Result != string(call.Failed) {
		m.failures = 0
		return
	}
	if m.over || m.at.Before(m.restTill) { // others of the same turn say nothing new
		return
	}
	pause := min(failRest<<min(m.failures, 5), mostRest)
	m.failures++
	m.restTill = m.at.Add(pause.Microseconds())
	m.say(Snapshot{Lines: len(m.lines)}, Decision{0, "the last line failed, the next one waits " + pause.String()})
}

// trunkRests waits with the trunk: it said when it will take calls again.
func (m *Machine) trunkRests(in Rest) {
	if till := m.at.Add(in.For.Microseconds()); m.restTill.Before(till) {
		m.restTill = till
	}
	if !m.over {
		m.say(Snapshot{Lines: len(m.lines)}, Decision{0, in.Why})
	}
}

func (m *Machine) withdraw(leads []Lead) {
	if len(leads) > 0 {
		m.effects = append(m.effects, Withdraw{Leads: leads})
	}
}

// say stamps a decision that dials, or one with another reason than the last.
func (m *Machine) say(s Snapshot, d Decision) {
	if d.Dial == 0 && d.Because == m.said {
		return
	}
	m.said = d.Because
	m.stamp(stamp.DialPacing{Campaign: m.campaign.ID, Ready: s.Ready, Lines: s.Lines, Dial: d.Dial, Because: d.Because})
}

func (m *Machine) stamp(f stamp.Fact) {
	m.n++
	m.last = m.at
	m.stamps = append(m.stamps, stamp.Stamp{
		Org: m.campaign.Org, Subject: stamp.Subject{Kind: stamp.SubjectCampaign, ID: m.run}, N: m.n,
		Instant: m.at, Actor: stamp.Dialer, Fact: f,
	})
}

// Idle reports whether the run would take another turn now.
func (m *Machine) Idle() bool { return !m.over && m.step == resting }

// flying reports whether lines are in flight.
func (m *Machine) flying() bool { return len(m.lines) > 0 }

// settled reports whether a run that is over has given everything back.
func (m *Machine) settled() bool { return m.over && m.step == resting }

// maxAtOnce bounds one turn, so that one claim's transaction stays short.
const maxAtOnce = 50
