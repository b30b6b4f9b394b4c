package postgres

import (
	"context"
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// seedRouting stores what is not there yet of skills, routing and reasons. The
// needs of a queue go with its routing, an agent's skills with the agent: those of
// the users whom there were before are what people have made of them.
func (s *Store) seedRouting(ctx context.Context, actor Actor, seed Seed, before []User) error {
	err := missing(ctx, actor, s.Skills, s.PutSkill, func(k Skill) string { return string(k.ID) }, seed.Skills)
	if err != nil {
		return err
	}
	for agent, skills := range seed.AgentSkills {
		if slices.ContainsFunc(before, func(u User) bool { return u.ID == agent }) {
			continue
		}
		if err := s.SetAgentSkills(ctx, actor, agent, skills); err != nil {
			return err
		}
	}
	needs := map[stamp.QueueID][]QueueNeed{}
	for _, n := range seed.Needs {
		needs[n.Queue] = append(needs[n.Queue], n)
	}
	put := func(ctx context.Context, actor Actor, r QueueRouting) error {
		if err := s.PutQueueRouting(ctx, actor, r); err != nil {
			return err
		}
		return s.SetQueueNeeds(ctx, actor, r.Queue, needs[r.Queue])
	}
	if err := missing(ctx, actor, s.QueueRoutings, put, func(r QueueRouting) string { return string(r.Queue) }, seed.Routing); err != nil {
		return err
	}
	return missing(ctx, actor, s.AuxReasons, s.PutAuxReason, func(a AuxReason) string { return a.Code }, seed.AuxReasons)
}
