package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/ivr"
	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media/prompts"
	"github.com/callstamp/callstamp/store/postgres"
)

// usualSurvey is the survey of a queue without a rule.
const usualSurvey = "csat"

// surveying is what people configured of surveys: a part of configuration.
type surveying struct {
	forms     map[string]wire.Survey
	dialogues map[string]ivr.Dialogue
	rules     map[string]postgres.SurveyRule // by id, "queue/service"
	optOuts   map[string]bool                // by number
	looks     bool                           // some rule needs to know the customer
}

func loadSurveys(ctx context.Context, store *postgres.Store) (surveying, error) {
	s := surveying{
		forms: map[string]wire.Survey{}, dialogues: map[string]ivr.Dialogue{}, rules: map[string]postgres.SurveyRule{}, optOuts: map[string]bool{},
	}
	surveys, err1 := store.Surveys(ctx)
	rules, err2 := store.SurveyRules(ctx)
	optOuts, err3 := store.SurveyOptOuts(ctx)
	if err := errors.Join(err1, err2, err3); err != nil {
		return s, err
	}
	for _, row := range surveys {
		form, err := formOf(row)
		if err != nil {
			return s, err
		}
		s.forms[row.ID], s.dialogues[row.ID] = form, dialogueOf(form)
	}
	for _, r := range rules {
		s.rules[r.ID] = r
		s.looks = s.looks || r.Active && r.SpacingDays+r.NewDays+r.NewCalls > 0
	}
	for _, o := range optOuts {
		s.optOuts[o.Number] = true
	}
	return s, nil
}

// formOf reads a survey as it is stored.
func formOf(row postgres.Survey) (wire.Survey, error) {
	var form wire.Survey
	if err := json.Unmarshal(row.Form, &form); err != nil {
		return form, fmt.Errorf("read survey %s: %w", row.ID, err)
	}
	form.ID, form.Name = row.ID, row.Name
	return form, nil
}

// dialogue finds what a plan names: what people configured, else what every
// installation has.
func (s *surveying) dialogue(name string) (ivr.Dialogue, bool) {
	if d, ok := s.dialogues[name]; ok {
		return d, true
	}
	return ivr.ByName(name)
}

// dialogues are those of this moment, with the configured patience.
func dialogues(c configs.Survey, p *people) func(name string) (ivr.Dialogue, bool) {
	return func(name string) (ivr.Dialogue, bool) {
		d, ok := p.now.Load().surveys.dialogue(name)
		return d.Patient(c.AnswerTimeout, c.Repeats), ok
	}
}

// lay puts into the plan who is asked what: by the campaign's rule, else by the
// queue's, else by the queue's flag.
func (s *surveying) lay(p *call.Plan, q postgres.Queue, campaign stamp.CampaignID) {
	r, ok := s.rules["campaign/"+string(campaign)]
	if !ok || campaign == "" {
		if r, ok = s.rules["queue/"+string(q.ID)]; !ok {
			r = postgres.SurveyRule{Survey: usualSurvey, Active: q.Survey, Share: 100}
		}
	}
	const day = int64(24 * time.Hour / time.Microsecond)
	p.Survey, p.Ask = r.Survey, call.SurveyRule{
		Off: !r.Active, Skip: 100 - r.Share, SpacingUS: int64(r.SpacingDays) * day, NewUS: int64(r.NewDays) * day, NewCalls: r.NewCalls,
	}
	if p.Ask.Off {
		p.Survey = ""
		return
	}
	if d, ok := s.dialogue(r.Survey); ok {
		p.Ask.Language = d.Language(p.Language)
	}
}

// complete fills in what is usual and was left out.
func complete(v wire.Survey) wire.Survey {
	v.Thanks = cmp.Or(v.Thanks, "survey-thanks")
	if len(v.Languages) == 0 {
		v.Languages = prompts.Languages()
	}
	if v.Opening != nil {
		o := *v.Opening
		o.Ask, o.Again = cmp.Or(o.Ask, "survey-opening"), cmp.Or(o.Again, "survey-opening-again")
		v.Opening = &o
	}
	questions := make([]wire.SurveyQuestion, len(v.Questions))
	for i, q := range v.Questions {
		questions[i] = completeQuestion(q)
	}
	v.Questions = questions
	return v
}

func completeQuestion(q wire.SurveyQuestion) wire.SurveyQuestion {
	q.Type = cmp.Or(q.Type, q.ID)
	usual := ivr.Usual(q.Type)
	q.Ask = cmp.Or(q.Ask, usual.Ask)
	if q.Low == 0 && q.High == 0 {
		q.Low, q.High = usual.Low, usual.High
	}
	same := q.Low == usual.Low && q.High == usual.High
	if same {
		q.Again = cmp.Or(q.Again, usual.Again)
	}
	if q.Good == nil && same && q.Type != ivr.Voice {
		q.Good = &wire.SurveyRange{Low: usual.Good.Low, High: usual.Good.High}
		if q.Neutral == nil && usual.Neutral.Low <= usual.Neutral.High {
			q.Neutral = &wire.SurveyRange{Low: usual.Neutral.Low, High: usual.Neutral.High}
		}
	}
	if q.Bands == nil {
		q.Bands = usualBands(q.Type)
	}
	return q
}

// usualBands are the handbook's: 70 and 80 per cent; a net promoter score is
// good above 50 and bad below 0; ease is a mean of five.
func usualBands(kind string) *wire.SurveyBands {
	switch kind {
	case ivr.Voice:
		return nil
	case ivr.NPS:
		return &wire.SurveyBands{Below: 0, Above: 50}
	case ivr.Effort:
		return &wire.SurveyBands{Below: 3, Above: 4}
	}
	return &wire.SurveyBands{Below: 70, Above: 80}
}

// dialogueOf turns what people see into what is run.
func dialogueOf(v wire.Survey) ivr.Dialogue {
	d := ivr.Dialogue{Name: v.ID, Thanks: v.Thanks, Languages: v.Languages}
	if o := v.Opening; o != nil {
		d.Opening = &ivr.Opening{Ask: o.Ask, Again: o.Again, Wait: us(o.WaitUS), Attempts: o.Attempts}
	}
	for _, q := range v.Questions {
		own := ivr.Question{
			ID: q.ID, Type: q.Type, Ask: q.Ask, Again: q.Again, Low: q.Low, High: q.High, Wait: us(q.WaitUS), Attempts: q.Attempts,
			About: call.About(q.About), Good: rangeOf(q.Good), Neutral: rangeOf(q.Neutral),
		}
		for _, j := range q.Next {
			own.Next = append(own.Next, ivr.Jump{Range: ivr.Range{Low: j.Low, High: j.High}, To: j.To})
		}
		d.Questions = append(d.Questions, own)
	}
	return d
}

func us(n int64) time.Duration { return time.Duration(n) * time.Microsecond }

func rangeOf(r *wire.SurveyRange) ivr.Range {
	if r == nil {
		return ivr.None()
	}
	return ivr.Range{Low: r.Low, High: r.High}
}

// checkSurvey says everything that is wrong with a survey, "" for nothing. has
// says which prompts there are.
func checkSurvey(v wire.Survey, has func(language, prompt string) bool) string {
	var wrong []string
	if v.ID == "" || slug(v.ID) != strings.ReplaceAll(v.ID, "_", "-") {
		wrong = append(wrong, fmt.Sprintf("the id %q can't stand in an address; write small letters, digits and -", v.ID))
	}
	if strings.TrimSpace(v.Name) == "" {
		wrong = append(wrong, "the survey has no name by which people know it")
	}
	for i, q := range v.Questions {
		if b := q.Bands; b != nil && b.Below > b.Above {
			wrong = append(wrong, fmt.Sprintf("question %d (%s): its scores are bad below %g and good above %g; let the second not be lower", i+1, q.ID, b.Below, b.Above))
		}
	}
	if err := dialogueOf(v).Check(has); err != nil {
		wrong = append(wrong, strings.Split(err.Error(), "\n")...)
	}
	return strings.Join(wrong, "; ")
}
