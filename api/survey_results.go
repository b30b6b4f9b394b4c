package api

import (
	"context"
	"time"

	"github.com/callstamp/callstamp/api/wire"
)

// SurveyResultsInput is the range of survey results. Exported for the library
// that reads it.
type SurveyResultsInput struct {
	From   time.Time `query:"from" doc:"start of the range, RFC 3339; default: the start of today in the zone"`
	To     time.Time `query:"to" doc:"end of the range, exclusive; default: now"`
	Zone   string    `query:"zone" doc:"IANA time zone of days; default: the organisation's"`
	Group  string    `query:"group" enum:"none,queue,agent,campaign,survey,language,day" default:"none"`
	Key    string    `query:"key" doc:"of a queue, agent or campaign: only that one"`
	Survey string    `query:"survey" doc:"only this survey"`
}

type surveyResultsOutput struct{ Body wire.SurveyResults }

func (s *Server) surveyResults(ctx context.Context, in *SurveyResultsInput) (*surveyResultsOutput, error) {
	q, err := s.resolve(ctx, QueryInput{From: in.From, To: in.To, Zone: in.Zone, Group: in.Group, Key: in.Key})
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	r, err := s.deps.Surveys.SurveyResults(ctx, q, in.Survey)
	return &surveyResultsOutput{r}, s.failing(ctx, err)
}

// failing is fail for what may have succeeded.
func (s *Server) failing(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	return s.fail(ctx, err)
}
