package api

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/callstamp/callstamp/api/wire"
)

// survey keeps what it was last given.
type survey struct {
	put    wire.Survey
	rule   wire.SurveyRule
	optOut wire.SurveyOptOut
	gone   string
	asked  Query
	only   string
}

func (s *survey) Surveys(context.Context) ([]wire.Survey, error) {
	return []wire.Survey{{ID: "csat"}}, nil
}

func (s *survey) PutSurvey(_ context.Context, v wire.Survey) (wire.Survey, error) {
	s.put = v
	if len(v.Questions) == 0 {
		return v, ErrRefused("The survey was not stored: %s.", "it asks nothing")
	}
	return v, nil
}

func (s *survey) DeleteSurvey(_ context.Context, id string) error {
	s.gone = id
	return ErrNotNow("A rule names the survey %s; change or delete the rule first.", id)
}

func (s *survey) SurveyHistory(_ context.Context, id string) ([]wire.SurveyChange, error) {
	return []wire.SurveyChange{{ID: id, Actor: "boss"}}, nil
}

func (s *survey) SurveyResults(_ context.Context, q Query, survey string) (wire.SurveyResults, error) {
	s.asked, s.only = q, survey
	return wire.SurveyResults{Group: q.Group}, nil
}

func (s *survey) SurveyRules(context.Context) ([]wire.SurveyRule, error) {
	return []wire.SurveyRule{s.rule}, nil
}

func (s *survey) PutSurveyRule(_ context.Context, r wire.SurveyRule) error {
	s.rule = r
	return nil
}

func (s *survey) DeleteSurveyRule(_ context.Context, of, id string) error { return ErrUnknown(of, id) }

func (s *survey) SurveyOptOuts(context.Context) ([]wire.SurveyOptOut, error) { return nil, nil }

func (s *survey) PutSurveyOptOut(_ context.Context, o wire.SurveyOptOut) error {
	s.optOut = o
	return nil
}

func (s *survey) DeleteSurveyOptOut(_ context.Context, number string) error {
	s.gone = number
	return nil
}

// What a manager sends reaches the keeper of the surveys under the address's
// name, and what the keeper refuses reaches the manager in words.
func TestSurveysOverHTTP(t *testing.T) {
	keeper := &survey{}
	h := open(t, func(d *Deps) { d.Surveys, d.Asking, d.OptOuts = keeper, keeper, keeper })
	manager := h.login(RoleManager)
	form := wire.Survey{ID: "another", Name: "Service", Languages: []string{"en"}, Questions: []wire.SurveyQuestion{{ID: "csat", Type: "csat"}}}
	var back wire.Survey
	read(t, h.request(http.MethodPut, "/api/surveys/service", manager, form), &back)
	if keeper.put.ID != "service" || back.ID != "service" || back.Questions[0].Type != "csat" {
		t.Errorf("stored %+v, answered %+v", keeper.put, back)
	}
	form.Questions = []wire.SurveyQuestion{}
	if a := h.request(http.MethodPut, "/api/surveys/service", manager, form); a.StatusCode != http.StatusBadRequest {
		t.Errorf("a survey that asks nothing: %s", a.Status)
	}
	if a := h.request(http.MethodDelete, "/api/surveys/service", manager, nil); a.StatusCode != http.StatusConflict || keeper.gone != "service" {
		t.Errorf("a survey in use: %s, %q", a.Status, keeper.gone)
	}
	rule := wire.SurveyRule{Of: "campaign", ID: "x", Survey: "service", Active: true, Share: 50, SpacingDays: 90}
	var ruled wire.SurveyRule
	read(t, h.request(http.MethodPut, "/api/survey-rules/queue/care", manager, rule), &ruled)
	if keeper.rule.Of != "queue" || keeper.rule.ID != "care" || keeper.rule.Share != 50 || ruled != keeper.rule {
		t.Errorf("ruled %+v", keeper.rule)
	}
	rule.Share = 101
	if a := h.request(http.MethodPut, "/api/survey-rules/queue/care", manager, rule); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("101 percent: %s", a.Status)
	}
	if a := h.request(http.MethodDelete, "/api/survey-rules/queue/nowhere", manager, nil); a.StatusCode != http.StatusNotFound {
		t.Errorf("a rule that is not there: %s", a.Status)
	}
	number := url.PathEscape("+84901234567")
	var out wire.SurveyOptOut
	read(t, h.request(http.MethodPut, "/api/survey-optouts/"+number, manager, wire.SurveyOptOut{Number: "x", Reason: "asked not to be"}), &out)
	if keeper.optOut.Number != "+84901234567" || out.Reason != "asked not to be" {
		t.Errorf("opted out %+v", keeper.optOut)
	}
	if a := h.request(http.MethodDelete, "/api/survey-optouts/"+number, manager, nil); a.StatusCode >= 300 || keeper.gone != "+84901234567" {
		t.Errorf("%s, %q", a.Status, keeper.gone)
	}
	var results wire.SurveyResults
	read(t, h.request(http.MethodGet, "/api/survey-results?group=agent&key=lan&survey=service", manager, nil), &results)
	if results.Group != "agent" || keeper.asked.Key != "lan" || keeper.only != "service" || keeper.asked.From.IsZero() {
		t.Errorf("asked for %+v of %q", keeper.asked, keeper.only)
	}
}
