package api

import (
	"context"

	"github.com/callstamp/callstamp/api/wire"
)

// Surveys keeps the dialogues after calls. Errors: ErrUnknown, or a refusal that
// the manager may read.
type Surveys interface {
	Surveys(ctx context.Context) ([]wire.Survey, error)
	// PutSurvey completes the survey by what is usual and returns it.
	PutSurvey(ctx context.Context, v wire.Survey) (wire.Survey, error)
	DeleteSurvey(ctx context.Context, id string) error
	SurveyHistory(ctx context.Context, id string) ([]wire.SurveyChange, error)
	// SurveyResults counts what customers said; survey "" = all.
	SurveyResults(ctx context.Context, q Query, survey string) (wire.SurveyResults, error)
}

// SurveyRules keeps who is asked.
type SurveyRules interface {
	SurveyRules(ctx context.Context) ([]wire.SurveyRule, error)
	PutSurveyRule(ctx context.Context, r wire.SurveyRule) error
	DeleteSurveyRule(ctx context.Context, of, id string) error
}

// SurveyOptOuts keeps who does not want to be asked.
type SurveyOptOuts interface {
	SurveyOptOuts(ctx context.Context) ([]wire.SurveyOptOut, error)
	PutSurveyOptOut(ctx context.Context, o wire.SurveyOptOut) error
	DeleteSurveyOptOut(ctx context.Context, number string) error
}

// ErrRefused says why something can't be as it was asked for, in words for the
// manager.
func ErrRefused(format string, args ...any) error { return refuse(codeBadFrame, format, args...) }

// ErrNotNow says why something can't be done as things are.
func ErrNotNow(format string, args ...any) error { return refuse(codeNotNow, format, args...) }

// surveyRoutes are the part of the list that is about surveys.
func (s *Server) surveyRoutes() {
	add(s, RoleSupervisor, "GET /api/surveys", "Surveys with their questions", s.listSurveys)
	add(s, RoleManager, "PUT /api/surveys/{id}", "Create or change a survey; the next call has it", s.putSurvey)
	add(s, RoleManager, "DELETE /api/surveys/{id}", "Delete a survey that no rule names", s.deleteSurvey)
	add(s, RoleManager, "GET /api/surveys/{id}/history", "Who changed a survey, when, and how", s.surveyHistory)
	add(s, RoleSupervisor, "GET /api/survey-results", "What customers said, by question; agents, queues, campaigns, languages or days apart", s.surveyResults)
	add(s, RoleSupervisor, "GET /api/survey-rules", "Who of a queue's or campaign's customers is asked what", s.listSurveyRules)
	add(s, RoleManager, "PUT /api/survey-rules/{of}/{id}", "Set the rule of a queue or campaign; the next call has it", s.putSurveyRule)
	add(s, RoleManager, "DELETE /api/survey-rules/{of}/{id}", "Delete a rule", s.deleteSurveyRule)
	add(s, RoleManager, "GET /api/survey-optouts", "Customers who do not want to be asked", s.listSurveyOptOuts)
	add(s, RoleManager, "PUT /api/survey-optouts/{number}", "Let a customer not be asked any more", s.putSurveyOptOut)
	add(s, RoleManager, "DELETE /api/survey-optouts/{number}", "Let a customer be asked again", s.deleteSurveyOptOut)
}

type surveysOutput struct{ Body []wire.Survey }

func (s *Server) listSurveys(ctx context.Context, _ *struct{}) (*surveysOutput, error) {
	list, err := s.deps.Surveys.Surveys(ctx)
	return &surveysOutput{list}, s.failing(ctx, err)
}

// SurveyID is a survey in an address. Exported, as the others, for the library that
// reads it where it is embedded.
type SurveyID struct {
	ID string `path:"id" doc:"the survey's id"`
}

type surveyInput struct {
	SurveyID
	Body wire.Survey
}

type surveyOutput struct{ Body wire.Survey }

func (s *Server) putSurvey(ctx context.Context, in *surveyInput) (*surveyOutput, error) {
	in.Body.ID = in.ID
	v, err := s.deps.Surveys.PutSurvey(ctx, in.Body)
	return &surveyOutput{v}, s.failing(ctx, err)
}

func (s *Server) deleteSurvey(ctx context.Context, in *SurveyID) (*struct{}, error) {
	return nil, s.failing(ctx, s.deps.Surveys.DeleteSurvey(ctx, in.ID))
}

type surveyHistoryOutput struct{ Body []wire.SurveyChange }

func (s *Server) surveyHistory(ctx context.Context, in *SurveyID) (*surveyHistoryOutput, error) {
	list, err := s.deps.Surveys.SurveyHistory(ctx, in.ID)
	return &surveyHistoryOutput{list}, s.failing(ctx, err)
}

type surveyRulesOutput struct{ Body []wire.SurveyRule }

func (s *Server) listSurveyRules(ctx context.Context, _ *struct{}) (*surveyRulesOutput, error) {
	list, err := s.deps.Asking.SurveyRules(ctx)
	return &surveyRulesOutput{list}, s.failing(ctx, err)
}

// SurveyRuleID is a rule in an address.
type SurveyRuleID struct {
	Of string `path:"of" enum:"queue,campaign"`
	ID string `path:"id" doc:"of the queue or campaign"`
}

type surveyRuleInput struct {
	SurveyRuleID
	Body wire.SurveyRule
}

type surveyRuleOutput struct{ Body wire.SurveyRule }

func (s *Server) putSurveyRule(ctx context.Context, in *surveyRuleInput) (*surveyRuleOutput, error) {
	in.Body.Of, in.Body.ID = in.Of, in.ID
	return &surveyRuleOutput{in.Body}, s.failing(ctx, s.deps.Asking.PutSurveyRule(ctx, in.Body))
}

func (s *Server) deleteSurveyRule(ctx context.Context, in *SurveyRuleID) (*struct{}, error) {
	return nil, s.failing(ctx, s.deps.Asking.DeleteSurveyRule(ctx, in.Of, in.ID))
}

type surveyOptOutsOutput struct{ Body []wire.SurveyOptOut }

func (s *Server) listSurveyOptOuts(ctx context.Context, _ *struct{}) (*surveyOptOutsOutput, error) {
	list, err := s.deps.OptOuts.SurveyOptOuts(ctx)
	return &surveyOptOutsOutput{list}, s.failing(ctx, err)
}

// SurveyNumber is a customer's number in an address.
type SurveyNumber struct {
	Number string `path:"number" doc:"as calls show it: E.164 where it could be read as such"`
}

type surveyOptOutInput struct {
	SurveyNumber
	Body wire.SurveyOptOut
}

type surveyOptOutOutput struct{ Body wire.SurveyOptOut }

func (s *Server) putSurveyOptOut(ctx context.Context, in *surveyOptOutInput) (*surveyOptOutOutput, error) {
	in.Body.Number = in.Number
	return &surveyOptOutOutput{in.Body}, s.failing(ctx, s.deps.OptOuts.PutSurveyOptOut(ctx, in.Body))
}

func (s *Server) deleteSurveyOptOut(ctx context.Context, in *SurveyNumber) (*struct{}, error) {
	return nil, s.failing(ctx, s.deps.OptOuts.DeleteSurveyOptOut(ctx, in.Number))
}
