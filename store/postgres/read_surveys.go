package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi"
)

// SurveySelection narrows survey results.
type SurveySelection struct {
	Selection

	Group  string // "", queue, agent, campaign, survey, language, day
	Zone   string // IANA name; days are cut in it
	Survey string // only this one, "" = all
}

// SurveyEvent is how often something happened to the surveys, or to one
// question, of a group: offered, accepted, asked, responded, silent and
// suppressed of surveys; asked, valid and silent of a question.
type SurveyEvent struct {
	Key      string `db:"key"`
	Survey   string `db:"survey"`
	Question string `db:"question"` // "" = of the survey itself
	Type     string `db:"type"`
	What     string `db:"what"`
	Word     string `db:"word"` // of valid: the class; of silent: the end; of suppressed: the reason
	Value    int    `db:"value"`
	Scale    int    `db:"scale"`
	N        int64  `db:"n"`
	Points   int64  `db:"points"`
}

// surveyLife is how long before the range a survey may have begun that
// something happens to in the range: longer than any call, µs.
const surveyLife = 24 * 3600 * 1_000_000

// SurveyEvents counts what happened to surveys and questions in a range, each at
// its own instant, as the KPIs do.
func (r *Reader) SurveyEvents(ctx context.Context, s SurveySelection) (events []SurveyEvent, err error) {
	err = r.frozen(ctx, func(tx pgx.Tx) error {
		for _, statement := range []string{surveyRuns, surveyAnswers} {
			rows, err := tx.Query(ctx, fmt.Sprintf(statement, s.key()), r.org, int64(s.From), int64(s.Until), surveyLife, s.zone(), s.Survey,
				s.only(kpi.DimQueue), s.only(kpi.DimAgent), s.only(kpi.DimCampaign))
			if err != nil {
				return err
			}
			found, err := pgx.CollectRows(rows, pgx.RowToStructByName[SurveyEvent])
			if err != nil {
				return err
			}
			events = append(events, found...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read survey results: %w", err)
	}
	return events, nil
}

// $1 organisation, $2 from, $3 until, $4 the longest life, $5 zone, $6 survey,
// $7 queue, $8 agent, $9 campaign; "" = all.
const surveyWhere = `
	  AND e.at >= $2 AND e.at < $3 AND ($6 = '' OR v.survey = $6) AND ($7 = '' OR v.queue = $7) AND ($8 = '' OR v.agent = $8)
	  AND ($9 = '' OR v.campaign = $9) AND $4::bigint > 0 AND $5::text <> ''
	GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8`

const surveyRuns = `
	SELECT %s AS key, v.survey, '' AS question, '' AS type, e.what, e.word, 0 AS value, 0 AS scale, count(*) AS n, 0::bigint AS points
	FROM survey_runs v, LATERAL (VALUES
	    ('offered', v.offered_at, ''), ('accepted', v.accepted_at, ''), ('asked', v.asked_at, ''), ('responded', v.responded_at, ''),
	    ('silent', CASE WHEN v.silent <> '' THEN v.ended_at ELSE 0 END, v.silent),
	    ('suppressed', CASE WHEN v.suppressed <> '' THEN v.due_at ELSE 0 END, v.suppressed)) AS e (what, at, word)
	WHERE v.organisation_id = $1 AND v.due_at >= $2::bigint - $4 AND v.due_at < $3` + surveyWhere

const surveyAnswers = `
	SELECT %s AS key, v.survey, v.question, v.type, e.what, e.word, CASE e.what WHEN 'valid' THEN v.value ELSE 0 END AS value,
	    CASE e.what WHEN 'valid' THEN v.scale ELSE 0 END AS scale, count(*) AS n,
	    coalesce(sum(v.points) FILTER (WHERE e.what = 'valid'), 0)::bigint AS points
	FROM survey_answers v, LATERAL (VALUES
	    ('asked', v.asked_at, ''), ('valid', v.responded_at, v.class),
	    ('silent', CASE WHEN v.silent <> '' THEN v.ended_at ELSE 0 END, v.silent)) AS e (what, at, word)
	WHERE v.organisation_id = $1 AND v.asked_at >= $2::bigint - $4 AND v.asked_at < $3` + surveyWhere

// key is the column of the group.
func (s SurveySelection) key() string {
	switch s.Group {
	case "queue", "agent", "campaign", "survey", "language":
		return "v." + s.Group
	case "day":
		return `to_char(to_timestamp(e.at / 1000000.0) AT TIME ZONE $5, 'YYYY-MM-DD')`
	}
	return "''"
}

func (s SurveySelection) zone() string {
	if s.Zone == "" {
		return "UTC"
	}
	return s.Zone
}

// only is the one group of the kind that is wanted, "" = all.
func (s SurveySelection) only(kind kpi.DimKind) string {
	if s.Dim.Kind == kind {
		return s.Dim.ID
	}
	return ""
}
