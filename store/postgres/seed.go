package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Seed is a first configuration.
type Seed struct {
	Organisation Organisation
	Users        []User
	CallerSets   []CallerSet
	Trunks       []Trunk
	Outbound     []OutboundRoute
	Queues       []Queue // with their Agents
	Surveys      []Survey
	SurveyRules  []SurveyRule
	Routes       []Route
	Hours        []Hours
	Menus        []Menu
	Doors        []Door // of queues
	Dispositions []Disposition
	Campaigns    []Campaign
	Leads        map[stamp.CampaignID][]NewLead

	Skills      []Skill
	AgentSkills map[stamp.AgentID][]stamp.Skill // of users who are new
	Routing     []QueueRouting                  // of queues that have none
	Needs       []QueueNeed                     // … by queue
	AuxReasons  []AuxReason
	Recording   []RecordingPolicy
}

// Seed stores what is not there yet and leaves what is: a second run changes
// nothing, nor does it undo what people changed since.
func (s *Store) Seed(ctx context.Context, actor Actor, seed Seed) error {
	_, err := s.Organisation(ctx)
	if errors.Is(err, ErrNotFound) {
		err = s.PutOrganisation(ctx, actor, seed.Organisation)
	}
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	users, err := s.Users(ctx) // of before
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	for _, step := range []func() error{
		func() error {
			return missing(ctx, actor, s.Users, s.PutUser, func(u User) string { return string(u.ID) }, seed.Users)
		},
		func() error {
			return missing(ctx, actor, s.CallerSets, s.PutCallerSet, func(c CallerSet) string { return c.ID }, seed.CallerSets)
		},
		func() error {
			return missing(ctx, actor, s.Trunks, s.PutTrunk, func(t Trunk) string { return string(t.ID) }, seed.Trunks)
		},
		func() error {
			return missing(ctx, actor, s.OutboundRoutes, s.PutOutboundRoute, func(r OutboundRoute) string { return r.ID }, seed.Outbound)
		},
		func() error {
			return missing(ctx, actor, s.Queues, s.putQueueWhole, func(q Queue) string { return string(q.ID) }, seed.Queues)
		},
		func() error {
			return missing(ctx, actor, s.Surveys, s.PutSurvey, func(v Survey) string { return v.ID }, seed.Surveys)
		},
		func() error {
			return missing(ctx, actor, s.SurveyRules, s.PutSurveyRule, func(r SurveyRule) string { return r.ID }, seed.SurveyRules)
		},
		func() error {
			return missing(ctx, actor, s.Routes, s.PutRoute, func(r Route) string { return r.ID }, seed.Routes)
		},
		func() error {
			return missing(ctx, actor, s.Hours, s.PutHours, func(h Hours) string { return h.ID }, seed.Hours)
		},
		func() error {
			return missing(ctx, actor, s.Menus, s.PutMenu, func(m Menu) string { return m.ID }, seed.Menus)
		},
		func() error {
			return missing(ctx, actor, s.Doors, s.PutDoor, func(d Door) string { return string(d.Queue) }, seed.Doors)
		},
		func() error {
			return missing(ctx, actor, s.RecordingPolicies, s.PutRecordingPolicy, func(p RecordingPolicy) string { return p.ID }, seed.Recording)
		},
		func() error {
			return missing(ctx, actor, s.Dispositions, s.PutDisposition, func(d Disposition) string { return d.Code }, seed.Dispositions)
		},
		func() error {
			return missing(ctx, actor, s.Campaigns, s.PutCampaign, func(c Campaign) string { return string(c.ID) }, seed.Campaigns)
		},
	} {
		if err := step(); err != nil {
			return fmt.Errorf("seed: %w", err)
		}
	}
	if err := s.seedRouting(ctx, actor, seed, users); err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	for campaign, leads := range seed.Leads {
		if _, err := s.ImportLeads(ctx, campaign, leads); err != nil {
			return fmt.Errorf("seed campaign %s: %w", campaign, err)
		}
	}
	return nil
}

func (s *Store) putQueueWhole(ctx context.Context, actor Actor, q Queue) error {
	if err := s.PutQueue(ctx, actor, q); err != nil {
		return err
	}
	return s.SetQueueAgents(ctx, actor, q.ID, q.Agents)
}

// missing puts those of wanted whose key have does not return.
func missing[T any](ctx context.Context, actor Actor, have func(context.Context) ([]T, error),
	put func(context.Context, Actor, T) error, key func(T) string, wanted []T,
) error {
	found, err := have(ctx)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, row := range found {
		there[key(row)] = true
	}
	for _, row := range wanted {
		if there[key(row)] {
			continue
		}
		if err := put(ctx, actor, row); err != nil {
			return err
		}
	}
	return nil
}
