package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

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
	batch := &pgx.Batch{}
	for _, e := range entries {
		for _, side := range e.Sides {
			side.Org = cmp.Or(side.Org, e.Stamp.Org, org)
			if err := queueSide(batch, side, e.Stamp); err != nil {
				return fmt.Errorf("side entry %s %s before stamp %d: %w", side.Kind, side.ID, e.Seq, err)
			}
		}
		queueSequel(batch, e.Stamp)
	}
	if batch.Len() == 0 {
		return nil
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("write side entries: %w", err)
	}
	return nil
}

// queueSequel does what a stamp says about side entries that came before it.
func queueSequel(batch *pgx.Batch, s stamp.Stamp) {
	switch fact := s.Fact.(type) {
	case stamp.NoteSaved:
		batch.Queue(`UPDATE notes SET call_id = $3 WHERE organisation_id = $1 AND id = $2`, s.Org, fact.Note, s.Call)
	case stamp.CallReleased, stamp.CallClosed:
		// A call whose last leg is gone has no dialog to say BYE on.
		batch.Queue(`DELETE FROM leg_dialogs WHERE organisation_id = $1 AND call_id = $2`, s.Org, s.Call)
	}
}

func queueSide(batch *pgx.Batch, side ledger.Side, by stamp.Stamp) error {
	switch side.Kind {
	case ledger.Party:
		return queueParty(batch, side)
	case ledger.Note:
		return queueNote(batch, side)
	case ledger.Dialog:
		// A side entry may stand before a stamp of another call; its own is in
		// its id, "call/leg".
		call, _, _ := strings.Cut(side.ID, "/")
		if side.Data == nil {
			batch.Queue(`DELETE FROM leg_dialogs WHERE organisation_id = $1 AND id = $2`, side.Org, side.ID)
			return nil
		}
		batch.Queue(`
			INSERT INTO leg_dialogs (organisation_id, id, call_id, node, data) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (organisation_id, id) DO UPDATE SET data = excluded.data`,
			side.Org, side.ID, call, by.Node, []byte(side.Data))
		return nil
	}
	return fmt.Errorf("unknown kind")
}

func queueParty(batch *pgx.Batch, side ledger.Side) error {
	var p PartyData
	if side.Data != nil {
		if err := json.Unmarshal(side.Data, &p); err != nil {
			return err
		}
	}
	batch.Queue(`
		INSERT INTO parties (organisation_id, id, number, name, erased_at)
		VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN now() END)
		ON CONFLICT (organisation_id, id) DO UPDATE SET number = excluded.number, name = excluded.name,
		    erased_at = excluded.erased_at WHERE parties.erased_at IS NULL`,
		side.Org, side.ID, p.Number, p.Name, side.Data == nil)
	return nil
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
