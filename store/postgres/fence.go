package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// LastOf returns the Seq of a node's last stamp in the database and its link of
// the chain, 0 for none: what the node's journal must go on from.
func (s *Store) LastOf(ctx context.Context, node stamp.NodeID) (seq uint64, hash ledger.Hash, err error) {
	var b []byte
	err = s.pool.QueryRow(ctx, `
		SELECT seq, hash FROM follower_positions WHERE organisation_id = $1 AND follower = $2 AND node = $3`,
		s.org, ledgerName, node).Scan(&seq, &b)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, hash, nil
	}
	if err != nil {
		return 0, hash, fmt.Errorf("read the last stamp of node %s: %w", node, err)
	}
	copy(hash[:], b)
	return seq, hash, nil
}
