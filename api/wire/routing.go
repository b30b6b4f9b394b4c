package wire

// QueueRouting is which of a queue's calls goes first, who is rung for it and
// what follows. It is read and written whole. Lengths are µs.
type QueueRouting struct {
	Queue       Named  `json:"queue" readOnly:"true"`
	Strategy    string `json:"strategy" enum:"longest_idle,round_robin,fewest_calls,least_talk,random,weighted,top_down,ring_all" doc:"which of the free agents is rung"`
	HeadStartUS int64  `json:"head_start_us" minimum:"0" maximum:"86400000000" doc:"its calls count as having come so much earlier"`
	VIPUS       int64  `json:"vip_us" minimum:"0" maximum:"86400000000" doc:"a VIP's by as much more"`
	Ring        int    `json:"ring" minimum:"0" maximum:"1000" doc:"of ring_all: agents rung at once; 0: all who are free"`
	LastAgentUS int64  `json:"last_agent_us" minimum:"0" maximum:"3600000000" doc:"a call is kept so long for the customer's own agent, or who spoke with them last; 0: for nobody"`

	Blend Blend         `json:"blend"`
	Wrap  WrapRule      `json:"wrap"`
	Needs []Need        `json:"needs" maxItems:"8"`
	Team  []QueueMember `json:"team" maxItems:"10000"`
}

// Blend says when the queue's agents may be taken for calls out.
type Blend struct {
	MaxWaitUS int64 `json:"max_wait_us" minimum:"0" doc:"only while nobody waits longer; 0: no limit"`
	MinLevel  int   `json:"min_level" minimum:"0" maximum:"100" doc:"only while so many % of the last 50 calls were answered in time; 0: no limit"`
	MinFree   int   `json:"min_free" minimum:"0" maximum:"10000" doc:"so many agents stay free"`
}

// WrapRule is the wrap-up beside its usual length.
type WrapRule struct {
	MissedUS      int64  `json:"missed_us" minimum:"0" maximum:"3600000000" doc:"after a part in which nobody was heard; 0: none"`
	TransferredUS int64  `json:"transferred_us" minimum:"-1" maximum:"3600000000" doc:"after a transfer; -1: as after a talk"`
	MostUS        int64  `json:"most_us" minimum:"0" maximum:"14400000000" doc:"the longest, extensions and a missing result included; 0: without limit"`
	Code          string `json:"code" maxLength:"64" doc:"the result that is set then, if none was"`
	Ready         bool   `json:"ready" doc:"ready after a wrap-up that ended by itself; false: paused"`
}

// Need is a skill that a queue's calls ask for.
type Need struct {
	Skill string     `json:"skill"`
	Steps []NeedStep `json:"steps" minItems:"1" maxItems:"8" doc:"in order of after_us, the first at 0"`
}

// NeedStep is the level asked for after a wait.
type NeedStep struct {
	AfterUS int64 `json:"after_us" minimum:"0" maximum:"86400000000"`
	Level   int   `json:"level" minimum:"0" maximum:"10" doc:"0: none is asked for any more"`
}

// QueueMember is an agent's place in a queue.
type QueueMember struct {
	Agent    string `json:"agent"`
	Position int    `json:"position" minimum:"-1000" maximum:"1000" doc:"of top_down: lower ones ring first"`
	Weight   int    `json:"weight" minimum:"1" maximum:"1000" default:"1" doc:"of weighted: the share of calls"`
}

// Skill is something that agents are able to do.
type Skill struct {
	ID   string `json:"id" readOnly:"true"`
	Name string `json:"name" minLength:"1" maxLength:"100"`
}

// Able is how well an agent has a skill.
type Able struct {
	Skill string `json:"skill"`
	Level int    `json:"level" minimum:"1" maximum:"10"`
}

// AgentRouting is what an agent is able to do and where they serve.
type AgentRouting struct {
	Agent  Named   `json:"agent"`
	Skills []Able  `json:"skills"`
	Queues []Named `json:"queues"`
}

// AuxReason is why an agent may be paused.
type AuxReason struct {
	Code    string            `json:"code" readOnly:"true"`
	Names   map[string]string `json:"names" doc:"by language: en, vi, zh-Hant"`
	LimitUS int64             `json:"limit_us,omitempty" minimum:"0" maximum:"86400000000" doc:"longer counts as exceeded; absent: no limit"`
	Paid    bool              `json:"paid"`
	// Of the list that managers see alone.
	Position int  `json:"position,omitempty" minimum:"0" maximum:"1000" doc:"order on the desk"`
	Inactive bool `json:"inactive,omitempty"`
}

// Caller is a customer who is treated in a way of their own.
type Caller struct {
	Number string `json:"number" readOnly:"true" doc:"E.164"`
	VIP    bool   `json:"vip"`
	Agent  string `json:"agent,omitempty" doc:"whose customer they are; absent: nobody's"`
}

// Forced is the state that a supervisor wants an agent in.
type Forced struct {
	State  string `json:"state" enum:"ready,paused,offline"`
	Reason string `json:"reason,omitempty" doc:"of paused: one of the pause reasons"`
	After  bool   `json:"after,omitempty" doc:"take effect after the call at hand; else it is refused in a call"`
}

// Requeue is where a waiting call is moved to.
type Requeue struct {
	Queue string `json:"queue,omitempty" doc:"another queue; absent: the call waits where it does, and rings nowhere any more"`
}
