package kpi

import (
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// liveAgent is what counting needs to remember of an agent session.
type liveAgent struct {
	Open  openSpan `json:"open"`
	Shown AgentNow `json:"shown"` // with the state that Open counts
}

func (a *liveAgent) timed() timed {
	return timed{
		who:    who{org: a.Shown.Org, agent: a.Shown.Agent},
		metric: MAgentUS + Metric(a.Shown.State),
	}
}

func (l *Live) countAgent(s stamp.Stamp) (Pulse, error) {
	id := s.Subject.ID
	a := l.state.Agents[id]
	if fact, ok := s.Fact.(stamp.AgentLogin); ok && a == nil {
		state := s.Phase
		if state == "" {
			state = stamp.StateReady
		}
		a = &liveAgent{
			Open:  begin(s.Instant),
			Shown: AgentNow{Org: s.Org, Session: id, Agent: fact.Agent, State: state, Since: s.At},
		}
		l.state.Agents[id] = a
		if l.crossed(s) {
			l.stepAgent(a)
		}
		return Pulse{Agents: []AgentNow{a.Shown}}, nil
	}
	if a == nil {
		return Pulse{}, fmt.Errorf("the session never logged in")
	}
	switch fact := s.Fact.(type) {
	case stamp.AgentLogout:
		l.finish(&a.Open, s.Instant, a.timed())
		delete(l.state.Agents, id)
		return Pulse{Gone: []stamp.Subject{s.Subject}}, nil
	case stamp.AgentStateChanged:
		return l.moveAgent(a, s, fact), nil
	default:
		if s.Phase != "" && s.Phase != a.Shown.State {
			return l.moveAgent(a, s, stamp.AgentStateChanged{To: s.Phase}), nil
		}
	}
	return Pulse{}, nil
}

func (l *Live) moveAgent(a *liveAgent, s stamp.Stamp, to stamp.AgentStateChanged) Pulse {
	l.finish(&a.Open, s.Instant, a.timed())
	a.Open = begin(s.Instant)
	a.Shown.State, a.Shown.Aux, a.Shown.Call, a.Shown.Since, a.Shown.LimitUS = to.To, to.Aux, s.Call, s.At, to.LimitUS
	if l.crossed(s) {
		l.stepAgent(a)
	}
	return Pulse{Agents: []AgentNow{a.Shown}}
}
