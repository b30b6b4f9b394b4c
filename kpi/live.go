package kpi

import (
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Live turns the stamps of one node, in the order of Seq, into what to add to
// the live counters and what to show on the wall. It holds the least it can:
// marks of what was counted, and the beginnings of what is open.
//
// It belongs to one goroutine. After an error its state is undefined; restore
// it from the last stored one.
type Live struct {
	state  liveState
	deltas []Delta // of the stamp in hand
}

type liveState struct {
	Format int                     `json:"format"`
	Node   stamp.NodeID            `json:"node,omitempty"`
	Seq    uint64                  `json:"seq"`
	Edge   int64                   `json:"edge"`          // end of the last closed bucket
	Step   stamp.Instant           `json:"step,omitzero"` // the last step of the wall clock
	Calls  map[stamp.ID]*liveCall  `json:"calls"`
	Agents map[stamp.ID]*liveAgent `json:"agents"`
}

// NewLive returns a Live that expects a node's first stamp.
func NewLive() *Live {
	return &Live{state: liveState{
		Format: stateFormat, Calls: map[stamp.ID]*liveCall{}, Agents: map[stamp.ID]*liveAgent{},
	}}
}

// Seq is the position: the Seq of the last stamp counted.
func (l *Live) Seq() uint64 { return l.state.Seq }

// Apply counts one stamp. A stamp at or before the position changes nothing.
// Errors: a *GapError, a stamp of another node, of something never begun.
func (l *Live) Apply(s stamp.Stamp) (Pulse, error) {
	st := &l.state
	if st.Node != "" && s.Node != st.Node {
		return Pulse{}, fmt.Errorf("count stamp %d: node %s, this counts %s", s.Seq, s.Node, st.Node)
	}
	if s.Seq <= st.Seq {
		return Pulse{Seq: st.Seq}, nil
	}
	if s.Seq != st.Seq+1 {
		return Pulse{}, &GapError{Of: "node " + string(s.Node), N: s.Seq, After: st.Seq}
	}
	st.Node = s.Node
	l.deltas = nil
	p, err := l.count(s)
	if err != nil {
		return Pulse{}, fmt.Errorf("count stamp %d of %s (%s): %w", s.N, s.Subject, s.Kind(), err)
	}
	st.Seq, p.Seq, p.Deltas = s.Seq, s.Seq, l.deltas
	return p, nil
}

func (l *Live) count(s stamp.Stamp) (Pulse, error) {
	switch s.Subject.Kind {
	case stamp.SubjectCall:
		return l.countCall(s)
	case stamp.SubjectAgent:
		return l.countAgent(s)
	}
	switch fact := s.Fact.(type) {
	case stamp.ClockStep:
		return l.step(s, fact.StepUS), nil
	case stamp.BucketClosed:
		l.cut(fact.Bucket.End())
		return Pulse{Closed: &fact.Bucket}, nil
	case stamp.BucketSettled:
		return Pulse{Settled: &fact.Bucket}, nil
	}
	return Pulse{}, nil
}

// cut credits everything open up to edge, the end of the bucket being closed.
func (l *Live) cut(edge int64) {
	for _, id := range sortedKeys(l.state.Calls) {
		c := l.state.Calls[id]
		if c.Open.running() {
			l.creditTo(&c.Open, edge, c.timed())
		}
		for i := range c.Segs {
			if g := &c.Segs[i]; g.Wrap.running() {
				l.creditTo(&g.Wrap, edge, c.wrapped(g))
			} else if g.Beside.running() {
				l.creditTo(&g.Beside, edge, c.stands(g))
			}
		}
	}
	for _, id := range sortedKeys(l.state.Agents) {
		a := l.state.Agents[id]
		l.creditTo(&a.Open, edge, a.timed())
	}
	l.state.Edge = max(l.state.Edge, edge)
}

// step moves everything open to the new wall clock, on the wall as well: pages
// count seconds from what they are shown.
func (l *Live) step(s stamp.Stamp, us int64) Pulse {
	var p Pulse
	l.state.Step = s.Instant
	for _, id := range sortedKeys(l.state.Calls) {
		c := l.state.Calls[id]
		l.stepCall(c)
		if c.First.Boot == s.Boot {
			c.First.At += us // its distances are by Mono
		}
		if c.Shown.Call == "" {
			continue
		}
		c.Shown.Since += us
		if c.Shown.WaitingSince != 0 {
			c.Shown.WaitingSince = c.First.At
		}
		p.Calls = append(p.Calls, c.Shown)
	}
	for _, id := range sortedKeys(l.state.Agents) {
		a := l.state.Agents[id]
		l.stepAgent(a)
		a.Shown.Since += us
		p.Agents = append(p.Agents, a.Shown)
	}
	return p
}

// crossed reports whether s was made before the last step of the clock, though
// it was written after it: what begins with it must then be moved as well.
func (l *Live) crossed(s stamp.Stamp) bool {
	step := l.state.Step
	return !step.IsZero() && step.Boot == s.Boot && s.Mono < step.Mono
}

func (l *Live) stepCall(c *liveCall) {
	at := l.state.Step
	if c.Open.running() && c.Open.Begin.Boot == at.Boot {
		c.lap(l.restart(&c.Open, at, c.timed()))
	}
	for i := range c.Segs {
		if g := &c.Segs[i]; g.Wrap.running() && g.Wrap.Begin.Boot == at.Boot {
			g.WrapUS += l.restart(&g.Wrap, at, c.wrapped(g))
		} else if g.Beside.running() && g.Beside.Begin.Boot == at.Boot {
			g.add(g.Mode, l.restart(&g.Beside, at, c.stands(g)))
		}
	}
}

func (l *Live) stepAgent(a *liveAgent) {
	if a.Open.Begin.Boot == l.state.Step.Boot {
		l.restart(&a.Open, l.state.Step, a.timed())
	}
}

// Now returns the wall as of the position.
func (l *Live) Now() Now {
	n := Now{Node: l.state.Node, Seq: l.state.Seq, Calls: []CallNow{}, Agents: []AgentNow{}}
	for _, c := range l.state.Calls {
		if !c.Released {
			n.Calls = append(n.Calls, c.Shown)
		}
	}
	for _, a := range l.state.Agents {
		n.Agents = append(n.Agents, a.Shown)
	}
	n.sort()
	return n
}
