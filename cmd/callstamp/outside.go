package main

import (
	"cmp"
	"context"
	"slices"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/switchboard"
	"github.com/callstamp/callstamp/dialer/guard"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Outside prepares a number that an agent wants in a call (api.Lines): it passes
// the guard that stands before what agents dial by hand, as who can transfer to
// any number can call any number.
func (l *lines) Outside(_ context.Context, agent stamp.AgentID, typed string) (call.Outside, stamp.Side, error) {
	now := l.people.now.Load()
	if !now.users[agent].MayDial {
		return call.Outside{}, stamp.Side{}, api.Refused(guard.Refusal{Word: guard.NotPermitted, Text: "You may not call numbers outside; a manager can allow it."})
	}
	number, err := guard.Normal(typed, l.config.Organisation.Country)
	if err != nil {
		return call.Outside{}, stamp.Side{}, api.Refused(err)
	}
	dials, err := l.ways.find(now, l.ua.get(), wanted{number: number})
	if err == nil {
		err = l.guard.take(guard.Agent, string(agent))
	}
	if err != nil {
		l.log.Warn("dial refused", "agent_id", agent, "why", wordOf(err))
		return call.Outside{}, stamp.Side{}, api.Refused(err)
	}
	party, who := stamp.PartyID(stamp.NewID()), wire.Party{Number: number}
	l.people.parties.put(party, who)
	side, err := partySide(l.people.store.Org(), party, who)
	return call.Outside{Party: party, Dial: dials[0]}, side, err
}

// park shows the parked calls (api.Park).
type park struct {
	board  *switchboard.Switchboard
	people *people
}

// Parked implements api.Park: who waits longest first.
func (p park) Parked() []wire.Parked {
	list := []wire.Parked{}
	for _, c := range p.board.Calls() {
		if c.ParkedBy == "" {
			continue
		}
		list = append(list, wire.Parked{
			Call: string(c.Call), Since: c.Since.At, By: p.people.Agent(c.ParkedBy), Queue: p.people.Queue(c.Queue), Party: p.people.Party(c.Party),
		})
	}
	slices.SortFunc(list, func(a, b wire.Parked) int { return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.Call, b.Call)) })
	return list
}

// Targets implements api.Targets.
func (p *people) Targets() wire.Targets {
	now, t := p.now.Load(), wire.Targets{Agents: []wire.Colleague{}, Queues: []wire.Named{}, Menus: []wire.Named{}}
	for id, u := range now.users {
		if u.Active {
			t.Agents = append(t.Agents, wire.Colleague{ID: string(id), Name: u.Name})
		}
	}
	for id, q := range now.queues {
		if q.Active {
			t.Queues = append(t.Queues, wire.Named{ID: string(id), Name: q.Name})
		}
	}
	for _, m := range now.front.menus {
		t.Menus = append(t.Menus, wire.Named{ID: m.ID, Name: cmp.Or(m.Name, m.ID)})
	}
	byName := func(a, b wire.Named) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) }
	slices.SortFunc(t.Agents, func(a, b wire.Colleague) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	slices.SortFunc(t.Queues, byName)
	slices.SortFunc(t.Menus, byName)
	return t
}

var (
	_ api.Park    = park{}
	_ api.Targets = (*people)(nil)
)
