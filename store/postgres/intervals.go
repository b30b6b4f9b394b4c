package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// intervalRow is a figure with its three values; nil = none, which is zero.
type intervalRow struct {
	kpi.Key
	Folded, Cut, Rolled *int64
}

// The three values.
func folded(r *intervalRow) *int64 { return r.Folded }
func cut(r *intervalRow) *int64    { return r.Cut }
func rolled(r *intervalRow) *int64 { return r.Rolled }

type intervalRows map[stamp.Bucket][]intervalRow

// values returns one value of each figure of a bucket and basis ("" = both).
func (rows intervalRows) values(b stamp.Bucket, basis kpi.Basis, of func(*intervalRow) *int64) []kpi.Interval {
	var values []kpi.Interval
	for i := range rows[b] {
		r := &rows[b][i]
		if v := of(r); v != nil && (basis == "" || r.Basis == basis) {
			values = append(values, kpi.Interval{Key: r.Key, Value: *v})
		}
	}
	return values
}

// intervalRows reads the rows of a node's buckets from one up to another.
func (s *Store) intervalRows(ctx context.Context, tx pgx.Tx, node stamp.NodeID, from, to stamp.Bucket) (intervalRows, error) {
	rows, err := tx.Query(ctx, `
		SELECT organisation_id, node, bucket, dim_kind, dim, basis, metric, folded, cut, rolled FROM intervals
		WHERE organisation_id = $1 AND node = $2 AND bucket >= $3 AND bucket <= $4`, s.org, node, int64(from), int64(to))
	if err != nil {
		return nil, fmt.Errorf("read figures: %w", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (i intervalRow, err error) {
		return i, row.Scan(&i.Org, &i.Node, &i.Bucket, &i.Dim.Kind, &i.Dim.ID, &i.Basis, &i.Metric, &i.Folded, &i.Cut, &i.Rolled)
	})
	if err != nil {
		return nil, fmt.Errorf("read figures: %w", err)
	}
	by := intervalRows{}
	for _, r := range found {
		by[r.Bucket] = append(by[r.Bucket], r)
	}
	return by, nil
}

// bucketRow says how far a bucket is.
type bucketRow struct {
	Bucket  stamp.Bucket `db:"bucket"`
	Closed  int64        `db:"closed_seq"`
	Settled int64        `db:"settled_seq"` // 0 = not yet
	Stale   bool         `db:"stale"`
	Rolled  []kpi.Basis  `db:"rolled"` // bases of which the live store's values are here, and ours of the same cut
}

func (s *Store) bucketRows(ctx context.Context, tx pgx.Tx, node stamp.NodeID) ([]bucketRow, error) {
	rows, err := tx.Query(ctx, `
		SELECT bucket, closed_seq, settled_seq, stale,
		    ARRAY(SELECT basis FROM rolled r WHERE r.organisation_id = b.organisation_id AND r.node = b.node AND r.bucket = b.bucket
		          AND CASE basis WHEN 'event' THEN closed_seq ELSE settled_seq END = r.seq ORDER BY 1) AS rolled
		FROM buckets b WHERE organisation_id = $1 AND node = $2 ORDER BY bucket`, s.org, node)
	if err != nil {
		return nil, fmt.Errorf("read buckets: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[bucketRow])
}
