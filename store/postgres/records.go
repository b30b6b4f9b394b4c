package postgres

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// tables are the record tables, one per type of package kpi.
type tables struct {
	calls    *table[kpi.Call]
	legs     *table[kpi.Leg]
	entries  *table[kpi.Entry]
	offers   *table[kpi.Offer]
	segments *table[kpi.Segment]
	surveys  *table[kpi.SurveyRun]
	answers  *table[kpi.SurveyAnswer]
	attempts *table[kpi.Attempt]
	sessions *table[kpi.AgentSession]
	agents   *table[kpi.AgentInterval]
}

func newTables() tables {
	return tables{
		calls: newTable("calls", "organisation_id, call",
			func(r *kpi.Call) time.Time { return ofRef(&r.Ref) },
			func(r *kpi.Call) string { return string(r.Call) }),
		legs: newTable("legs", "organisation_id, call, leg",
			func(r *kpi.Leg) time.Time { return ofRef(&r.Ref) },
			func(r *kpi.Leg) string { return part(r.Call, "leg", int(r.Leg)) }),
		entries: newTable("entries", "organisation_id, call, entry",
			func(r *kpi.Entry) time.Time { return ofRef(&r.Ref) },
			func(r *kpi.Entry) string { return part(r.Call, "entry", int(r.Entry)) }),
		offers: newTable("offers", "organisation_id, call, offer",
			func(r *kpi.Offer) time.Time { return ofRef(&r.Ref) },
			func(r *kpi.Offer) string { return string(r.Call) + " offer " + string(r.Offer) }),
		segments: newTable("segments", "organisation_id, call, segment",
			func(r *kpi.Segment) time.Time { return ofRef(&r.Ref) },
			func(r *kpi.Segment) string { return part(r.Call, "segment", int(r.Segment)) }),
		surveys: newTable("survey_runs", "organisation_id, call, segment",
			func(r *kpi.SurveyRun) time.Time { return ofRef(&r.Ref) },
			func(r *kpi.SurveyRun) string { return part(r.Call, "survey after segment", int(r.Segment)) }),
		answers: newTable("survey_answers", "organisation_id, call, segment, question",
			func(r *kpi.SurveyAnswer) time.Time { return ofRef(&r.Ref) },
			func(r *kpi.SurveyAnswer) string {
				return part(r.Call, "segment", int(r.Segment)) + " question " + r.Question
			}),
		attempts: newTable("dial_attempts", "organisation_id, call, attempt",
			func(r *kpi.Attempt) time.Time { return ofRef(&r.Ref) },
			func(r *kpi.Attempt) string { return string(r.Call) + " attempt " + string(r.Attempt) }),
		sessions: newTable("agent_sessions", "organisation_id, session",
			func(r *kpi.AgentSession) time.Time { return monthOf(r.Session, r.LoginAt) },
			func(r *kpi.AgentSession) string { return string(r.Session) }),
		// A session's id is a UUIDv7, so the instant never counts.
		agents: newTable("agent_intervals", "organisation_id, session, n",
			func(r *kpi.AgentInterval) time.Time { return monthOf(r.Session, 0) },
			func(r *kpi.AgentInterval) string { return part(r.Session, "interval", r.N) }),
	}
}

func ofRef(r *kpi.Ref) time.Time { return monthOf(r.Call, r.ArrivedAt) }

func part(of stamp.ID, what string, no int) string {
	return string(of) + " " + what + " " + strconv.Itoa(no)
}

// write puts each record over the row of its key.
func (t tables) write(ctx context.Context, tx pgx.Tx, r kpi.Records) error {
	for _, err := range []error{
		t.calls.write(ctx, tx, r.Calls),
		t.legs.write(ctx, tx, r.Legs),
		t.entries.write(ctx, tx, r.Entries),
		t.offers.write(ctx, tx, r.Offers),
		t.segments.write(ctx, tx, r.Segments),
		t.surveys.write(ctx, tx, r.Surveys),
		t.answers.write(ctx, tx, r.Answers),
		t.attempts.write(ctx, tx, r.Attempts),
		t.sessions.write(ctx, tx, r.Sessions),
		t.agents.write(ctx, tx, r.Agents),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// deleteProvisional deletes what is only presumed of a node.
func (t tables) deleteProvisional(ctx context.Context, tx pgx.Tx, org stamp.OrgID, node stamp.NodeID) error {
	for _, name := range []string{
		t.calls.name, t.legs.name, t.entries.name, t.offers.name, t.segments.name, t.surveys.name, t.answers.name, t.attempts.name, t.sessions.name, t.agents.name,
	} {
		_, err := tx.Exec(ctx, `DELETE FROM `+name+` WHERE organisation_id = $1 AND node = $2 AND provisional`, org, node)
		if err != nil {
			return fmt.Errorf("delete provisional %s: %w", name, err)
		}
	}
	return nil
}
