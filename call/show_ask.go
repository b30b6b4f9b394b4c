package call

import "github.com/callstamp/callstamp/kpi/stamp"

// showAsk draws who else takes part, and who is being brought in.
func (s *state) showAsk(v *View, agent stamp.AgentID) {
	own := s.part(agent)
	if own != nil {
		v.Role = RoleAgent
		if own.bridged.IsZero() {
			v.Role = RoleConsulted
		}
	}
	for i := range s.segments {
		if g := &s.segments[i]; !g.ended && g != own {
			v.Others = append(v.Others, s.otherAgent(g))
		}
	}
	for i := range s.legs {
		if l := &s.legs[i]; l.line && !l.gone() {
			v.Others = append(v.Others, Other{Leg: l.no, Role: RoleOutside, Party: l.party, State: stateOf(l)})
		}
	}
	if a := &s.ask; a.no != 0 {
		v.Asking = &Asking{
			Kind: a.kind, By: s.segments[a.segment-1].seat.Agent, Target: a.target, Since: a.began, Answered: a.answered,
		}
	}
	if f := &s.failed; f.segment != 0 && s.segments[f.segment-1].seat.Agent == agent {
		v.Failed = &AskFailed{Kind: f.kind, Target: f.target, Why: f.why, At: f.at}
	}
}

func (s *state) otherAgent(g *segment) Other {
	o := Other{Leg: g.leg, Role: RoleAgent, Agent: g.seat.Agent, State: stateOf(s.leg(g.leg))}
	if g.bridged.IsZero() {
		o.Role = RoleConsulted
	}
	return o
}

func stateOf(l *leg) string {
	switch {
	case !l.lost.IsZero():
		return "lost"
	case l.line && !l.answered:
		return "ringing"
	}
	return "up"
}

// ParkedBy returns who parked the call, "" if it is not parked.
func (m *Machine) ParkedBy() stamp.AgentID {
	if m.s.park.segment == 0 {
		return ""
	}
	return m.s.segments[m.s.park.segment-1].seat.Agent
}
