package main

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// SurveyResults implements api.Surveys: every event at its own instant and every
// score by the catalogue's definition, so that they are the KPIs' figures.
func (s *surveys) SurveyResults(ctx context.Context, q api.Query, survey string) (wire.SurveyResults, error) {
	sel := postgres.SurveySelection{
		Selection: postgres.Selection{From: stamp.BucketAt(q.From.UnixMicro()), Until: stamp.Bucket(stamp.BucketAt(q.To.UnixMicro() - 1).End())},
		Group:     q.Group, Zone: q.Zone, Survey: survey,
	}
	if q.Key != "" {
		switch q.Group {
		case "queue", "agent", "campaign":
			sel.Dim = kpi.Dim{Kind: kpi.DimKind(q.Group), ID: q.Key}
		default:
			return wire.SurveyResults{}, api.ErrRefused("A key narrows queues, agents or campaigns; group by one of them, or leave it out.")
		}
	}
	events, err := s.records.SurveyEvents(ctx, sel)
	if err != nil {
		return wire.SurveyResults{}, err
	}
	r := wire.SurveyResults{From: sel.From.Start(), To: sel.Until.Start(), Zone: q.Zone, Group: q.Group, Rows: []wire.SurveyResultRow{}}
	r.Total = s.result("", events)
	if q.Group == "none" {
		return r, nil
	}
	byKey := map[string][]postgres.SurveyEvent{}
	for _, e := range events {
		byKey[e.Key] = append(byKey[e.Key], e)
	}
	for key, own := range byKey {
		row := s.result(key, own)
		row.Name = cmp.Or(s.name(q.Group, key), key)
		r.Rows = append(r.Rows, row)
	}
	slices.SortFunc(r.Rows, func(a, b wire.SurveyResultRow) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Key, b.Key))
	})
	return r, nil
}

func (s *surveys) name(group, key string) string {
	switch group {
	case "queue":
		return s.names.Queue(stamp.QueueID(key))
	case "agent":
		return s.names.Agent(stamp.AgentID(key))
	case "campaign":
		return s.names.Campaign(stamp.CampaignID(key))
	case "survey":
		return s.people.now.Load().surveys.forms[key].Name
	}
	return ""
}

// questionKey is one question of one survey.
type questionKey struct{ survey, question, kind string }

// result adds up a group's events.
func (s *surveys) result(key string, events []postgres.SurveyEvent) wire.SurveyResultRow {
	row := wire.SurveyResultRow{Key: key, Surveys: wire.SurveyCount{Suppressed: map[string]int64{}, Silent: map[string]int64{}}}
	var keys []questionKey
	questions, points := map[questionKey]*wire.QuestionResult{}, map[questionKey]int64{}
	for _, e := range events {
		if e.Question == "" {
			countSurvey(&row.Surveys, e)
			continue
		}
		k := questionKey{e.Survey, e.Question, e.Type}
		if questions[k] == nil {
			keys = append(keys, k)
			questions[k] = &wire.QuestionResult{Survey: e.Survey, Question: e.Question, Type: e.Type, Silent: map[string]int64{}, Values: map[string]int64{}}
		}
		countQuestion(questions[k], e)
		points[k] += e.Points
	}
	row.Surveys.Rate = rateOf(row.Surveys.Responded, row.Surveys.Asked)
	slices.SortFunc(keys, func(a, b questionKey) int {
		return cmp.Or(cmp.Compare(a.survey, b.survey), cmp.Compare(s.position(a), s.position(b)), cmp.Compare(a.question, b.question), cmp.Compare(a.kind, b.kind))
	})
	row.Questions = make([]wire.QuestionResult, 0, len(keys))
	for _, k := range keys {
		q := questions[k]
		q.Rate = rateOf(q.Valid, q.Asked)
		score(q, points[k])
		q.Band = band(q.Score.Value, s.bands(k))
		row.Questions = append(row.Questions, *q)
	}
	return row
}

func countSurvey(c *wire.SurveyCount, e postgres.SurveyEvent) {
	switch e.What {
	case "offered":
		c.Offered += e.N
	case "accepted":
		c.Accepted += e.N
	case "asked":
		c.Asked += e.N
	case "responded":
		c.Responded += e.N
	case "silent":
		c.Silent[e.Word] += e.N
	case "suppressed":
		c.Suppressed[e.Word] += e.N
	}
}

func countQuestion(q *wire.QuestionResult, e postgres.SurveyEvent) {
	switch e.What {
	case "asked":
		q.Asked += e.N
	case "silent":
		q.Silent[e.Word] += e.N
	case "valid":
		q.Valid += e.N
		q.Values[strconv.Itoa(e.Value)] += e.N
		switch stamp.AnswerClass(e.Word) {
		case stamp.AnswerGood:
			q.Good += e.N
		case stamp.AnswerNeutral:
			q.Neutral += e.N
		default:
			q.Bad += e.N
		}
	}
}

// rateOf is hits out of n with its interval; of nothing it is null.
func rateOf(hits, n int64) wire.SurveyShare {
	low, high, ok := kpi.WilsonInterval(hits, n)
	if !ok {
		return wire.SurveyShare{N: n}
	}
	v, l, h := 100*float64(hits)/float64(n), 100*low, 100*high
	return wire.SurveyShare{Value: &v, Low: &l, High: &h, N: n}
}

// score reckons a question's score as the KPI of its type does.
func score(q *wire.QuestionResult, points int64) {
	def, ok := kpi.ScoreOf(q.Type)
	if !ok {
		return
	}
	v := kpi.Evaluate(def, kpi.AnswerFigures(q.Type, q.Valid, q.Good, q.Bad, points))
	q.KPI, q.Unit = v.ID, string(v.Unit)
	q.Score = wire.SurveyShare{Value: v.Value, Low: v.Low, High: v.High, N: v.N}
}

// position is where the question stands in its survey today.
func (s *surveys) position(k questionKey) int {
	questions := s.people.now.Load().surveys.forms[k.survey].Questions
	if i := slices.IndexFunc(questions, func(q wire.SurveyQuestion) bool { return q.ID == k.question }); i >= 0 {
		return i
	}
	return len(questions)
}

// bands are those of the question today, else those of its type.
func (s *surveys) bands(k questionKey) *wire.SurveyBands {
	for _, q := range s.people.now.Load().surveys.forms[k.survey].Questions {
		if q.ID == k.question && q.Bands != nil {
			return q.Bands
		}
	}
	return usualBands(k.kind)
}

// band is where a score lies; the limits themselves are ok.
func band(score *float64, b *wire.SurveyBands) string {
	switch {
	case score == nil, b == nil:
		return ""
	case *score < b.Below:
		return "bad"
	case *score > b.Above:
		return "good"
	}
	return "ok"
}
