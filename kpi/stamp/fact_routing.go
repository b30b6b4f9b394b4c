package stamp

// Skill is something that an agent is able to do, and how well: from 1 to 10.
type Skill struct {
	Skill SkillID `json:"skill"`
	Level int     `json:"level"`
}

// AgentQueueJoined: from now on the agent is rung for the queue's calls.
type AgentQueueJoined struct {
	Agent AgentID `json:"agent"`
	Queue QueueID `json:"queue"`
}

// AgentQueueLeft: the agent is no longer rung for the queue's calls.
type AgentQueueLeft struct {
	Agent AgentID `json:"agent"`
	Queue QueueID `json:"queue"`
}

// AgentSkillChanged: the agent's level is another.
type AgentSkillChanged struct {
	Agent AgentID `json:"agent"`
	Skill SkillID `json:"skill"`
	From  int     `json:"from"`  // 0 = had it not
	Level int     `json:"level"` // 0 = has it no more
}

// QueueMoved: a supervisor took a waiting call from the desks that it rang at
// (To is From), or moved it to another queue.
type QueueMoved struct {
	Entry EntryNo `json:"entry"`
	From  QueueID `json:"from"`
	To    QueueID `json:"to"`
	By    AgentID `json:"by"` // the supervisor
}

// Kind implements Fact.
func (QueueMoved) Kind() Kind { return "queue.moved" }

// Kind implements Fact.
func (AgentQueueJoined) Kind() Kind { return "agent.queue_joined" }

// Kind implements Fact.
func (AgentQueueLeft) Kind() Kind { return "agent.queue_left" }

// Kind implements Fact.
func (AgentSkillChanged) Kind() Kind { return "agent.skill_changed" }
