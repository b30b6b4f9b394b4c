package postgres_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

func TestSurveysAreKept(t *testing.T) {
	t.Parallel()
	store := fresh(t)
	ctx := t.Context()
	v := postgres.Survey{ID: "service", Name: "Service", Form: json.RawMessage(`{"id": "service", "questions": []}`)}
	rule := postgres.SurveyRule{ID: "queue/care", Survey: "service", Active: true, Share: 40, SpacingDays: 90, NewDays: 7, NewCalls: 1}
	did(t, store.PutSurvey(ctx, "boss", v))
	did(t, store.PutSurveyRule(ctx, "boss", rule))
	did(t, store.PutSurveyOptOut(ctx, "boss", postgres.SurveyOptOut{Number: "+849", Reason: "wishes so"}))
	v.Name = "Service 2"
	did(t, store.PutSurvey(ctx, "chief", v))
	surveys, err := store.Surveys(ctx)
	if err != nil || len(surveys) != 1 || surveys[0].Name != "Service 2" || string(surveys[0].Form) != string(v.Form) {
		t.Errorf("%+v, %v", surveys, err)
	}
	rules, err := store.SurveyRules(ctx)
	if err != nil || len(rules) != 1 || rules[0] != rule {
		t.Errorf("%+v, %v", rules, err)
	}
	out, err := store.SurveyOptOuts(ctx)
	if err != nil || len(out) != 1 || out[0].Number != "+849" || out[0].AddedAt.IsZero() {
		t.Errorf("%+v, %v", out, err)
	}
	history, err := store.History(ctx, "surveys", "service", 10)
	if err != nil || len(history) != 2 || history[0].Actor != "chief" || history[1].Old != nil {
		t.Errorf("%+v, %v", history, err)
	}
	if told, err := store.History(ctx, "survey_optouts", "", 10); err != nil || len(told) != 0 {
		t.Errorf("a number stands in the history: %+v, %v", told, err)
	}
	if err := store.DeleteSurvey(ctx, "boss", "service"); !errors.Is(err, postgres.ErrInUse) {
		t.Errorf("a survey that a rule names: %v", err)
	}
	did(t, store.DeleteSurveyRule(ctx, "boss", "queue/care"))
	did(t, store.DeleteSurvey(ctx, "boss", "service"))
	did(t, store.DeleteSurveyOptOut(ctx, "boss", "+849"))
	for name, err := range map[string]error{
		"survey": store.DeleteSurvey(ctx, "boss", "service"), "rule": store.DeleteSurveyRule(ctx, "boss", "queue/care"),
		"opt-out": store.DeleteSurveyOptOut(ctx, "boss", "+849"),
	} {
		if !errors.Is(err, postgres.ErrNotFound) {
			t.Errorf("a %s that is not there: %v", name, err)
		}
	}
}

// What is said of surveys by question is what the counters say, whatever the
// range and the group.
func TestSurveyEventsAreTheFigures(t *testing.T) {
	t.Parallel()
	store := booked(t, someDay(60))
	first := query[int64](t, store.DSN(), `SELECT min(due_at) FROM records.survey_runs`)[0]
	last := query[int64](t, store.DSN(), `SELECT max(ended_at) FROM records.survey_runs`)[0]
	for name, until := range map[string]int64{"the whole day": last + stamp.BucketUS, "a part of it": (first + last) / 2} {
		from, to := stamp.BucketAt(first), stamp.BucketAt(until)
		for _, kind := range []kpi.DimKind{kpi.DimOrg, kpi.DimQueue, kpi.DimAgent, kpi.DimCampaign} {
			s := postgres.SurveySelection{Selection: postgres.Selection{From: from, Until: to, Dim: kpi.Dim{Kind: kind}}, Group: string(kind)}
			got := map[string]map[kpi.Metric]int64{}
			events, err := store.Reader().SurveyEvents(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				if kind == kpi.DimOrg {
					e.Key = string(store.Org())
				}
				if got[e.Key] == nil {
					got[e.Key] = map[kpi.Metric]int64{}
				}
				for m, v := range metrics(e) {
					got[e.Key][m] += v
				}
			}
			account, err := store.Reader().Account(t.Context(), s.Selection)
			if err != nil {
				t.Fatal(err)
			}
			seen := 0
			for _, row := range account.Rows {
				if _, ours := got[row.Dim.ID][row.Metric]; !ours {
					continue
				}
				seen++
				got[row.Dim.ID][row.Metric] -= row.Value
			}
			for key, left := range got {
				for m, v := range left {
					if v != 0 && key != "" {
						t.Errorf("%s, %s %s: %s differs by %d", name, kind, key, m, v)
					}
				}
			}
			if name == "the whole day" && seen < 3 {
				t.Errorf("by %s only %d figures were compared", kind, seen)
			}
		}
	}
}

// metrics are the counters that an event belongs to.
func metrics(e postgres.SurveyEvent) map[kpi.Metric]int64 {
	k := kpi.Metric(e.Type)
	if e.Question == "" {
		switch e.What {
		case "offered":
			return map[kpi.Metric]int64{kpi.MSurveyOffered: e.N}
		case "asked":
			return map[kpi.Metric]int64{kpi.MAsked: e.N}
		case "responded":
			return map[kpi.Metric]int64{kpi.MResponded: e.N}
		case "silent":
			return map[kpi.Metric]int64{kpi.MSilent + kpi.Metric(e.Word): e.N}
		}
		return nil
	}
	switch e.What {
	case "asked":
		return map[kpi.Metric]int64{kpi.MPut + k: e.N}
	case "silent":
		return map[kpi.Metric]int64{kpi.MAnswerSilent + k + "." + kpi.Metric(e.Word): e.N}
	}
	m := map[kpi.Metric]int64{kpi.MValid + k: e.N, kpi.MPoints + k: e.Points}
	if e.Word == string(stamp.AnswerGood) {
		m[kpi.MGood+k] = e.N
	}
	return m
}

// The past of a customer is that of the number, whoever it was called by, but
// for the call itself.
func TestKnownOfACustomer(t *testing.T) {
	t.Parallel()
	store := booked(t, someDay(60))
	ctx := t.Context()
	sql(t, store.DSN(), `INSERT INTO parties (organisation_id, id, number) SELECT organisation_id, party, '+8490' FROM records.calls WHERE party <> '' ON CONFLICT (organisation_id, id) DO UPDATE SET number = '+8490'`)
	calls := query[int64](t, store.DSN(), `SELECT count(*) FROM records.calls WHERE party <> ''`)[0]
	since := query[int64](t, store.DSN(), `SELECT min(arrived_at) FROM records.calls WHERE party <> ''`)[0]
	asked := query[int64](t, store.DSN(), `SELECT max(offered_at) FROM records.survey_runs JOIN records.calls USING (organisation_id, call) WHERE party <> ''`)[0]
	known, err := store.KnownOf(ctx, "+8490", "")
	if err != nil || int64(known.Calls) != calls || known.Since != since || known.Asked != asked || asked == 0 {
		t.Errorf("%+v, want %d calls since %d, asked at %d; %v", known, calls, since, asked, err)
	}
	one := query[string](t, store.DSN(), `SELECT call FROM records.calls WHERE party <> '' ORDER BY arrived_at LIMIT 1`)[0]
	if less, err := store.KnownOf(ctx, "+8490", stamp.ID(one)); err != nil || less.Calls != known.Calls-1 || less.Since <= since {
		t.Errorf("without its first call: %+v, %v", less, err)
	}
	for _, number := range []string{"", "+8491"} {
		if none, err := store.KnownOf(ctx, number, ""); err != nil || none != (postgres.Known{}) {
			t.Errorf("%q: %+v, %v", number, none, err)
		}
	}
}

func did(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
