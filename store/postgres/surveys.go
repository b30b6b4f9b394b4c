package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Survey is a dialogue after a call. Form is what the API shows of it; the store
// does not look into it.
type Survey struct {
	ID   string          `db:"id"`
	Name string          `db:"name"`
	Form json.RawMessage `db:"form"`
}

// PutSurvey creates or changes a survey.
func (s *Store) PutSurvey(ctx context.Context, actor Actor, v Survey) error {
	return s.put(ctx, actor, "put survey", `
		INSERT INTO surveys (organisation_id, id, name, form) VALUES (@org, @id, @name, @form)
		ON CONFLICT (organisation_id, id) DO UPDATE SET name = excluded.name, form = excluded.form`, v)
}

// DeleteSurvey deletes one that no rule uses. ErrNotFound for one that is not
// there, ErrInUse for one that a rule names.
func (s *Store) DeleteSurvey(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, actor, "delete survey", func(tx pgx.Tx) error {
		var used bool
		err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM survey_rules WHERE organisation_id = $1 AND survey_id = $2)`, s.org, id).Scan(&used)
		if err != nil {
			return err
		}
		if used {
			return ErrInUse
		}
		return gone(tx.Exec(ctx, `DELETE FROM surveys WHERE organisation_id = $1 AND id = $2`, s.org, id))
	})
}

// Surveys lists all surveys.
func (s *Store) Surveys(ctx context.Context) ([]Survey, error) {
	return list[Survey](ctx, s, "list surveys", `SELECT id, name, form FROM surveys WHERE organisation_id = $1 ORDER BY name, id`, s.org)
}

// SurveyRule says who of a queue's or campaign's customers is asked what.
type SurveyRule struct {
	ID          string `db:"id"` // "queue/service", "campaign/spring"
	Survey      string `db:"survey_id"`
	Active      bool   `db:"active"`
	Share       int    `db:"share"` // percent of the calls
	SpacingDays int    `db:"spacing_days"`
	NewDays     int    `db:"new_days"`
	NewCalls    int    `db:"new_calls"`
}

// PutSurveyRule creates or changes a rule.
func (s *Store) PutSurveyRule(ctx context.Context, actor Actor, r SurveyRule) error {
	return s.put(ctx, actor, "put survey rule", `
		INSERT INTO survey_rules (organisation_id, id, survey_id, active, share, spacing_days, new_days, new_calls)
		VALUES (@org, @id, @survey_id, @active, @share, @spacing_days, @new_days, @new_calls)
		ON CONFLICT (organisation_id, id) DO UPDATE SET survey_id = excluded.survey_id, active = excluded.active,
		    share = excluded.share, spacing_days = excluded.spacing_days, new_days = excluded.new_days,
		    new_calls = excluded.new_calls`, r)
}

// DeleteSurveyRule deletes one, or returns ErrNotFound.
func (s *Store) DeleteSurveyRule(ctx context.Context, actor Actor, id string) error {
	return s.change(ctx, actor, "delete survey rule", func(tx pgx.Tx) error {
		return gone(tx.Exec(ctx, `DELETE FROM survey_rules WHERE organisation_id = $1 AND id = $2`, s.org, id))
	})
}

// SurveyRules lists all rules.
func (s *Store) SurveyRules(ctx context.Context) ([]SurveyRule, error) {
	return list[SurveyRule](ctx, s, "list survey rules", `
		SELECT id, survey_id, active, share, spacing_days, new_days, new_calls FROM survey_rules WHERE organisation_id = $1 ORDER BY id`, s.org)
}

// SurveyOptOut is a customer who does not want to be asked.
type SurveyOptOut struct {
	Number  string    `db:"number"`
	Reason  string    `db:"reason"`
	AddedAt time.Time `db:"added_at"`
}

// PutSurveyOptOut adds a number, or changes its reason.
func (s *Store) PutSurveyOptOut(ctx context.Context, actor Actor, o SurveyOptOut) error {
	return s.put(ctx, actor, "put survey opt-out", `
		INSERT INTO survey_optouts (organisation_id, number, reason) VALUES (@org, @number, @reason)
		ON CONFLICT (organisation_id, number) DO UPDATE SET reason = excluded.reason`, o)
}

// DeleteSurveyOptOut takes a number off, or returns ErrNotFound.
func (s *Store) DeleteSurveyOptOut(ctx context.Context, actor Actor, number string) error {
	return s.change(ctx, actor, "delete survey opt-out", func(tx pgx.Tx) error {
		return gone(tx.Exec(ctx, `DELETE FROM survey_optouts WHERE organisation_id = $1 AND number = $2`, s.org, number))
	})
}

// SurveyOptOuts lists all, the latest first.
func (s *Store) SurveyOptOuts(ctx context.Context) ([]SurveyOptOut, error) {
	return list[SurveyOptOut](ctx, s, "list survey opt-outs", `
		SELECT number, reason, added_at FROM survey_optouts WHERE organisation_id = $1 ORDER BY added_at DESC, number`, s.org)
}

// Known is what the records know of a customer. Instants are µs since 1970.
type Known struct {
	Since int64 `db:"since"` // the first call; 0 = none
	Calls int   `db:"calls"`
	Asked int64 `db:"asked"` // the last survey that was offered; 0 = never
}

// KnownOf returns what is known of the customer with the number from calls other
// than the given one.
func (s *Store) KnownOf(ctx context.Context, number string, but stamp.ID) (Known, error) {
	return one[Known](ctx, s, "read what is known of a customer", `
		SELECT coalesce(min(c.arrived_at), 0) AS since, count(DISTINCT c.call) AS calls, coalesce(max(v.offered_at), 0) AS asked
		FROM parties p JOIN calls c ON c.organisation_id = p.organisation_id AND c.party = p.id AND c.party <> '' AND c.call <> $3
		LEFT JOIN survey_runs v ON v.organisation_id = c.organisation_id AND v.call = c.call
		WHERE p.organisation_id = $1 AND p.number = $2 AND p.number <> ''`, s.org, number, but)
}

// gone is ErrNotFound for a statement that found no row.
func gone(tag interface{ RowsAffected() int64 }, err error) error {
	if err == nil && tag.RowsAffected() == 0 {
		return ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return nil
}
