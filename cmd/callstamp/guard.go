package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/dialer/guard"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/sip"
	"github.com/callstamp/callstamp/store/postgres"
)

// tollGuard counts what is dialed and says no beyond the caps. It stands before
// every call out: campaigns', agents' own, transfers'.
type tollGuard struct {
	people *people
	book   *guard.Book
}

func newTollGuard(p *people, zone string) (*tollGuard, error) {
	z, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("organisation.zone: %w", err)
	}
	return &tollGuard{people: p, book: guard.NewBook(z)}, nil
}

// recall counts what was dialed today before this start. Postgres has taken in
// the whole journal by then.
func (g *tollGuard) recall(ctx context.Context, store *postgres.Store) error {
	now := stamp.Wall()
	since := g.book.Midnight(now)
	if minute := now.Add(-time.Minute); minute.Before(since) {
		since = minute
	}
	dialed, err := store.DialedSince(ctx, since.UnixMicro())
	if err != nil {
		return err
	}
	for _, d := range dialed {
		at := time.UnixMicro(d.AtUS)
		g.book.Begun(now, at, guard.Key{Scope: guard.Trunk, ID: string(d.Trunk)})
		if d.Campaign != "" {
			g.book.Begun(now, at, guard.Key{Scope: guard.Campaign, ID: string(d.Campaign)})
		} else if d.Agent != "" {
			g.book.Begun(now, at, guard.Key{Scope: guard.Agent, ID: string(d.Agent)})
		}
	}
	return nil
}

// caps are those of a key, as they are configured now.
func (g *tollGuard) caps(k guard.Key) map[guard.Key]guard.Caps {
	c := g.people.now.Load()
	var caps guard.Caps
	switch k.Scope {
	case guard.Agent:
		u := c.users[stamp.AgentID(k.ID)]
		caps = guard.Caps{PerMinute: u.PerMinute, PerDay: u.PerDay}
	case guard.Campaign:
		m := c.campaigns[stamp.CampaignID(k.ID)]
		caps = guard.Caps{PerMinute: m.PerMinute, PerDay: m.PerDay}
	case guard.Trunk:
		if t := c.trunk(stamp.TrunkID(k.ID)); t != nil {
			caps = guard.Caps{PerMinute: t.PerMinute, PerDay: t.PerDay}
		}
	}
	return map[guard.Key]guard.Caps{k: caps}
}

// take counts one call of the key; the error is a guard.Refusal.
func (g *tollGuard) take(scope guard.Scope, id string) error {
	k := guard.Key{Scope: scope, ID: id}
	return g.book.Take(stamp.Wall(), g.caps(k), k)
}

// full says whether take would refuse.
func (g *tollGuard) full(scope guard.Scope, id string) error {
	k := guard.Key{Scope: scope, ID: id}
	return g.book.Full(stamp.Wall(), g.caps(k), k)
}

// lets judges one dial, whoever wants it: the trunk's rules and its caps.
func (g *tollGuard) lets(d call.Dial) error {
	t := g.people.now.Load().trunk(d.Trunk)
	if t == nil {
		return sip.ErrUnknownTrunk
	}
	if err := rulesOf(t).Judge(d.Number); err != nil {
		return err
	}
	return g.full(guard.Trunk, string(d.Trunk))
}

// capped reports whether a dial was refused because of how much was dialed
// already: another trunk, or a later time, may do.
func capped(err error) bool {
	r, ok := errors.AsType[guard.Refusal](err)
	return ok && len(r.Word) > 4 && r.Word[:4] == "cap_"
}
