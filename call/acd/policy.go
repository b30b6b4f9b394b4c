package acd

import "github.com/callstamp/callstamp/kpi/stamp"

// Policy is what people configured for matching. It is replaced whole and never
// changed. A queue that it does not know has the zero Queue.
type Policy struct {
	Queues map[stamp.QueueID]Queue
	Agents map[stamp.AgentID]Profile
}

// Profile is what an agent is able to do and where they serve.
type Profile struct {
	Queues []Member
	Skills []stamp.Skill // in order of their ids
}

// Member is an agent's place in a queue.
type Member struct {
	Queue    stamp.QueueID
	Position int // of top_down: lower ones ring first
	Weight   int // of weighted: the share of calls, against the others'; < 1 counts as 1
}

// Queue says which call of it goes first and who is rung for it.
type Queue struct {
	Strategy Strategy // "" = longest idle
	// HeadStartUS is how much earlier than they did its calls count as having
	// come, against those of other queues; VIPUS the same, of a VIP's besides.
	HeadStartUS, VIPUS int64
	Ring               int   // of ring_all: agents rung at once; 0 = all who are free
	LastAgentUS        int64 // how long a call is kept for the agent it prefers; 0 = not at all
	Needs              []Need
	TargetUS           int64 // service level: answered within; 0 = 20 s
	Blend              Blend
}

// Need is a skill that the queue's calls ask for.
type Need struct {
	Skill stamp.SkillID
	// Steps say which level is asked for of a call that has waited so long, in
	// order of AfterUS; before the first one, the first one's. Level 0 is none.
	Steps []Step
}

// Step is one level of a need that relaxes.
type Step struct {
	AfterUS int64
	Level   int
}

// The bounds that the matching counts on.
const (
	MaxNeeds = 8 // of a queue
	MaxSteps = 8 // of a need
	MaxLevel = 10
)

// at returns which step counts after a wait of us.
func (n Need) at(us int64) int {
	i := 0
	for i+1 < len(n.Steps) && us >= n.Steps[i+1].AfterUS {
		i++
	}
	return i
}

// level is what the need asks for in its step.
func (n Need) level(step int) int {
	if step >= len(n.Steps) {
		return 0
	}
	return n.Steps[step].Level
}

// places are the agent's in the queues that the session serves.
func (p Policy) places(id stamp.AgentID, queues []stamp.QueueID) []Member {
	known := p.Agents[id]
	places := make([]Member, 0, len(queues))
	for _, q := range queues {
		place := Member{Queue: q}
		for _, m := range known.Queues {
			if m.Queue == q {
				place = m
			}
		}
		places = append(places, place)
	}
	return places
}
