package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// UnsettledBuckets returns a node's closed buckets in which a call had arrived
// that was not closed when they were last looked at, oldest first: what a
// settler begins with after a start. One that was closed again has to be settled
// again.
func (s *Store) UnsettledBuckets(ctx context.Context, node stamp.NodeID) ([]stamp.Bucket, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT bucket FROM buckets WHERE organisation_id = $1 AND node = $2 AND closed_seq > settled_seq
		ORDER BY bucket`, s.org, node)
	if err != nil {
		return nil, fmt.Errorf("read unsettled buckets: %w", err)
	}
	buckets, err := pgx.CollectRows(rows, pgx.RowTo[stamp.Bucket])
	if err != nil {
		return nil, fmt.Errorf("read unsettled buckets: %w", err)
	}
	return buckets, nil
}
