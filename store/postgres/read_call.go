package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// CallFile is one call with everything behind it.
type CallFile struct {
	kpi.Records               // of this call; Agents: what it made of agents
	Stamps      []SealedStamp // of the call itself, by N
	// Sealed: the call is closed, none of its stamps is missing, and each hash
	// follows from its bytes and the stamp before it in the journal.
	Sealed bool
}

// SealedStamp is a stamp with its link of the chain.
type SealedStamp struct {
	stamp.Stamp
	Hash ledger.Hash
}

// Call reads one call as of one moment. Errors: ErrNotFound.
func (r *Reader) Call(ctx context.Context, id stamp.ID) (CallFile, error) {
	var f CallFile
	err := r.frozen(ctx, func(tx pgx.Tx) error {
		var err error
		f.Calls, err = r.tables.calls.read(ctx, tx, `WHERE organisation_id = $1 AND call = $2`, r.org, id)
		if err != nil {
			return err
		}
		if len(f.Calls) == 0 {
			return ErrNotFound
		}
		if f.Records, err = r.tables.ofCalls(ctx, tx, r.org, f.Records); err != nil {
			return err
		}
		if f.Agents, err = r.agentsOf(ctx, tx, f.Records); err != nil {
			return err
		}
		return f.readStamps(ctx, tx, id)
	})
	if err != nil {
		return CallFile{}, fmt.Errorf("read call %s: %w", id, err)
	}
	return f, nil
}

// agentsOf reads the intervals of the agents that the call caused. Their
// sessions are known from its offers and segments.
func (r *Reader) agentsOf(ctx context.Context, tx pgx.Tx, records kpi.Records) ([]kpi.AgentInterval, error) {
	var sessions []string
	for _, o := range records.Offers {
		sessions = append(sessions, string(o.Session))
	}
	for _, g := range records.Segments {
		sessions = append(sessions, string(g.Session))
	}
	return r.tables.agents.read(ctx, tx, `
		WHERE organisation_id = $1 AND session = ANY ($2) AND call = $3 ORDER BY "from", session, n`,
		r.org, sessions, records.Calls[0].Call)
}

func (f *CallFile) readStamps(ctx context.Context, tx pgx.Tx, id stamp.ID) error {
	rows, err := tx.Query(ctx, `
		SELECT t.bytes, t.hash, t.seq = 1, p.hash FROM stamps t LEFT JOIN stamps p ON p.node = t.node AND p.seq = t.seq - 1
		WHERE t.subject = $1 ORDER BY t.n`, stamp.Subject{Kind: stamp.SubjectCall, ID: id}.String())
	if err != nil {
		return err
	}
	f.Sealed = f.Calls[0].Closed
	var bytes, hash, before []byte
	var first bool
	_, err = pgx.ForEachRow(rows, []any{&bytes, &hash, &first, &before}, func() error {
		s, err := stamp.Decode(bytes)
		if err != nil {
			return err
		}
		sealed := SealedStamp{Stamp: s}
		var previous ledger.Hash // of the first: zeroes
		copy(sealed.Hash[:], hash)
		follows := first || copy(previous[:], before) == len(previous)
		f.Stamps = append(f.Stamps, sealed)
		f.Sealed = f.Sealed && follows && previous.Next(bytes) == sealed.Hash && s.N == uint64(len(f.Stamps))
		return nil
	})
	return err
}
