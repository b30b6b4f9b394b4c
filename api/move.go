package api

import (
	"net/http"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// movedFor is how long an agent who was sent to another node is not let in here
// again: a proxy that tries one node after the other finds that one. Whom it
// does not lead anywhere else comes back then.
const movedFor = 30 * time.Second

// Move closes an agent's page with the code that says to come back at once:
// another node takes the calls.
func (d *Desks) Move(agent stamp.AgentID) {
	k := d.of(agent)
	k.mu.Lock()
	k.moved = time.Now()
	k.mu.Unlock()
	k.close(wire.CloseRestart, "another node takes the calls, come back")
}

// elsewhere turns a page away whose agent was sent to another node.
func (d *Desks) elsewhere(w http.ResponseWriter, agent stamp.AgentID) bool {
	k := d.of(agent)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.moved.IsZero() || time.Since(k.moved) > movedFor {
		return false
	}
	w.Header().Set("Retry-After", "1")
	http.Error(w, "another node takes the calls", http.StatusServiceUnavailable)
	return true
}
