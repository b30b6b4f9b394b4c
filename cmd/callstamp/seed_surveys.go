package main

import (
	"fmt"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call/ivr"
	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/media/prompts"
	"github.com/callstamp/callstamp/store/postgres"
)

// seedSurveys adds the survey that every organisation begins with, those of the
// seed, and the rules of its queues.
func seedSurveys(s *postgres.Seed, c configs.Seed) error {
	forms := []wire.Survey{{
		ID: usualSurvey, Name: "CSAT", Questions: []wire.SurveyQuestion{{ID: ivr.CSAT}}, Thanks: ivr.PromptThanks,
	}}
	for _, v := range c.Surveys {
		form := wire.Survey{ID: slug(v.Name), Name: v.Name}
		if v.Opening {
			form.Opening = &wire.SurveyOpening{}
		}
		for _, kind := range v.Questions {
			form.Questions = append(form.Questions, wire.SurveyQuestion{ID: kind, Type: kind})
		}
		forms = append(forms, form)
	}
	for _, form := range forms {
		form = complete(form)
		if wrong := checkSurvey(form, prompts.Has); wrong != "" {
			return fmt.Errorf("seed survey %s: %s", form.Name, wrong)
		}
		row, err := rowOf(form)
		if err != nil {
			return err
		}
		s.Surveys = append(s.Surveys, row)
	}
	for _, q := range c.Queues {
		if q.Ask == (configs.SeedAsk{}) {
			continue
		}
		name := usualSurvey
		if q.Ask.Survey != "" {
			name = slug(q.Ask.Survey)
		}
		s.SurveyRules = append(s.SurveyRules, postgres.SurveyRule{
			ID: "queue/" + slug(q.Name), Survey: name, Active: q.Survey, Share: 100 - q.Ask.Spare,
			SpacingDays: days(q.Ask.Spacing), NewDays: days(q.Ask.NewFor), NewCalls: q.Ask.NewCalls,
		})
	}
	return nil
}

func days(d time.Duration) int { return int(d / (24 * time.Hour)) }
