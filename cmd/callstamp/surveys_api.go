package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// surveys keeps surveys, rules and opt-outs (api.Surveys, api.SurveyRules,
// api.SurveyOptOuts). What it stores is in force when it returns, here; on
// another node a moment later.
type surveys struct {
	people  *people
	records *postgres.Reader
	names   names
}

var (
	_ api.Surveys       = (*surveys)(nil)
	_ api.SurveyRules   = (*surveys)(nil)
	_ api.SurveyOptOuts = (*surveys)(nil)
)

func newSurveys(store *postgres.Store, p *people) *surveys {
	return &surveys{people: p, records: store.Reader(), names: labels{p}}
}

// Surveys implements api.Surveys.
func (s *surveys) Surveys(ctx context.Context) ([]wire.Survey, error) {
	rows, err := s.records.Surveys(ctx)
	if err != nil {
		return nil, err
	}
	all := []wire.Survey{}
	for _, row := range rows {
		form, err := formOf(row)
		if err != nil {
			return nil, err
		}
		all = append(all, form)
	}
	return all, nil
}

// PutSurvey implements api.Surveys.
func (s *surveys) PutSurvey(ctx context.Context, v wire.Survey) (wire.Survey, error) {
	v = complete(v)
	if wrong := checkSurvey(v, s.people.sounds.Has); wrong != "" {
		return v, api.ErrRefused("The survey was not stored: %s.", wrong)
	}
	row, err := rowOf(v)
	if err != nil {
		return v, err
	}
	return v, s.changed(ctx, s.records.PutSurvey(ctx, actor(ctx), row))
}

// rowOf is the survey as it is stored.
func rowOf(v wire.Survey) (postgres.Survey, error) {
	form, err := json.Marshal(v)
	if err != nil {
		return postgres.Survey{}, fmt.Errorf("write survey %s: %w", v.ID, err)
	}
	return postgres.Survey{ID: v.ID, Name: v.Name, Form: form}, nil
}

// DeleteSurvey implements api.Surveys.
func (s *surveys) DeleteSurvey(ctx context.Context, id string) error {
	if id == usualSurvey {
		return api.ErrNotNow("The survey csat is that of queues without a rule; it can be changed, not deleted.")
	}
	err := s.records.DeleteSurvey(ctx, actor(ctx), id)
	if errors.Is(err, postgres.ErrInUse) {
		return api.ErrNotNow("A rule names the survey %s; change or delete the rule first.", id)
	}
	return s.changed(ctx, unknown(err, "survey", id))
}

// SurveyHistory implements api.Surveys.
func (s *surveys) SurveyHistory(ctx context.Context, id string) ([]wire.SurveyChange, error) {
	const most = 200
	changes, err := s.records.History(ctx, "surveys", id, most)
	if err != nil {
		return nil, err
	}
	list := []wire.SurveyChange{}
	for _, c := range changes {
		list = append(list, wire.SurveyChange{At: c.At.UnixMicro(), Actor: string(c.Actor), Kind: c.Kind, ID: c.Object, Old: anyOf(c.Old), New: anyOf(c.New)})
	}
	return list, nil
}

// anyOf is a JSON value, nil for none.
func anyOf(raw json.RawMessage) any {
	if len(raw) == 0 {
		return nil
	}
	return raw
}

// SurveyRules implements api.SurveyRules.
func (s *surveys) SurveyRules(ctx context.Context) ([]wire.SurveyRule, error) {
	rows, err := s.records.SurveyRules(ctx)
	if err != nil {
		return nil, err
	}
	list := []wire.SurveyRule{}
	for _, r := range rows {
		of, id, _ := strings.Cut(r.ID, "/")
		list = append(list, wire.SurveyRule{
			Of: of, ID: id, Survey: r.Survey, Active: r.Active, Share: r.Share, SpacingDays: r.SpacingDays, NewDays: r.NewDays, NewCalls: r.NewCalls,
		})
	}
	return list, nil
}

// PutSurveyRule implements api.SurveyRules.
func (s *surveys) PutSurveyRule(ctx context.Context, r wire.SurveyRule) error {
	now := s.people.now.Load()
	_, queue := now.queues[stamp.QueueID(r.ID)]
	_, campaign := now.campaigns[stamp.CampaignID(r.ID)]
	if r.Of == "queue" && !queue || r.Of == "campaign" && !campaign {
		return api.ErrUnknown(r.Of, r.ID)
	}
	rows, err := s.records.Surveys(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(rows, func(row postgres.Survey) bool { return row.ID == r.Survey }) {
		return api.ErrUnknown("survey", r.Survey)
	}
	return s.changed(ctx, s.records.PutSurveyRule(ctx, actor(ctx), postgres.SurveyRule{
		ID: r.Of + "/" + r.ID, Survey: r.Survey, Active: r.Active, Share: r.Share, SpacingDays: r.SpacingDays, NewDays: r.NewDays, NewCalls: r.NewCalls,
	}))
}

// DeleteSurveyRule implements api.SurveyRules.
func (s *surveys) DeleteSurveyRule(ctx context.Context, of, id string) error {
	return s.changed(ctx, unknown(s.records.DeleteSurveyRule(ctx, actor(ctx), of+"/"+id), "rule of "+of, id))
}

// SurveyOptOuts implements api.SurveyOptOuts.
func (s *surveys) SurveyOptOuts(ctx context.Context) ([]wire.SurveyOptOut, error) {
	rows, err := s.records.SurveyOptOuts(ctx)
	if err != nil {
		return nil, err
	}
	list := []wire.SurveyOptOut{}
	for _, o := range rows {
		list = append(list, wire.SurveyOptOut{Number: o.Number, Reason: o.Reason, Added: o.AddedAt.UnixMicro()})
	}
	return list, nil
}

// PutSurveyOptOut implements api.SurveyOptOuts.
func (s *surveys) PutSurveyOptOut(ctx context.Context, o wire.SurveyOptOut) error {
	return s.changed(ctx, s.records.PutSurveyOptOut(ctx, actor(ctx), postgres.SurveyOptOut{Number: o.Number, Reason: o.Reason}))
}

// DeleteSurveyOptOut implements api.SurveyOptOuts.
func (s *surveys) DeleteSurveyOptOut(ctx context.Context, number string) error {
	return s.changed(ctx, unknown(s.records.DeleteSurveyOptOut(ctx, actor(ctx), number), "opt-out of", number))
}

// changed reads the configuration anew after a change that was made.
func (s *surveys) changed(ctx context.Context, err error) error {
	if err != nil {
		return err
	}
	return s.people.load(ctx)
}

func actor(ctx context.Context) postgres.Actor { return postgres.Actor(api.Who(ctx)) }
