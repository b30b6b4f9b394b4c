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
	By        string  `json:"by"` // agent, supervisor, system
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
