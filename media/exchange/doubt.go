package exchange

import (
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// doubtFor is how long a page in a call whose desk has gone may take to prove
// itself by sound. A browser that is closed for good says nothing, and the
// customer would hear nothing until its silence is noticed by itself.
const doubtFor = time.Second

// Doubt says that the agent's desk has lost its page. If the agent is in a call
// and nothing more is heard, the seat is lost without waiting any longer. A page
// that lives goes on sending, or brings a new connection.
func (x *Exchange) Doubt(agent stamp.AgentID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if s := x.desks[agent]; s != nil && s.up && s.room != nil {
		time.AfterFunc(doubtFor, s.end.Doubt)
	}
}
