package api

import (
	"context"
	"maps"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Targets lists all to whom a call may be led, sorted by name. It answers from
// memory and leaves the agents' states to the desks.
type Targets interface {
	Targets() wire.Targets
}

type targetsOutput struct{ Body wire.Targets }

// listTargets leaves out who asks and who has no desk open: neither can be rung.
func (s *Server) listTargets(ctx context.Context, _ *struct{}) (*targetsOutput, error) {
	t, me, at := s.deps.Targets.Targets(), whoOf(ctx).ID, s.deps.Desks.states()
	there := []wire.Colleague{}
	for _, a := range t.Agents {
		id := stamp.AgentID(a.ID)
		if state, ok := at[id]; ok && id != me {
			a.State = state
			there = append(there, a)
		}
	}
	t.Agents = there
	return &targetsOutput{t}, nil
}

// states are those of who has not logged out, as they were drawn last.
func (d *Desks) states() map[stamp.AgentID]string {
	d.mu.Lock()
	desks := maps.Clone(d.desks)
	d.mu.Unlock()
	all := map[stamp.AgentID]string{}
	for id, k := range desks {
		if s := k.state(); s != stamp.StateOffline {
			all[id] = s
		}
	}
	return all
}
