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
	seq   uint64 // it is filed under
	bytes []byte
	hash  ledger.Hash
	bad   error // the bytes are no stamp, or not the one of this number
}

// page is how many stamps are read at once: some MB.
const page = 5000

// eachStamp calls do with the stamps of a node after one Seq up to another, in
// order. It reads page by page, so that do may use tx.
func eachStamp(ctx context.Context, tx pgx.Tx, node stamp.NodeID, after, upTo uint64, do func(storedStamp) error) error {
	return eachStored(ctx, tx, node, after, upTo, func(s storedStamp) error {
		if s.bad != nil {
			return s.bad
		}
		return do(s)
	})
}

// eachStored is eachStamp for who looks at the table itself: a stamp that can't
// be read is handed out as bad.
func eachStored(ctx context.Context, tx pgx.Tx, node stamp.NodeID, after, upTo uint64, do func(storedStamp) error) error {
	for after < upTo {
		found, err := storedPage(ctx, tx, node, after, upTo, page)
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
		after = found[len(found)-1].seq
	}
	return nil
}

func stampPage(ctx context.Context, tx pgx.Tx, node stamp.NodeID, after, upTo uint64, limit int) ([]storedStamp, error) {
	found, err := storedPage(ctx, tx, node, after, upTo, limit)
	for _, s := range found {
		if s.bad != nil {
			return nil, s.bad
		}
	}
	return found, err
}

func storedPage(ctx context.Context, tx pgx.Tx, node stamp.NodeID, after, upTo uint64, limit int) ([]storedStamp, error) {
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

// scanStamp reads seq, bytes, hash. The bytes are what counts; with a number
// beside them that says otherwise they are bad.
func scanStamp(row pgx.CollectableRow) (storedStamp, error) {
	var (
		s    storedStamp
		hash []byte
	)
	if err := row.Scan(&s.seq, &s.bytes, &hash); err != nil {
		return s, err
	}
	copy(s.hash[:], hash)
	var err error
	if s.Stamp, err = stamp.Decode(s.bytes); err != nil {
		s.bad = fmt.Errorf("stamp %d: %w", s.seq, err)
	} else if s.Seq != s.seq {
		s.bad = fmt.Errorf("stamp %d: its bytes say %d", s.seq, s.Seq)
	}
	return s, nil
}
