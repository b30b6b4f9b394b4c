package call

import (
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Seats returns the seats that the call concerns or has concerned, each once:
// whose desk may show it.
func (m *Machine) Seats() []Seat {
	var seats []Seat
	add := func(s Seat) {
		if s != (Seat{}) && !slices.Contains(seats, s) {
			seats = append(seats, s)
		}
	}
	add(m.s.dial.seat)
	for _, s := range m.s.dial.former {
		add(s)
	}
	for i := range m.s.segments {
		add(m.s.segments[i].seat)
	}
	for i := range m.s.offers {
		add(m.s.offers[i].seat)
	}
	return seats
}

// View returns the agent's picture of the call; Done when nothing of it
// concerns the agent.
func (m *Machine) View(agent stamp.AgentID) View {
	s := &m.s
	v := View{
		Call: m.id, Direction: s.direction, Queue: m.Plan().Queue, Campaign: s.campaign, Lead: s.lead, Party: s.party,
		Phase: m.Phase(), Since: s.since, Created: s.created, Marks: slices.Clip(s.marks),
		Survey: s.survey.word, SurveyValue: s.survey.csat(), Answers: slices.Clone(s.survey.answers),
	}
	if c := s.customer(); c != nil {
		v.Codec = c.codec
	}
	g := s.latestSegment(agent)
	if g != nil && !s.rungAgain(g) {
		s.showSegment(&v, g)
	}
	for i := range s.offers {
		if s.offers[i].seat.Agent == agent {
			v.Why = s.offers[i].why
		}
	}
	v.OnDemand = m.plan.Record == RecordOnDemand
	s.showAsk(&v, agent)
	v.Done = !s.concerns(agent, g)
	return v
}

func (s *state) showSegment(v *View, g *segment) {
	v.Segment, v.Connected, v.Disposition, v.Note = g.no, g.connected, g.disposition, g.note
	v.Wrap, v.WrapUntil, v.WrapNeeded, v.WrapMost = g.wrap.open, g.wrap.until, g.wrap.needed, g.wrap.most
	v.Muted, v.Recording, v.MicSilent = g.muted, s.tape.word(), !g.ended && !g.muted && s.leg(g.leg).dumb
	if g.holdAgent {
		v.HeldBy = append(v.HeldBy, stamp.Agent)
	}
	if g.holdRemote {
		v.HeldBy = append(v.HeldBy, stamp.Customer)
	}
	for _, no := range []stamp.LegNo{stamp.CustomerLeg, g.leg} {
		if !g.ended && s.leg(no).silent {
			v.NoAudio = append(v.NoAudio, no)
		}
	}
}

// latestSegment is the agent's last part of the call.
func (s *state) latestSegment(agent stamp.AgentID) *segment {
	for i := len(s.segments) - 1; i >= 0; i-- {
		if s.segments[i].seat.Agent == agent {
			return &s.segments[i]
		}
	}
	return nil
}

// rungAgain reports whether the agent, who is done with a part of the call, is
// rung for it anew: until they accept it is a call that rings.
func (s *state) rungAgain(g *segment) bool {
	return g.ended && !g.wrap.open && slices.ContainsFunc(s.offers, func(o offer) bool { return o.seat.Agent == g.seat.Agent })
}

// concerns reports whether anything of the call is open for the agent.
func (s *state) concerns(agent stamp.AgentID, g *segment) bool {
	if g != nil && (!g.ended || g.wrap.open) {
		return true
	}
	for i := range s.offers {
		if s.offers[i].seat.Agent == agent {
			return true
		}
	}
	return s.phase == stamp.PhaseDialing && s.dial.seat.Agent == agent
}

// Offer is an open offer as the desk needs it.
type Offer struct {
	ID    stamp.ID
	Seat  Seat
	Until stamp.Instant // zero = without limit
}

// Offers returns the open offers.
func (m *Machine) Offers() []Offer {
	var open []Offer
	for i := range m.s.offers {
		o := &m.s.offers[i]
		open = append(open, Offer{ID: o.id, Seat: o.seat, Until: o.due()})
	}
	return open
}

// Wrap is after-call work that is open.
type Wrap struct {
	Seat    Seat
	Segment stamp.SegmentNo
}

// Wraps returns the wrap-ups that are open.
func (m *Machine) Wraps() []Wrap {
	var open []Wrap
	for i := range m.s.segments {
		if g := &m.s.segments[i]; g.wrap.open {
			open = append(open, Wrap{Seat: g.seat, Segment: g.no})
		}
	}
	return open
}
