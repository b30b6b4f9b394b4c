package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi"
)

// tables are the record tables, one per type of package kpi.
type tables struct {
	calls    *table[kpi.Call]
	legs     *table[kpi.Leg]
	entries  *table[kpi.Entry]
	offers   *table[kpi.Offer]
	segments *table[kpi.Segment]
	answers  *table[kpi.SurveyAnswer]
	attempts *table[kpi.Attempt]
	sessions *table[kpi.AgentSession]
	agents   *table[kpi.AgentInterval]
}

func newTables() tables {
	ofRef := func(r *kpi.Ref) time.Time { return monthOf(r.Call, r.ArrivedAt) }
	return tables{
		calls:    newTable("calls", func(r *kpi.Call) time.Time { return ofRef(&r.Ref) }, "organisation_id", "call"),
		legs:     newTable("legs", func(r *kpi.Leg) time.Time { return ofRef(&r.Ref) }, "organisation_id", "call", "leg"),
		entries:  newTable("entries", func(r *kpi.Entry) time.Time { return ofRef(&r.Ref) }, "organisation_id", "call", "entry"),
		offers:   newTable("offers", func(r *kpi.Offer) time.Time { return ofRef(&r.Ref) }, "organisation_id", "call", "offer"),
		segments: newTable("segments", func(r *kpi.Segment) time.Time { return ofRef(&r.Ref) }, "organisation_id", "call", "segment"),
		answers: newTable("survey_answers", func(r *kpi.SurveyAnswer) time.Time { return ofRef(&r.Ref) },
			"organisation_id", "call", "segment", "question"),
		attempts: newTable("dial_attempts", func(r *kpi.Attempt) time.Time { return ofRef(&r.Ref) },
			"organisation_id", "call", "attempt"),
		sessions: newTable("agent_sessions", func(r *kpi.AgentSession) time.Time { return monthOf(r.Session, r.LoginAt) },
			"organisation_id", "session"),
		// A session id is a UUIDv7, so the second argument never counts.
		agents: newTable("agent_intervals", func(r *kpi.AgentInterval) time.Time { return monthOf(r.Session, 0) },
			"organisation_id", "session", "n"),
	}
}

// write puts each record over the row of its key.
func (t tables) write(ctx context.Context, tx pgx.Tx, r kpi.Records) error {
	for _, err := range []error{
		t.calls.write(ctx, tx, r.Calls),
		t.legs.write(ctx, tx, r.Legs),
		t.entries.write(ctx, tx, r.Entries),
		t.offers.write(ctx, tx, r.Offers),
		t.segments.write(ctx, tx, r.Segments),
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
