package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Party is a customer's number and name, the only place where they stand.
type Party struct {
	ID       stamp.PartyID `db:"id"`
	Number   string        `db:"number"`
	Name     string        `db:"name"`
	Consent  string        `db:"consent"` // unknown, given, withdrawn
	ErasedAt *time.Time    `db:"erased_at"`
}

// Parties returns those of the ids that exist.
func (s *Store) Parties(ctx context.Context, ids []stamp.PartyID) ([]Party, error) {
	return list[Party](ctx, s, "read parties", `
		SELECT id, number, name, consent, erased_at FROM parties WHERE organisation_id = $1 AND id = ANY ($2) ORDER BY id`,
		s.org, ids)
}

// LastAgent is who spoke with a number last.
type LastAgent struct {
	Number string        `db:"number"`
	Agent  stamp.AgentID `db:"agent"`
}

// LastAgents returns who spoke last with each number of a call that arrived since
// then, for the latest limit numbers. Erased customers are not among them.
func (s *Store) LastAgents(ctx context.Context, since time.Time, limit int) ([]LastAgent, error) {
	return list[LastAgent](ctx, s, "read last agents", `
		SELECT number, agent FROM (
		    SELECT DISTINCT ON (p.number) p.number, g.agent, g.connected_at
		    FROM records.calls c JOIN parties p ON p.organisation_id = c.organisation_id AND p.id = c.party AND p.number <> ''
		    JOIN records.segments g ON g.organisation_id = c.organisation_id AND g.call = c.call AND g.month = c.month AND g.connected_at <> 0
		    WHERE c.organisation_id = $1 AND c.arrived_at >= $2
		    ORDER BY p.number, g.connected_at DESC) AS last
		ORDER BY connected_at DESC LIMIT $3`, s.org, since.UnixMicro(), limit)
}

// Note is an agent's free text about a call.
type Note struct {
	ID       stamp.NoteID  `db:"id"`
	Call     stamp.ID      `db:"call_id"`
	Author   stamp.AgentID `db:"author"`
	Body     string        `db:"body"`
	ErasedAt *time.Time    `db:"erased_at"`
}

// Notes returns the notes of one call in the order of their making.
func (s *Store) Notes(ctx context.Context, call stamp.ID) ([]Note, error) {
	return list[Note](ctx, s, "read notes", `
		SELECT id, call_id, author, body, erased_at FROM notes WHERE organisation_id = $1 AND call_id = $2 ORDER BY id`,
		s.org, call)
}

// Erase empties everything personal about a party: its number and name, and
// the notes of its calls. Stamps, hashes and every KPI stay. ErrNotFound for an
// unknown party.
func (s *Store) Erase(ctx context.Context, party stamp.PartyID) error {
	err := s.in(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			UPDATE parties SET number = '', name = '', erased_at = coalesce(erased_at, now())
			WHERE organisation_id = $1 AND id = $2`, s.org, party)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return ErrNotFound
		}
		_, err = tx.Exec(ctx, `
			UPDATE notes SET body = '', erased_at = coalesce(notes.erased_at, now())
			FROM calls c WHERE c.organisation_id = $1 AND c.party = $2
			  AND notes.organisation_id = $1 AND notes.call_id = c.call`, s.org, party)
		return err
	})
	if err != nil {
		return fmt.Errorf("erase party %s: %w", party, err)
	}
	return nil
}
