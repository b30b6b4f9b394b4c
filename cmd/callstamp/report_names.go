package main

import (
	"cmp"
	"slices"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// labels reads names from the configuration in memory.
type labels struct{ *people }

var (
	_ names = labels{}
	_ teams = labels{}
)

// Queue implements names.
func (l labels) Queue(id stamp.QueueID) string { return l.now.Load().queues[id].Name }

// Agent implements names.
func (l labels) Agent(id stamp.AgentID) string { return l.now.Load().users[id].Name }

// Campaign implements names.
func (l labels) Campaign(id stamp.CampaignID) string { return l.now.Load().campaigns[id].Name }

// Queues implements teams: the active ones, by name.
func (l labels) Queues() []wire.Named {
	list := []wire.Named{}
	for _, q := range l.now.Load().queues {
		if q.Active {
			list = append(list, wire.Named{ID: string(q.ID), Name: q.Name})
		}
	}
	return byName(list)
}

// Running implements teams: the campaigns that a manager has started.
func (l labels) Running() []wire.Named {
	list := []wire.Named{}
	for _, c := range l.now.Load().campaigns {
		if c.Active {
			list = append(list, wire.Named{ID: string(c.ID), Name: c.Name})
		}
	}
	return byName(list)
}

func byName(list []wire.Named) []wire.Named {
	slices.SortFunc(list, func(a, b wire.Named) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return list
}
