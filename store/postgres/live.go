package postgres

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// The four methods here are what a live store needs of one that lasts.

// StoreRolled keeps what the live store counted for a bucket up to its cut, the
// stamp seq: all rows of the basis, in place of any before. They are compared
// with what is folded at the same stamp and never change it.
func (s *Store) StoreRolled(ctx context.Context, node stamp.NodeID, b stamp.Bucket, basis kpi.Basis, seq uint64, rows []kpi.Interval) error {
	if err := s.ensureMonth(ctx, map[string]bool{}, monthOf("", b.Start())); err != nil {
		return err
	}
	err := s.in(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO rolled (organisation_id, node, bucket, basis, seq) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (organisation_id, node, bucket, basis) DO UPDATE SET seq = excluded.seq`,
			s.org, node, int64(b), basis, seq)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			UPDATE intervals SET rolled = NULL
			WHERE organisation_id = $1 AND node = $2 AND bucket = $3 AND month = $4 AND basis = $5`,
			s.org, node, int64(b), monthOf("", b.Start()), basis)
		if err != nil {
			return err
		}
		kinds, dims, bases, metrics, values := spread(rows)
		_, err = tx.Exec(ctx, `
			INSERT INTO intervals (organisation_id, node, bucket, month, dim_kind, dim, basis, metric, rolled)
			SELECT $1, $2, $3, $4, * FROM unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])
			ON CONFLICT (organisation_id, node, bucket, dim_kind, dim, basis, metric, month)
			DO UPDATE SET rolled = excluded.rolled`,
			s.org, node, int64(b), monthOf("", b.Start()), kinds, dims, bases, metrics, values)
		return err
	})
	if err != nil {
		return fmt.Errorf("store rolled figures of bucket %s: %w", b.Time().Format(time.DateTime), err)
	}
	return nil
}

// StoreCheckpoint keeps the live store's state as of stamp seq in place of the
// one before. The counters replace those of the buckets that they name; the
// others stand.
func (s *Store) StoreCheckpoint(ctx context.Context, node stamp.NodeID, seq uint64, state []byte, counters []kpi.Interval) error {
	err := s.in(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO live_checkpoints (organisation_id, node, seq, state) VALUES ($1, $2, $3, $4)
			ON CONFLICT (organisation_id, node) DO UPDATE SET seq = excluded.seq, state = excluded.state`,
			s.org, node, seq, state)
		if err != nil {
			return err
		}
		return s.storeCounters(ctx, tx, node, counters)
	})
	if err != nil {
		return fmt.Errorf("store checkpoint %d of node %s: %w", seq, node, err)
	}
	return nil
}

// keepCounters is how long a live counter is kept: as long as the live store
// keeps it.
const keepCounters = 48 * time.Hour

func (s *Store) storeCounters(ctx context.Context, tx pgx.Tx, node stamp.NodeID, counters []kpi.Interval) error {
	var buckets, of []int64
	var orgs []string
	for _, c := range counters {
		of, orgs = append(of, int64(c.Bucket)), append(orgs, string(c.Org))
		if !slices.Contains(buckets, int64(c.Bucket)) {
			buckets = append(buckets, int64(c.Bucket))
		}
	}
	if len(buckets) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `
		DELETE FROM live_counters WHERE organisation_id = $1 AND node = $2 AND (bucket = ANY ($3) OR bucket < $4)`,
		s.org, node, buckets, slices.Max(buckets)-keepCounters.Microseconds())
	if err != nil {
		return err
	}
	kinds, dims, bases, metrics, values := spread(counters)
	_, err = tx.Exec(ctx, `
		INSERT INTO live_counters (organisation_id, node, bucket, org, dim_kind, dim, basis, metric, value)
		SELECT $1, $2, * FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])`,
		s.org, node, of, orgs, kinds, dims, bases, metrics, values)
	return err
}

// Checkpoint returns what StoreCheckpoint last kept; seq 0 without any.
func (s *Store) Checkpoint(ctx context.Context, node stamp.NodeID) (seq uint64, state []byte, counters []kpi.Interval, err error) {
	err = s.frozen(ctx, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `SELECT seq, state FROM live_checkpoints WHERE organisation_id = $1 AND node = $2`,
			s.org, node).Scan(&seq, &state)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			SELECT bucket, org, dim_kind, dim, basis, metric, value FROM live_counters
			WHERE organisation_id = $1 AND node = $2 ORDER BY 1, 2, 3, 4, 5, 6`, s.org, node)
		if err != nil {
			return err
		}
		counters, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (kpi.Interval, error) {
			i := kpi.Interval{Key: kpi.Key{Node: node}}
			err := row.Scan(&i.Bucket, &i.Org, &i.Dim.Kind, &i.Dim.ID, &i.Basis, &i.Metric, &i.Value)
			return i, err
		})
		return err
	})
	if err != nil {
		return 0, nil, nil, fmt.Errorf("read checkpoint of node %s: %w", node, err)
	}
	return seq, state, counters, nil
}

// StampsAfter returns, in order, up to limit stamps of a node after seq.
func (s *Store) StampsAfter(ctx context.Context, node stamp.NodeID, seq uint64, limit int) ([]stamp.Stamp, error) {
	var stamps []stamp.Stamp
	err := s.frozen(ctx, func(tx pgx.Tx) error {
		stored, err := stampPage(ctx, tx, node, seq, math.MaxInt64, limit)
		for _, t := range stored {
			stamps = append(stamps, t.Stamp)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("stamps of node %s: %w", node, err)
	}
	return stamps, nil
}
