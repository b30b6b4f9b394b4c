package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/ivr"
	"github.com/callstamp/callstamp/media/prompts"
	"github.com/callstamp/callstamp/store/postgres"
)

func TestLaySurvey(t *testing.T) {
	const day = int64(86_400_000_000)
	s := surveying{
		dialogues: map[string]ivr.Dialogue{"service": {Languages: []string{"vi", "en"}}},
		rules: map[string]postgres.SurveyRule{
			"queue/care":      {Survey: "service", Active: true, Share: 40, SpacingDays: 90, NewDays: 7, NewCalls: 1},
			"queue/quiet":     {Survey: "service", Share: 100},
			"campaign/spring": {Survey: "csat", Active: true, Share: 100},
		},
	}
	asks := postgres.Queue{ID: "other", Survey: true}
	for _, c := range []struct {
		name     string
		queue    postgres.Queue
		campaign string
		survey   string
		ask      call.SurveyRule
	}{
		{"a queue's rule", postgres.Queue{ID: "care"}, "", "service", call.SurveyRule{Language: "vi", Skip: 60, SpacingUS: 90 * day, NewUS: 7 * day, NewCalls: 1}},
		{"a rule that asks nobody", postgres.Queue{ID: "quiet", Survey: true}, "", "", call.SurveyRule{Off: true}},
		{"no rule, but the queue's flag", asks, "", "csat", call.SurveyRule{Language: "zh-Hant"}},
		{"neither", postgres.Queue{ID: "other"}, "", "", call.SurveyRule{Off: true}},
		{"a campaign's rule before its queue's", postgres.Queue{ID: "care"}, "spring", "csat", call.SurveyRule{Language: "zh-Hant"}},
		{"a campaign without one", postgres.Queue{ID: "care"}, "autumn", "service", call.SurveyRule{Language: "vi", Skip: 60, SpacingUS: 90 * day, NewUS: 7 * day, NewCalls: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := call.Plan{Language: "zh-Hant"}
			s.lay(&p, c.queue, "")
			if c.campaign != "" {
				s.lay(&p, c.queue, "autumn")
				if c.campaign == "spring" {
					s.lay(&p, c.queue, "spring")
				}
			}
			if p.Survey != c.survey || !reflect.DeepEqual(p.Ask, c.ask) {
				t.Errorf("asks %q by %+v, want %q by %+v", p.Survey, p.Ask, c.survey, c.ask)
			}
		})
	}
}

// What is left out is what is usual for the type, and the whole is sound.
func TestCompleteSurvey(t *testing.T) {
	v := wire.Survey{ID: "all", Name: "All", Opening: &wire.SurveyOpening{}}
	for _, kind := range ivr.Types() {
		v.Questions = append(v.Questions, wire.SurveyQuestion{ID: kind})
	}
	got := complete(v)
	if wrong := checkSurvey(got, prompts.Has); wrong != "" {
		t.Error(wrong)
	}
	nps := got.Questions[1]
	if nps.Type != "nps" || nps.High != 10 || *nps.Good != (wire.SurveyRange{Low: 9, High: 10}) || *nps.Neutral != (wire.SurveyRange{Low: 7, High: 8}) || nps.Ask != "survey-nps" {
		t.Errorf("%+v", nps)
	}
	if !reflect.DeepEqual(complete(got), got) {
		t.Error("completing it again changes it")
	}
	for _, q := range dialogueOf(got).Questions {
		usual := ivr.Usual(q.ID)
		if !reflect.DeepEqual(q, usual) {
			t.Errorf("%s becomes %+v, usual is %+v", q.ID, q, usual)
		}
		for _, name := range []string{q.Ask, q.Again} {
			if name != "" && !prompts.Has("vi", name) {
				t.Errorf("there is no prompt %s", name)
			}
		}
	}
}

func TestSurveysAreRefusedInWords(t *testing.T) {
	q := wire.SurveyQuestion{ID: "csat"}
	for want, v := range map[string]wire.Survey{
		`the id "Ask us" can't stand in an address`: {ID: "Ask us", Name: "x", Questions: []wire.SurveyQuestion{q}},
		"the survey has no name":                    {ID: "a", Questions: []wire.SurveyQuestion{q}},
		"0 questions":                               {ID: "a", Name: "x"},
		`does not exist in fr`:                      {ID: "a", Name: "x", Languages: []string{"fr"}, Questions: []wire.SurveyQuestion{q}},
		"bad below 80 and good above 70":            {ID: "a", Name: "x", Questions: []wire.SurveyQuestion{{ID: "csat", Bands: &wire.SurveyBands{Below: 80, Above: 70}}}},
		"asked again has no prompt":                 {ID: "a", Name: "x", Questions: []wire.SurveyQuestion{{ID: "csat", Low: 1, High: 3, Good: &wire.SurveyRange{Low: 3, High: 3}}}},
		"no answer counts as good":                  {ID: "a", Name: "x", Questions: []wire.SurveyQuestion{{ID: "csat", Low: 1, High: 3}}},
	} {
		if got := checkSurvey(complete(v), prompts.Has); !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The limits themselves are acceptable.
func TestBand(t *testing.T) {
	b := &wire.SurveyBands{Below: 70, Above: 80}
	for v, want := range map[float64]string{0: "bad", 69.99: "bad", 70: "ok", 80: "ok", 80.01: "good"} {
		if got := band(&v, b); got != want {
			t.Errorf("%g is %s, want %s", v, got, want)
		}
	}
	if band(nil, b) != "" {
		t.Error("nothing has a band")
	}
}
