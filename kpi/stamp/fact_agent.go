package stamp

// AgentLogin begins an agent session: the agent pressed "Go ready" or logged
// in to the desk.
type AgentLogin struct {
	Agent  AgentID   `json:"agent"`
	Queues []QueueID `json:"queues,omitempty"`
	Skills []Skill   `json:"skills,omitempty"` // in order of their ids
}

// AgentStateChanged is a move of the presence table. One that a call caused
// carries the call's stamp as its cause and its instant.
type AgentStateChanged struct {
	Agent   AgentID   `json:"agent"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	Aux     string    `json:"aux,omitempty"` // pause reason
	Segment SegmentNo `json:"segment,omitempty"`
	Queue   QueueID   `json:"queue,omitempty"`
	// LimitUS is how long a pause with this reason may be, as of its begin; 0 =
	// as long as it takes. Unpaid: it is no working time.
	LimitUS int64 `json:"limit_us,omitempty"`
	Unpaid  bool  `json:"unpaid,omitempty"`
	// RequestedAt is when a state was asked for that had to wait for the end of a
	// call, µs since 1970.
	RequestedAt int64   `json:"requested_at,omitempty"`
	By          AgentID `json:"by,omitempty"` // the supervisor who asked for it
}

// AgentHeartbeatLost: the page stopped proving life; the state becomes
// unreachable from the last proof on.
type AgentHeartbeatLost struct {
	Agent AgentID `json:"agent"`
}

// AgentHeartbeatBack: the page is back.
type AgentHeartbeatBack struct {
	Agent AgentID `json:"agent"`
}

// AgentLogout ends the session.
type AgentLogout struct {
	Agent     AgentID `json:"agent"`
	By        string  `json:"by"`            // agent, supervisor, system
	Who       AgentID `json:"who,omitempty"` // the supervisor
	Estimated bool    `json:"end_estimated,omitempty"`
}

// Kind implements Fact.
func (AgentLogin) Kind() Kind { return "agent.login" }

// Kind implements Fact.
func (AgentStateChanged) Kind() Kind { return "agent.state_changed" }

// Kind implements Fact.
func (AgentHeartbeatLost) Kind() Kind { return "agent.heartbeat_lost" }

// Kind implements Fact.
func (AgentHeartbeatBack) Kind() Kind { return "agent.heartbeat_back" }

// Kind implements Fact.
func (AgentLogout) Kind() Kind { return "agent.logout" }
