package main

import (
	"context"
	"sync"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// lastAgents remembers who spoke last with whom, by the customer's number, so
// that a queue may keep a call for them. A call that comes in can't wait for a
// look into the records.
type lastAgents struct {
	mu sync.Mutex
	by map[string]stamp.AgentID
}

const (
	// lastAgentDays is how far back a start looks: who called longer ago has
	// forgotten the agent, too.
	lastAgentDays = 30
	// maxLastAgents bounds the memory; when it is full all are forgotten, and a
	// call is nobody's for a while.
	maxLastAgents = 100_000
)

func (l *lastAgents) put(number string, agent stamp.AgentID) {
	if number == "" || agent == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by == nil || len(l.by) >= maxLastAgents {
		l.by = map[string]stamp.AgentID{}
	}
	l.by[number] = agent
}

// of is who spoke with the number last, "" if nobody is known to have.
func (l *lastAgents) of(number string) stamp.AgentID {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.by[number]
}

// recall reads who spoke with whom before this boot. What was heard since is
// newer and stays.
func (l *lastAgents) recall(ctx context.Context, store *postgres.Store) error {
	known, err := store.LastAgents(ctx, time.Now().AddDate(0, 0, -lastAgentDays), maxLastAgents/2)
	for _, k := range known {
		if l.of(k.Number) == "" {
			l.put(k.Number, k.Agent)
		}
	}
	return err
}

// heed follows what is recorded: who is at the other end, and who speaks with
// them.
func (p *people) heed(stamps []stamp.Stamp) {
	for _, s := range stamps {
		if f, ok := s.Fact.(stamp.SegmentConnected); ok {
			p.last.put(p.parties.atCall(s.Subject.ID).Number, f.Agent)
		}
	}
	p.parties.heed(stamps)
}
