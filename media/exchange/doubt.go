package exchange

import (
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// A browser that is closed for good says nothing: ICE misses its consent only
// after seconds, in which the customer of a call would hear nothing either.
const (
	// doubtFor is how long a page in a call whose desk has gone may take to
	// prove itself by sound: a reload or a network that changes is over by then.
	doubtFor = time.Second
	// doubtGap is the pause in its sound that decides; packets come every 20 ms.
	doubtGap = 500 * time.Millisecond
)

// Doubt says that the agent's desk has lost its page. If the agent is in a call
// and nothing more is heard, the seat counts as lost without waiting for ICE. A
// page that lives goes on sending, or brings a new connection.
func (x *Exchange) Doubt(agent stamp.AgentID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if s := x.desks[agent]; s != nil && s.up && s.line != nil {
		end := s.end
		time.AfterFunc(doubtFor, func() { x.judge(agent, end) })
	}
}

// judge loses a doubted end that is still the seat's and has fallen silent.
func (x *Exchange) judge(agent stamp.AgentID, end media.WebEnd) {
	x.mu.Lock()
	defer x.mu.Unlock()
	s, now := x.desks[agent], time.Now()
	if s == nil || s.end != end || s.line == nil {
		return
	}
	if last := end.Stats().LastReceivedAt; now.Sub(last) > doubtGap {
		s.lost(now)
	}
}
