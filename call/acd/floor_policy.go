package acd

import (
	"slices"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Configure puts a new policy into force, for agents who are logged in as well.
func (f *Floor) Configure(p Policy) {
	at := time.Now()
	f.box.Put(func() { f.configure(f.clock.Of(at), p) })
}

func (f *Floor) configure(at stamp.Instant, p Policy) {
	f.policy = p
	for id, a := range f.agents {
		known, ok := p.Agents[id]
		if !ok {
			continue
		}
		if err := f.step(a, at, Assign{Queues: known.serves(), Skills: known.Skills}); err != nil {
			f.log.Error("queues and skills not assigned", "agent_id", id, "err", err)
		}
	}
}

// serves are the queues of the profile.
func (p Profile) serves() []stamp.QueueID {
	var queues []stamp.QueueID
	for _, m := range p.Queues {
		queues = append(queues, m.Queue)
	}
	slices.Sort(queues)
	return queues
}
