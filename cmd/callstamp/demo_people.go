package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// Names of the demo's rows. demoActor stands in the history of configuration.
const (
	demoActor    = postgres.Actor("demo")
	demoPassword = "demo"
	demoAgent    = "agent"
	demoManager  = "manager"
	demoQueue    = "service"
	demoTrunk    = "phonenet"
	demoCampaign = "spring-offer"
	demoNumber   = "+842819005000" // customers call it, and see it when they are called
)

// A list of leads is filled up to demoLeads when fewer than demoFewLeads are left.
const (
	demoLeads    = 200
	demoFewLeads = 50
)

// people writes everything that people configure anew at each start, so that
// what the block says is true; only leads and their attempts stay.
func (d *demo) people(ctx context.Context) error {
	s := d.app.store
	if err := s.PutOrganisation(ctx, demoActor, d.organisation()); err != nil {
		return err
	}
	agents, err := d.users(ctx)
	if err != nil {
		return err
	}
	if err := s.PutQueue(ctx, demoActor, d.queue()); err != nil {
		return err
	}
	if err := s.SetQueueAgents(ctx, demoActor, demoQueue, agents); err != nil {
		return err
	}
	if err := d.putLines(ctx); err != nil {
		return err
	}
	if err := d.fillLeads(ctx); err != nil {
		return err
	}
	d.app.reconfigure(ctx)
	return nil
}

// users writes the two logins for people and those of the robots, who share a
// password that is another at each start. It returns the agents.
func (d *demo) users(ctx context.Context) ([]stamp.AgentID, error) {
	hash, err := api.HashPassword(demoPassword)
	if err != nil {
		return nil, err
	}
	d.secret = rand.Text()
	robots, err := api.HashPassword(d.secret)
	if err != nil {
		return nil, err
	}
	users := []postgres.User{
		{ID: demoAgent, Name: demoPersonName(d.cmd.Language, api.RoleAgent), Role: api.RoleAgent, Hash: hash},
		{ID: demoManager, Name: demoPersonName(d.cmd.Language, api.RoleManager), Role: api.RoleManager, Hash: hash},
	}
	for i := range d.cmd.Robots {
		users = append(users, postgres.User{ID: demoRobot(i), Name: demoColleague(d.cmd.Language, i), Role: api.RoleAgent, Hash: robots})
	}
	var agents []stamp.AgentID
	for _, u := range users {
		u.Login, u.Language, u.Active = string(u.ID), d.cmd.Language, true
		if err := d.app.store.PutUser(ctx, demoActor, u); err != nil {
			return nil, err
		}
		if u.Role == api.RoleAgent {
			agents = append(agents, u.ID)
		}
	}
	return agents, nil
}

// demoRobot is the login of the i-th robot.
func demoRobot(i int) stamp.AgentID { return stamp.AgentID(fmt.Sprintf("robot-%02d", i+1)) }

func (d *demo) organisation() postgres.Organisation {
	o := d.app.config.Organisation
	return postgres.Organisation{Name: "Callstamp demo", Zone: o.Zone, Language: o.Language, Currency: o.Currency}
}

func (d *demo) queue() postgres.Queue {
	q := configs.DefaultQueue()
	return postgres.Queue{
		ID: demoQueue, Name: demoWord(d.cmd.Language, "Customer care", "Chăm sóc khách hàng", "客戶服務"), Language: d.cmd.Language,
		Answer: "on_entry", OfferTimeoutUS: (15 * time.Second).Microseconds(), WrapUpUS: q.WrapUp.Microseconds(),
		ServiceLevelUS: q.ServiceLevel.Microseconds(), ShortAbandonUS: q.ShortAbandon.Microseconds(), Survey: true, Active: true,
	}
}

// putLines writes trunk, route and campaign. The trunk's port is another at
// each start.
func (d *demo) putLines(ctx context.Context) error {
	s := d.app.store
	if err := s.PutTrunk(ctx, demoActor, postgres.Trunk{
		ID: demoTrunk, Name: "Phonenet", Host: d.network.Addr(), Transport: "udp", Addresses: []string{"127.0.0.1/32"},
		CallerID: demoNumber, Prefixes: demoAreas, SignalHold: true, Active: true,
	}); err != nil {
		return err
	}
	if err := s.PutRoute(ctx, demoActor, postgres.Route{
		ID: demoQueue, Name: demoNumber, Position: 1, Pattern: demoNumber, To: call.QueueOf(demoQueue).String(), Active: true,
	}); err != nil {
		return err
	}
	c := postgres.DefaultCampaign()
	c.ID, c.Name = demoCampaign, demoWord(d.cmd.Language, "Spring offer", "Ưu đãi mùa xuân", "春季優惠")
	c.Queue, c.Trunk, c.CallerID, c.Zone = demoQueue, demoTrunk, demoNumber, d.app.config.Organisation.Zone
	c.DialFrom, c.DialUntil, c.Active = "00:00", "24:00", true
	c.RingTimeoutUS = (18 * time.Second).Microseconds()
	return s.PutCampaign(ctx, demoActor, c)
}

// fillLeads adds further names to the campaign's list when it runs short.
func (d *demo) fillLeads(ctx context.Context) error {
	n, err := d.app.store.CountLeads(ctx, demoCampaign)
	if err != nil || n.Open >= demoFewLeads {
		return err
	}
	have := n.Open + n.Claimed + n.Done
	_, err = d.app.store.ImportLeads(ctx, demoCampaign, demoLeadList(have, demoLeads))
	return err
}

func demoWord(language, en, vi, zh string) string {
	switch language {
	case "vi":
		return vi
	case "zh-Hant":
		return zh
	}
	return en
}
