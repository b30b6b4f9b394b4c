package exchange

import "github.com/callstamp/callstamp/kpi/stamp"

// Seated reports whether the agent's warm connection is up.
func (x *Exchange) Seated(agent stamp.AgentID) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	s := x.desks[agent]
	return s != nil && s.up
}
