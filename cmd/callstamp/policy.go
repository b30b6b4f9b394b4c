package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// routing is what people configured of queues, skills and customers.
type routing struct {
	queues  map[stamp.QueueID]postgres.QueueRouting // also of queues of which nothing was said
	callers map[string]postgres.Caller              // by number
	aux     []postgres.AuxReason
	skills  []postgres.Skill
	needs   []postgres.QueueNeed
	members []postgres.QueueMember
	policy  acd.Policy
}

// loadRouting reads it; the queues are those of the same reading.
func loadRouting(ctx context.Context, store *postgres.Store, queues []postgres.Queue) (routing, error) {
	routings, err1 := store.QueueRoutings(ctx)
	needs, err2 := store.QueueNeeds(ctx)
	members, err3 := store.QueueMembers(ctx)
	able, err4 := store.AgentSkills(ctx)
	callers, err5 := store.Callers(ctx)
	aux, err6 := store.AuxReasons(ctx)
	users, err7 := store.Users(ctx)
	skills, err8 := store.Skills(ctx)
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7, err8); err != nil {
		return routing{}, err
	}
	r := routing{skills: skills, needs: needs, members: members, queues: map[stamp.QueueID]postgres.QueueRouting{}, callers: map[string]postgres.Caller{}}
	for _, q := range queues {
		r.queues[q.ID] = postgres.DefaultRouting(q.ID)
	}
	for _, q := range routings {
		r.queues[q.Queue] = q
	}
	for _, c := range callers {
		r.callers[c.Number] = c
	}
	for _, a := range aux {
		if a.Active {
			r.aux = append(r.aux, a)
		}
	}
	r.policy = policyOf(queues, r.queues, needs)
	r.policy.Agents = profilesOf(users, r.policy.Queues, members, able)
	return r, nil
}

// policyOf is the matching's view of the queues that are in use.
func policyOf(queues []postgres.Queue, routings map[stamp.QueueID]postgres.QueueRouting, needs []postgres.QueueNeed) acd.Policy {
	p := acd.Policy{Queues: map[stamp.QueueID]acd.Queue{}}
	for _, q := range queues {
		if !q.Active {
			continue
		}
		r := routings[q.ID]
		p.Queues[q.ID] = acd.Queue{
			Strategy: acd.Strategy(r.Strategy), HeadStartUS: r.HeadStartUS, VIPUS: r.VIPUS, Ring: r.Ring, LastAgentUS: r.LastAgentUS,
			TargetUS: q.ServiceLevelUS,
			Blend:    acd.Blend{MaxWaitUS: r.BlendMaxWaitUS, MinLevel: r.BlendMinLevel, MinFree: r.BlendMinFree},
		}
	}
	for _, n := range needs {
		q, used := p.Queues[n.Queue]
		if !used || len(q.Needs) == acd.MaxNeeds {
			continue
		}
		need := acd.Need{Skill: n.Skill}
		for i := range n.AfterUS {
			need.Steps = append(need.Steps, acd.Step{AfterUS: n.AfterUS[i], Level: int(n.Level[i])})
		}
		slices.SortFunc(need.Steps, func(a, b acd.Step) int { return cmp.Compare(a.AfterUS, b.AfterUS) })
		q.Needs = append(q.Needs, need)
		p.Queues[n.Queue] = q
	}
	return p
}

// profilesOf are all users, those who serve nothing included: who is logged in
// and no longer a member anywhere has to leave the queues.
func profilesOf(users []postgres.User, queues map[stamp.QueueID]acd.Queue, members []postgres.QueueMember, skills []postgres.AgentSkill) map[stamp.AgentID]acd.Profile {
	all := map[stamp.AgentID]acd.Profile{}
	for _, u := range users {
		all[u.ID] = acd.Profile{}
	}
	for _, m := range members {
		if _, used := queues[m.Queue]; !used {
			continue
		}
		p := all[m.Agent]
		p.Queues = append(p.Queues, acd.Member{Queue: m.Queue, Position: m.Position, Weight: m.Weight})
		all[m.Agent] = p
	}
	for _, s := range skills { // in order of the skills' ids
		p := all[s.Agent]
		p.Skills = append(p.Skills, stamp.Skill{Skill: s.Skill, Level: s.Level})
		all[s.Agent] = p
	}
	return all
}

// wrapsOf is the wrap-up beside its usual length, as a call's plan has it.
func wrapsOf(r postgres.QueueRouting) call.Wraps {
	w := call.Wraps{MissedUS: r.WrapMissedUS, MovedUS: r.WrapTransferredUS, MostUS: r.WrapMostUS, Code: r.WrapCode}
	switch r.WrapTransferredUS {
	case -1:
		w.MovedUS = 0 // as after a talk
	case 0:
		w.MovedUS = -1 // none
	}
	if !r.WrapReady {
		w.Pause = stamp.AuxAfterCall
	}
	return w
}

// zoneOf is the organisation's, which Validate has looked up.
func zoneOf(c configs.Config) *time.Location {
	zone, err := time.LoadLocation(c.Organisation.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// caller is what is known of a customer by number: whether a VIP, and which
// agent should have the call: whose customer they are, or who spoke with them
// last; "" for none.
func (p *people) caller(number string) (vip bool, prefer stamp.AgentID) {
	known := p.now.Load().routing.callers[number]
	if known.Agent != nil {
		return known.VIP, *known.Agent
	}
	return known.VIP, p.last.of(number)
}
