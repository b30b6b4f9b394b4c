package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// PartyData is the JSON of a party on its way through the journal.
type PartyData struct {
	Number string `json:"number"`
	Name   string `json:"name,omitempty"`
}

// NoteData is the JSON of a note on its way through the journal. Its call is
// told by the stamp note.saved, which comes after it.
type NoteData struct {
	Author stamp.AgentID `json:"author,omitempty"`
	Body   string        `json:"body"`
}

// writeSides upserts the side entries that came with the stamps. What was
// erased stays erased, whatever still comes along from the journal.
func writeSides(ctx context.Context, tx pgx.Tx, org stamp.OrgID, entries []ledger.Entry) error {
	g := gathered{batch: &pgx.Batch{}}
	for _, e := range entries {
		for _, side := range e.Sides {
			side.Org = cmp.Or(side.Org, e.Stamp.Org, org)
			if err := g.take(side, e.Stamp); err != nil {
				return fmt.Errorf("side entry %s %s before stamp %d: %w", side.Kind, side.ID, e.Seq, err)
			}
		}
		g.sequel(e.Stamp)
	}
	g.parties.queue(g.batch)
	g.dialogs.queue(g.batch)
	if g.batch.Len() == 0 {
		return nil
	}
	if err := tx.SendBatch(ctx, g.batch).Close(); err != nil {
		return fmt.Errorf("write side entries: %w", err)
	}
	return nil
}

// gathered is what a batch of stamps makes of side entries, all together: most
// dialogs of a batch are over in it, and never have to be written.
type gathered struct {
	parties parties
	dialogs dialogs
	batch   *pgx.Batch // notes, one by one: they are few
}

// sequel does what a stamp says about side entries that came before it.
func (g *gathered) sequel(s stamp.Stamp) {
	switch fact := s.Fact.(type) {
	case stamp.NoteSaved:
		g.batch.Queue(`UPDATE notes SET call_id = $3 WHERE organisation_id = $1 AND id = $2`, s.Org, fact.Note, s.Call)
	case stamp.CallReleased, stamp.CallClosed:
		// A call whose last leg is gone has no dialog to say BYE on.
		g.dialogs.end(s.Org, s.Call)
	}
}

func (g *gathered) take(side ledger.Side, by stamp.Stamp) error {
	switch side.Kind {
	case ledger.Party:
		return g.parties.take(side)
	case ledger.Note:
		return queueNote(g.batch, side)
	case ledger.Dialog:
		g.dialogs.take(side, by.Node)
		return nil
	}
	return fmt.Errorf("unknown kind")
}

func queueNote(batch *pgx.Batch, side ledger.Side) error {
	var n NoteData
	if side.Data != nil {
		if err := json.Unmarshal(side.Data, &n); err != nil {
			return err
		}
	}
	batch.Queue(`
		INSERT INTO notes (organisation_id, id, author, body, erased_at)
		VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN now() END)
		ON CONFLICT (organisation_id, id) DO UPDATE SET author = excluded.author, body = excluded.body,
		    erased_at = excluded.erased_at WHERE notes.erased_at IS NULL`,
		side.Org, side.ID, n.Author, n.Body, side.Data == nil)
	return nil
}
