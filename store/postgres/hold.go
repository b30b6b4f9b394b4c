package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Holds tells the node's journal which stamps it may forget: those that stand
// in the table as the same bytes. Chaining what is stored proves it; a stamp
// that is missing, doubled, moved or another leads elsewhere.
func (s *Store) Holds(node stamp.NodeID) ledger.Holds {
	return func(ctx context.Context, span ledger.Span) (bool, error) {
		rows, err := s.pool.Query(ctx, `
			SELECT bytes FROM stamps WHERE node = $1 AND seq BETWEEN $2 AND $3 ORDER BY seq`,
			node, span.First, span.Last)
		if err != nil {
			return false, fmt.Errorf("read stamps %d to %d: %w", span.First, span.Last, err)
		}
		hash := span.Before
		var stored []byte
		if _, err = pgx.ForEachRow(rows, []any{&stored}, func() error {
			hash = hash.Next(stored)
			return nil
		}); err != nil {
			return false, fmt.Errorf("read stamps %d to %d: %w", span.First, span.Last, err)
		}
		return hash == span.After, nil
	}
}
