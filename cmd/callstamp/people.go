package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// people is the configuration in memory: what a call needs must not wait for
// Postgres. It is read whole and swapped whole, when Postgres says that it
// changed.
type people struct {
	store   *postgres.Store
	config  configs.Config
	now     atomic.Pointer[configuration]
	sounds  promptLibrary
	log     *slog.Logger // nil: faults of the configuration are not told
	parties parties
	last    lastAgents
	floor   atomic.Pointer[acd.Floor] // follows the policy, once it is there
}

// configuration is one reading of what people configured.
type configuration struct {
	users        map[stamp.AgentID]postgres.User
	queues       map[stamp.QueueID]postgres.Queue
	campaigns    map[stamp.CampaignID]postgres.Campaign
	front        front            // routes by position
	house        *call.House      // compiled from it
	trunks       []postgres.Trunk // by name
	outbound     []postgres.OutboundRoute
	callerSets   map[string]postgres.CallerSet
	dispositions []wire.Disposition
	routing      routing
	surveys      surveying
	taping       taping
}

// load reads everything and makes it the present configuration.
func (p *people) load(ctx context.Context) error {
	c := configuration{
		users: map[stamp.AgentID]postgres.User{}, queues: map[stamp.QueueID]postgres.Queue{},
		campaigns: map[stamp.CampaignID]postgres.Campaign{}, callerSets: map[string]postgres.CallerSet{},
	}
	users, err1 := p.store.Users(ctx)
	queues, err2 := p.store.Queues(ctx)
	campaigns, err3 := p.store.Campaigns(ctx)
	front, err4 := p.loadFront(ctx)
	trunks, err5 := p.store.Trunks(ctx)
	dispositions, err6 := p.store.Dispositions(ctx)
	routing, err7 := loadRouting(ctx, p.store, queues)
	outbound, err8 := p.store.OutboundRoutes(ctx)
	sets, err9 := p.store.CallerSets(ctx)
	surveys, err10 := loadSurveys(ctx, p.store)
	taping, err11 := loadTaping(ctx, p.store)
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, err9, err10, err11); err != nil {
		return fmt.Errorf("load configuration: %w", err)
	}
	for _, u := range users {
		c.users[u.ID] = u
	}
	for _, q := range queues {
		c.queues[q.ID] = q
	}
	for _, k := range campaigns {
		c.campaigns[k.ID] = k
	}
	for _, s := range sets {
		c.callerSets[s.ID] = s
	}
	c.outbound = outbound
	for _, d := range dispositions {
		c.dispositions = append(c.dispositions, wire.Disposition{
			Code: d.Code, Names: map[string]string{"en": d.NameEN, "vi": d.NameVI, "zh-Hant": d.NameZH},
		})
	}
	c.front, c.trunks, c.routing, c.surveys, c.taping = front, trunks, routing, surveys, taping
	house, err := houseOf(p.config, p.store.Org(), c.queues, front)
	if err != nil && p.log != nil {
		p.log.Error("where calls are led is not all readable; what is not leads nowhere", "err", err)
	}
	for id, plan := range house.Queues {
		plan.Wrap = wrapsOf(routing.queues[id])
		surveys.lay(plan, c.queues[id], "")
		taping.plan(plan, "queue:"+string(id))
	}
	c.house = house
	p.now.Store(&c)
	if f := p.floor.Load(); f != nil {
		f.Configure(routing.policy)
	}
	return nil
}

// follow lets the Floor have the policy, now and whenever it changes.
func (p *people) follow(f *acd.Floor) {
	p.floor.Store(f)
	f.Configure(p.now.Load().routing.policy)
}

// loadFront reads where calls are led, and the sounds of the prompts.
func (p *people) loadFront(ctx context.Context) (f front, err error) {
	var errs [5]error
	f.hours, errs[0] = p.store.Hours(ctx)
	f.menus, errs[1] = p.store.Menus(ctx)
	f.doors, errs[2] = p.store.Doors(ctx)
	f.routes, errs[3] = p.store.Routes(ctx)
	errs[4] = p.sounds.load(ctx, p.store)
	slices.SortFunc(f.routes, func(a, b postgres.Route) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	return f, errors.Join(errs[:]...)
}

// route finds the first route of the called number whose destination is there.
func (c *configuration) route(trunk stamp.TrunkID, called string) (postgres.Route, call.Destination, bool) {
	for _, r := range c.front.routes {
		if !r.Active || r.Trunk != nil && *r.Trunk != trunk || !matches(r.Pattern, called) {
			continue
		}
		if to, err := call.ParseDestination(r.To); err == nil && c.house.Leads(to) {
			return r, to, true
		}
	}
	return postgres.Route{}, call.Destination{}, false
}

// matches compares a number with a pattern: "?" is one digit, a "*" at the end
// any number of them.
func matches(pattern, number string) bool {
	prefix, open := strings.CutSuffix(pattern, "*")
	if len(number) < len(prefix) || !open && len(number) != len(prefix) {
		return false
	}
	for i := range len(prefix) {
		digit := number[i] >= '0' && number[i] <= '9'
		if prefix[i] != number[i] && !(prefix[i] == '?' && digit) {
			return false
		}
	}
	return true
}

// Party implements api.Directory.
func (p *people) Party(id stamp.PartyID) wire.Party { return p.parties.get(id) }

// Queue implements api.Directory.
func (p *people) Queue(id stamp.QueueID) wire.Named {
	return wire.Named{ID: string(id), Name: p.now.Load().queues[id].Name}
}

// Agent implements api.People.
func (p *people) Agent(id stamp.AgentID) wire.Named {
	return wire.Named{ID: string(id), Name: p.now.Load().users[id].Name}
}

// Campaign implements api.Directory.
func (p *people) Campaign(id stamp.CampaignID) wire.Named {
	return wire.Named{ID: string(id), Name: p.now.Load().campaigns[id].Name}
}

// QueuesOf implements api.Directory.
func (p *people) QueuesOf(agent stamp.AgentID) []wire.Named {
	names := []wire.Named{}
	for _, q := range p.now.Load().queues {
		if q.Active && slices.Contains(q.Agents, agent) {
			names = append(names, wire.Named{ID: string(q.ID), Name: q.Name})
		}
	}
	slices.SortFunc(names, func(a, b wire.Named) int { return cmp.Compare(a.Name, b.Name) })
	return names
}

// Dispositions implements api.Directory.
func (p *people) Dispositions() []wire.Disposition { return p.now.Load().dispositions }

// UserByLogin implements api.Accounts; from the store, so that a password is
// good or bad at once.
func (p *people) UserByLogin(ctx context.Context, login string) (api.User, error) {
	return account(p.store.UserByLogin(ctx, login))
}

// User implements api.Accounts.
func (p *people) User(_ context.Context, id stamp.AgentID) (api.User, error) {
	u, ok := p.now.Load().users[id]
	if !ok {
		return api.User{}, api.ErrNoUser
	}
	return account(u, nil)
}

func account(u postgres.User, err error) (api.User, error) {
	if errors.Is(err, postgres.ErrNotFound) {
		return api.User{}, api.ErrNoUser
	}
	return api.User{ID: u.ID, Login: u.Login, Name: u.Name, Role: u.Role, Language: u.Language, Hash: u.Hash, Active: u.Active, MayDial: u.MayDial}, err
}

// recall reads the customers of calls that an earlier boot began.
func (p *people) recall(ctx context.Context, ids []stamp.PartyID) error {
	if len(ids) == 0 {
		return nil
	}
	known, err := p.store.Parties(ctx, ids)
	for _, k := range known {
		p.parties.hold(k.ID, wire.Party{Number: k.Number, Name: k.Name})
	}
	return err
}
