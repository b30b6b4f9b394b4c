package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// rules is who takes which call, as managers read and write it (api.Routing). It
// reads what calls are matched by, and reads it anew after each change, so that
// the answer is what is in force.
type rules struct{ people *people }

func (r rules) routing() api.Routing {
	return api.Routing{Queues: r, Skills: r, Reasons: r, Callers: r}
}

// change stores something in the manager's name and lets it take effect.
func (r rules) change(ctx context.Context, do func(*postgres.Store, postgres.Actor) error) error {
	if err := do(r.people.store, postgres.Actor(api.Who(ctx))); err != nil {
		return err
	}
	return r.people.load(ctx)
}

// QueueRules implements api.QueueRules.
func (r rules) QueueRules(context.Context) ([]wire.QueueRouting, error) {
	now, list := r.people.now.Load(), []wire.QueueRouting{}
	for id := range now.queues {
		list = append(list, now.rulesOf(id))
	}
	slices.SortFunc(list, func(a, b wire.QueueRouting) int {
		return cmp.Or(cmp.Compare(a.Queue.Name, b.Queue.Name), cmp.Compare(a.Queue.ID, b.Queue.ID))
	})
	return list, nil
}

// rulesOf tells a queue's routing.
func (c *configuration) rulesOf(id stamp.QueueID) wire.QueueRouting {
	q := c.routing.queues[id]
	w := wire.QueueRouting{
		Queue: wire.Named{ID: string(id), Name: c.queues[id].Name}, Strategy: q.Strategy, HeadStartUS: q.HeadStartUS, VIPUS: q.VIPUS,
		Ring: q.Ring, LastAgentUS: q.LastAgentUS,
		Blend: wire.Blend{MaxWaitUS: q.BlendMaxWaitUS, MinLevel: q.BlendMinLevel, MinFree: q.BlendMinFree},
		Wrap: wire.WrapRule{
			MissedUS: q.WrapMissedUS, TransferredUS: q.WrapTransferredUS, MostUS: q.WrapMostUS, Code: q.WrapCode, Ready: q.WrapReady,
		},
		Needs: []wire.Need{}, Team: []wire.QueueMember{},
	}
	for _, n := range c.routing.needs {
		if n.Queue != id {
			continue
		}
		need := wire.Need{Skill: string(n.Skill)}
		for i := range n.AfterUS {
			need.Steps = append(need.Steps, wire.NeedStep{AfterUS: n.AfterUS[i], Level: int(n.Level[i])})
		}
		w.Needs = append(w.Needs, need)
	}
	for _, m := range c.routing.members {
		if m.Queue == id {
			w.Team = append(w.Team, wire.QueueMember{Agent: string(m.Agent), Position: m.Position, Weight: m.Weight})
		}
	}
	return w
}

// PutQueueRules implements api.QueueRules.
func (r rules) PutQueueRules(ctx context.Context, queue string, w wire.QueueRouting) (wire.QueueRouting, error) {
	now, id := r.people.now.Load(), stamp.QueueID(queue)
	if _, ok := now.queues[id]; !ok {
		return w, api.ErrUnknown("queue", queue)
	}
	needs, err := now.needsOf(id, w.Needs)
	if err != nil {
		return w, err
	}
	members, err := now.teamOf(id, w.Team)
	if err != nil {
		return w, err
	}
	if w.Wrap.Code != "" && !slices.ContainsFunc(now.dispositions, func(d wire.Disposition) bool { return d.Code == w.Wrap.Code }) {
		return w, api.ErrUnknown("disposition", w.Wrap.Code)
	}
	err = r.change(ctx, func(s *postgres.Store, actor postgres.Actor) error {
		return errors.Join(
			s.PutQueueRouting(ctx, actor, postgres.QueueRouting{
				Queue: id, Strategy: w.Strategy, HeadStartUS: w.HeadStartUS, VIPUS: w.VIPUS, Ring: w.Ring, LastAgentUS: w.LastAgentUS,
				BlendMaxWaitUS: w.Blend.MaxWaitUS, BlendMinLevel: w.Blend.MinLevel, BlendMinFree: w.Blend.MinFree,
				WrapMissedUS: w.Wrap.MissedUS, WrapTransferredUS: w.Wrap.TransferredUS, WrapMostUS: w.Wrap.MostUS,
				WrapCode: w.Wrap.Code, WrapReady: w.Wrap.Ready,
			}),
			s.SetQueueNeeds(ctx, actor, id, needs), s.SetQueueMembers(ctx, actor, id, members))
	})
	return r.people.now.Load().rulesOf(id), err
}

// needsOf checks what the page can't: that the skills are there and the steps in
// the order of the wait.
func (c *configuration) needsOf(queue stamp.QueueID, list []wire.Need) ([]postgres.QueueNeed, error) {
	var needs []postgres.QueueNeed
	for _, n := range list {
		if !slices.ContainsFunc(c.routing.skills, func(k postgres.Skill) bool { return string(k.ID) == n.Skill }) {
			return nil, api.ErrUnknown("skill", n.Skill)
		}
		need := postgres.QueueNeed{Queue: queue, Skill: stamp.SkillID(n.Skill)}
		for i, s := range n.Steps {
			if i == 0 && s.AfterUS != 0 || i > 0 && s.AfterUS <= n.Steps[i-1].AfterUS {
				return nil, api.ErrValue("The steps of skill %s are not in the order of the wait; begin with after_us 0 and let each be later than the one before.", n.Skill)
			}
			need.AfterUS, need.Level = append(need.AfterUS, s.AfterUS), append(need.Level, int32(s.Level)) //nolint:gosec // 0 to 10, by its schema
		}
		needs = append(needs, need)
	}
	return needs, nil
}

func (c *configuration) teamOf(queue stamp.QueueID, list []wire.QueueMember) ([]postgres.QueueMember, error) {
	var members []postgres.QueueMember
	for _, m := range list {
		if _, ok := c.users[stamp.AgentID(m.Agent)]; !ok {
			return nil, api.ErrUnknown("agent", m.Agent)
		}
		members = append(members, postgres.QueueMember{Queue: queue, Agent: stamp.AgentID(m.Agent), Position: m.Position, Weight: max(m.Weight, 1)})
	}
	return members, nil
}

// Skills implements api.SkillBook.
func (r rules) Skills(context.Context) ([]wire.Skill, error) {
	list := []wire.Skill{}
	for _, k := range r.people.now.Load().routing.skills {
		list = append(list, wire.Skill{ID: string(k.ID), Name: k.Name})
	}
	return list, nil
}

// PutSkill implements api.SkillBook.
func (r rules) PutSkill(ctx context.Context, k wire.Skill) error {
	return r.change(ctx, func(s *postgres.Store, actor postgres.Actor) error {
		return s.PutSkill(ctx, actor, postgres.Skill{ID: stamp.SkillID(k.ID), Name: k.Name})
	})
}

// DeleteSkill implements api.SkillBook.
func (r rules) DeleteSkill(ctx context.Context, id string) error {
	err := r.change(ctx, func(s *postgres.Store, actor postgres.Actor) error {
		return s.DeleteSkill(ctx, actor, stamp.SkillID(id))
	})
	if errors.Is(err, postgres.ErrNotFound) {
		return api.ErrUnknown("skill", id)
	}
	return err
}

// Agents implements api.SkillBook.
func (r rules) Agents(context.Context) ([]wire.AgentRouting, error) {
	now, list := r.people.now.Load(), []wire.AgentRouting{}
	for id, u := range now.users {
		if !u.Active {
			continue
		}
		a := wire.AgentRouting{Agent: wire.Named{ID: string(id), Name: u.Name}, Skills: []wire.Able{}, Queues: r.people.QueuesOf(id)}
		for _, k := range now.routing.policy.Agents[id].Skills {
			a.Skills = append(a.Skills, wire.Able{Skill: string(k.Skill), Level: k.Level})
		}
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b wire.AgentRouting) int {
		return cmp.Or(cmp.Compare(a.Agent.Name, b.Agent.Name), cmp.Compare(a.Agent.ID, b.Agent.ID))
	})
	return list, nil
}

// SetAgentSkills implements api.SkillBook.
func (r rules) SetAgentSkills(ctx context.Context, agent string, list []wire.Able) error {
	now := r.people.now.Load()
	if _, ok := now.users[stamp.AgentID(agent)]; !ok {
		return api.ErrUnknown("agent", agent)
	}
	var skills []stamp.Skill
	for _, a := range list {
		if !slices.ContainsFunc(now.routing.skills, func(k postgres.Skill) bool { return string(k.ID) == a.Skill }) {
			return api.ErrUnknown("skill", a.Skill)
		}
		skills = append(skills, stamp.Skill{Skill: stamp.SkillID(a.Skill), Level: a.Level})
	}
	return r.change(ctx, func(s *postgres.Store, actor postgres.Actor) error {
		return s.SetAgentSkills(ctx, actor, stamp.AgentID(agent), skills)
	})
}

// Reasons implements api.ReasonBook: those out of use included.
func (r rules) Reasons(ctx context.Context) ([]wire.AuxReason, error) {
	all, err := r.people.store.AuxReasons(ctx)
	list := []wire.AuxReason{}
	for _, a := range all {
		w := reasonOf(a)
		w.Position, w.Inactive = a.Position, !a.Active
		list = append(list, w)
	}
	return list, err
}

func reasonOf(a postgres.AuxReason) wire.AuxReason {
	return wire.AuxReason{
		Code: a.Code, Names: map[string]string{"en": a.NameEN, "vi": a.NameVI, "zh-Hant": a.NameZH}, LimitUS: a.LimitUS, Paid: a.Paid,
	}
}

// PutReason implements api.ReasonBook.
func (r rules) PutReason(ctx context.Context, w wire.AuxReason) error {
	return r.change(ctx, func(s *postgres.Store, actor postgres.Actor) error {
		return s.PutAuxReason(ctx, actor, postgres.AuxReason{
			Code: w.Code, Position: w.Position, NameEN: w.Names["en"], NameVI: w.Names["vi"], NameZH: w.Names["zh-Hant"],
			LimitUS: w.LimitUS, Paid: w.Paid, Active: !w.Inactive,
		})
	})
}

// auxReasons are those in use, for the desks.
func (p *people) auxReasons() []wire.AuxReason {
	list := []wire.AuxReason{}
	for _, a := range p.now.Load().routing.aux {
		list = append(list, reasonOf(a))
	}
	return list
}

// Callers implements api.CallerBook.
func (r rules) Callers(ctx context.Context) ([]wire.Caller, error) {
	all, err := r.people.store.Callers(ctx)
	list := []wire.Caller{}
	for _, c := range all {
		w := wire.Caller{Number: c.Number, VIP: c.VIP}
		if c.Agent != nil {
			w.Agent = string(*c.Agent)
		}
		list = append(list, w)
	}
	return list, err
}

// PutCaller implements api.CallerBook.
func (r rules) PutCaller(ctx context.Context, w wire.Caller) error {
	c := postgres.Caller{Number: w.Number, VIP: w.VIP}
	if w.Agent != "" {
		id := stamp.AgentID(w.Agent)
		if _, ok := r.people.now.Load().users[id]; !ok {
			return api.ErrUnknown("agent", w.Agent)
		}
		c.Agent = &id
	}
	return r.change(ctx, func(s *postgres.Store, actor postgres.Actor) error { return s.PutCaller(ctx, actor, c) })
}

// DeleteCaller implements api.CallerBook.
func (r rules) DeleteCaller(ctx context.Context, number string) error {
	err := r.change(ctx, func(s *postgres.Store, actor postgres.Actor) error { return s.DeleteCaller(ctx, actor, number) })
	if errors.Is(err, postgres.ErrNotFound) {
		return api.ErrUnknown("caller", fmt.Sprintf("…%s", number[max(0, len(number)-3):]))
	}
	return err
}
