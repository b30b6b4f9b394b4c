package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// storedStamp is a stamp as the table has it.
type storedStamp struct {
	stamp.Stamp
	bytes []byte
	hash  ledger.Hash
}

// page is how many stamps are read at once: some MB.
const page = 5000

// eachStamp calls do with the stamps of a node after one Seq up to another, in
// order. It reads page by page, so that do may use tx.
func eachStamp(ctx context.Context, tx pgx.Tx, node stamp.NodeID, after, upTo uint64, do func(storedStamp) error) error {
	for after < upTo {
		found, err := stampPage(ctx, tx, node, after, upTo, page)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return nil
		}
		for _, s := range found {
			if err := do(s); err != nil {
				return err
			}
		}
		after = found[len(found)-1].Seq
	}
	return nil
}

func stampPage(ctx context.Context, tx pgx.Tx, node stamp.NodeID, after, upTo uint64, limit int) ([]storedStamp, error) {
	rows, err := tx.Query(ctx, `
		SELECT seq, bytes, hash FROM stamps WHERE node = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4`,
		node, after, upTo, limit)
	if err != nil {
		return nil, fmt.Errorf("read stamps after %d: %w", after, err)
	}
	found, err := pgx.CollectRows(rows, scanStamp)
	if err != nil {
		return nil, fmt.Errorf("read stamps after %d: %w", after, err)
	}
	return found, nil
}

// scanStamp reads seq, bytes, hash. The bytes are what counts; a number beside
// them that says otherwise is an error.
func scanStamp(row pgx.CollectableRow) (storedStamp, error) {
	var (
		s    storedStamp
		seq  uint64
		hash []byte
		err  error
	)
	if err := row.Scan(&seq, &s.bytes, &hash); err != nil {
		return s, err
	}
	copy(s.hash[:], hash)
	if s.Stamp, err = stamp.Decode(s.bytes); err != nil {
		return s, fmt.Errorf("stamp %d: %w", seq, err)
	}
	if s.Seq != seq {
		return s, fmt.Errorf("stamp %d: its bytes say %d", seq, s.Seq)
	}
	return s, nil
}
