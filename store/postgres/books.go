package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// books are the records of a fold in memory: the last of each key.
type books struct {
	calls    shelf[kpi.Call]
	legs     shelf[kpi.Leg]
	entries  shelf[kpi.Entry]
	offers   shelf[kpi.Offer]
	segments shelf[kpi.Segment]
	surveys  shelf[kpi.SurveyRun]
	answers  shelf[kpi.SurveyAnswer]
	attempts shelf[kpi.Attempt]
	sessions shelf[kpi.AgentSession]
	agents   shelf[kpi.AgentInterval]
}

// shelf keeps the rows of one table by key, in the order of their first coming.
type shelf[T any] struct {
	key  func(*T) string
	at   map[string]int
	rows []T
}

func newShelf[T any](t *table[T]) shelf[T] { return shelf[T]{key: t.key, at: map[string]int{}} }

func (s *shelf[T]) put(rows []T) {
	for i := range rows {
		key := s.key(&rows[i])
		at, known := s.at[key]
		if !known {
			at = len(s.rows)
			s.at[key], s.rows = at, append(s.rows, rows[i])
		}
		s.rows[at] = rows[i]
	}
}

func newBooks(t tables) *books {
	return &books{
		calls: newShelf(t.calls), legs: newShelf(t.legs), entries: newShelf(t.entries), offers: newShelf(t.offers),
		segments: newShelf(t.segments), surveys: newShelf(t.surveys), answers: newShelf(t.answers), attempts: newShelf(t.attempts),
		sessions: newShelf(t.sessions), agents: newShelf(t.agents),
	}
}

func (b *books) add(r kpi.Records) {
	b.calls.put(r.Calls)
	b.legs.put(r.Legs)
	b.entries.put(r.Entries)
	b.offers.put(r.Offers)
	b.segments.put(r.Segments)
	b.surveys.put(r.Surveys)
	b.answers.put(r.Answers)
	b.attempts.put(r.Attempts)
	b.sessions.put(r.Sessions)
	b.agents.put(r.Agents)
}

func (b *books) records() kpi.Records {
	return kpi.Records{
		Calls: b.calls.rows, Legs: b.legs.rows, Entries: b.entries.rows, Offers: b.offers.rows, Segments: b.segments.rows,
		Surveys: b.surveys.rows, Answers: b.answers.rows, Attempts: b.attempts.rows, Sessions: b.sessions.rows, Agents: b.agents.rows,
	}
}

// all returns every record of a node.
func (t tables) all(ctx context.Context, tx pgx.Tx, org stamp.OrgID, node stamp.NodeID) (r kpi.Records, err error) {
	const these = `WHERE organisation_id = $1 AND node = $2 `
	if r.Calls, err = t.calls.read(ctx, tx, these+`ORDER BY call`, org, node); err != nil {
		return r, err
	}
	if r.Legs, err = t.legs.read(ctx, tx, these+`ORDER BY call, leg`, org, node); err != nil {
		return r, err
	}
	if r.Entries, err = t.entries.read(ctx, tx, these+`ORDER BY call, entry`, org, node); err != nil {
		return r, err
	}
	if r.Offers, err = t.offers.read(ctx, tx, these+`ORDER BY call, first_seq, offer`, org, node); err != nil {
		return r, err
	}
	if r.Segments, err = t.segments.read(ctx, tx, these+`ORDER BY call, segment`, org, node); err != nil {
		return r, err
	}
	if r.Surveys, err = t.surveys.read(ctx, tx, these+`ORDER BY call, segment`, org, node); err != nil {
		return r, err
	}
	if r.Answers, err = t.answers.read(ctx, tx, these+`ORDER BY call, segment, question`, org, node); err != nil {
		return r, err
	}
	if r.Attempts, err = t.attempts.read(ctx, tx, these+`ORDER BY call, attempt`, org, node); err != nil {
		return r, err
	}
	if r.Sessions, err = t.sessions.read(ctx, tx, these+`ORDER BY session`, org, node); err != nil {
		return r, err
	}
	r.Agents, err = t.agents.read(ctx, tx, these+`ORDER BY session, n`, org, node)
	return r, err
}
