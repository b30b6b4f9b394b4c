package main

import (
	"reflect"
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/media/prompts"
	"github.com/callstamp/callstamp/store/postgres"
)

// aQueue has another value in every field.
func aQueue() postgres.Queue {
	return postgres.Queue{
		ID: "service", Name: "Service", Language: "vi", Answer: "on_entry", OfferTimeoutUS: 11e6, WrapUpUS: 12e6, WrapRequired: true,
		ServiceLevelUS: 13e6, ShortAbandonUS: 14e6, MaxWaitUS: 15e6, Survey: true, Active: true,
	}
}

func limited() configs.Config {
	c := configs.Default()
	c.Organisation.Language = "zh-Hant"
	c.Media.RTPSilent, c.Media.RTPTimeout = 21*time.Second, 22*time.Second
	c.Agents.ReloadGrace, c.Calls.MaxDuration = 23*time.Second, 24*time.Second
	c.Calls.ReturnAfter, c.Calls.ParkFor = 25*time.Second, 26*time.Second
	return c
}

func TestPlan(t *testing.T) {
	whole := call.Plan{
		Language: "vi", Queue: "service", Music: "music", Welcome: prompts.QueueWelcome, Survey: "csat", AnswerOn: call.OnEntry,
		OfferUS: 11e6, WrapUS: 12e6, WrapNeeded: true, TargetUS: 13e6, ShortUS: 14e6, MaxWaitUS: 15e6,
		NoAudioUS: 21e6, SilenceUS: 22e6, GraceUS: 23e6, MaxUS: 24e6, ReturnUS: 25e6, ParkUS: 26e6,
	}
	for _, row := range []struct {
		name   string
		change func(*postgres.Queue)
		want   func(*call.Plan)
	}{
		{"a whole queue", func(*postgres.Queue) {}, func(*call.Plan) {}},
		{"no survey", func(q *postgres.Queue) { q.Survey = false }, func(p *call.Plan) { p.Survey = "" }},
		{"the organisation's language", func(q *postgres.Queue) { q.Language = "" }, func(p *call.Plan) { p.Language = "zh-Hant" }},
		{"answered by the agent: nobody is welcomed before", func(q *postgres.Queue) { q.Answer = "on_agent" }, func(p *call.Plan) {
			p.AnswerOn, p.Welcome = call.OnAgent, ""
		}},
	} {
		q, want := aQueue(), whole
		row.change(&q)
		row.want(&want)
		if got := planOf(limited(), q); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", row.name, got, want)
		}
	}
}

func TestCampaignPlan(t *testing.T) {
	got := campaignPlan(limited(), postgres.Campaign{ID: "spring", RingTimeoutUS: 16e6}, aQueue())
	want := planOf(limited(), aQueue())
	want.Queue, want.Welcome, want.Campaign, want.RingUS, want.AbandonMsg = "", "", "spring", 16e6, prompts.DropSafeHarbour
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestConfigOfSurvey(t *testing.T) {
	p := &people{}
	p.now.Store(&configuration{})
	find := dialogues(configs.Survey{AnswerTimeout: 7 * time.Second, Repeats: 2}, p)
	d, ok := find("csat")
	if !ok || len(d.Questions) != 1 || d.Questions[0].Wait != 7*time.Second || d.Questions[0].Attempts != 3 {
		t.Errorf("%v, %+v", ok, d)
	}
	if _, ok := find("nothing"); ok {
		t.Error("a dialogue that is not there")
	}
}
