package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// figures computes the interval rows of one node's buckets. They are always
// computed anew from the records, never incremented.
type figures struct {
	tables tables
	org    stamp.OrgID
	node   stamp.NodeID
	now    int64 // up to which buckets are over by the node's clock, µs since 1970
}

// close writes the figures of a bucket at its cut.
func (f figures) close(ctx context.Context, tx pgx.Tx, b stamp.Bucket, seq uint64) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO buckets (organisation_id, node, bucket, closed_seq, settled_seq, stale) VALUES ($1, $2, $3, $4, 0, false)
		ON CONFLICT (organisation_id, node, bucket) DO UPDATE SET closed_seq = excluded.closed_seq`,
		f.org, f.node, int64(b), seq)
	if err != nil {
		return fmt.Errorf("close bucket: %w", err)
	}
	return f.compute(ctx, tx, b, kpi.Event)
}

// settle writes the figures of a bucket whose calls are all closed.
func (f figures) settle(ctx context.Context, tx pgx.Tx, b stamp.Bucket, seq uint64) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO buckets (organisation_id, node, bucket, closed_seq, settled_seq, stale) VALUES ($1, $2, $3, 0, $4, false)
		ON CONFLICT (organisation_id, node, bucket) DO UPDATE SET settled_seq = excluded.settled_seq`,
		f.org, f.node, int64(b), seq)
	if err != nil {
		return fmt.Errorf("settle bucket: %w", err)
	}
	return f.compute(ctx, tx, b, kpi.Cohort)
}

// refresh computes the buckets whose records changed after their cut.
func (f figures) refresh(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `
		SELECT bucket FROM buckets WHERE organisation_id = $1 AND node = $2 AND stale ORDER BY bucket`, f.org, f.node)
	if err != nil {
		return fmt.Errorf("list changed buckets: %w", err)
	}
	stale, err := pgx.CollectRows(rows, pgx.RowTo[stamp.Bucket])
	if err != nil {
		return fmt.Errorf("list changed buckets: %w", err)
	}
	for _, b := range stale {
		if err := f.compute(ctx, tx, b, ""); err != nil {
			return err
		}
	}
	return nil
}

// compute writes a bucket's figures from the records as they are; those of the
// basis frozen are kept as the values of the cut too ("" = none).
func (f figures) compute(ctx context.Context, tx pgx.Tx, b stamp.Bucket, frozen kpi.Basis) error {
	records, err := f.tables.concerning(ctx, tx, f.org, f.node, b)
	if err != nil {
		return err
	}
	if err := f.write(ctx, tx, b, kpi.Intervals(records, b, f.now), frozen); err != nil {
		return fmt.Errorf("write figures of bucket %s: %w", b.Time().Format("2006-01-02 15:04"), err)
	}
	_, err = tx.Exec(ctx, `UPDATE buckets SET stale = false WHERE organisation_id = $1 AND node = $2 AND bucket = $3 AND stale`,
		f.org, f.node, int64(b))
	return err
}

func (f figures) write(ctx context.Context, tx pgx.Tx, b stamp.Bucket, rows []kpi.Interval, frozen kpi.Basis) error {
	_, err := tx.Exec(ctx, `
		UPDATE intervals SET folded = NULL, cut = CASE WHEN basis = $5 THEN NULL ELSE cut END
		WHERE organisation_id = $1 AND node = $2 AND bucket = $3 AND month = $4`,
		f.org, f.node, int64(b), monthOf("", b.Start()), frozen)
	if err != nil {
		return err
	}
	kinds, dims, bases, metrics, values := spread(rows)
	_, err = tx.Exec(ctx, `
		INSERT INTO intervals (organisation_id, node, bucket, month, dim_kind, dim, basis, metric, folded, cut)
		SELECT $1, $2, $3, $4, kind, dim, basis, metric, value, CASE WHEN basis = $5 THEN value END
		FROM unnest($6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[]) AS r (kind, dim, basis, metric, value)
		ON CONFLICT (organisation_id, node, bucket, dim_kind, dim, basis, metric, month)
		DO UPDATE SET folded = excluded.folded, cut = coalesce(excluded.cut, intervals.cut)`,
		f.org, f.node, int64(b), monthOf("", b.Start()), frozen, kinds, dims, bases, metrics, values)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		DELETE FROM intervals WHERE organisation_id = $1 AND node = $2 AND bucket = $3 AND month = $4
		  AND folded IS NULL AND cut IS NULL AND rolled IS NULL`,
		f.org, f.node, int64(b), monthOf("", b.Start()))
	return err
}

// spread turns rows into columns.
func spread(rows []kpi.Interval) (kinds, dims, bases, metrics []string, values []int64) {
	for _, r := range rows {
		kinds, dims = append(kinds, string(r.Dim.Kind)), append(dims, r.Dim.ID)
		bases, metrics = append(bases, string(r.Basis)), append(metrics, string(r.Metric))
		values = append(values, r.Value)
	}
	return kinds, dims, bases, metrics, values
}

// concerning returns the records that can count in a bucket: those of calls
// that arrived before its end and were not closed before its start, and the
// same for sessions. Those that met a clock being set back may count in it too.
func (t tables) concerning(ctx context.Context, tx pgx.Tx, org stamp.OrgID, node stamp.NodeID, b stamp.Bucket) (r kpi.Records, err error) {
	if r.Calls, err = t.callsDuring(ctx, tx, org, node, b); err != nil {
		return r, err
	}
	r.Sessions, err = t.sessions.read(ctx, tx, `
		WHERE organisation_id = $1 AND node = $2 AND login_at < $3 AND (NOT closed OR logout_at >= $4)`,
		org, node, b.End(), b.Start())
	if err != nil {
		return r, err
	}
	if err := t.setBack(ctx, tx, org, node, b, &r); err != nil {
		return r, err
	}
	if r, err = t.ofCalls(ctx, tx, org, r); err != nil {
		return r, err
	}
	sessions := make([]string, len(r.Sessions))
	for i := range r.Sessions {
		sessions[i] = string(r.Sessions[i].Session)
	}
	r.Agents, err = t.agents.read(ctx, tx, `
		WHERE organisation_id = $1 AND session = ANY ($2) AND "from" < $3 AND ("to" = 0 OR "to" >= $4)`,
		org, sessions, b.End(), b.Start())
	return r, err
}

// callsDuring returns the calls of concerning. Each half has an index of its
// own, and of the second the planner must not take the one by arrival, which
// leads to all calls of before: OFFSET 0 keeps it away.
func (t tables) callsDuring(ctx context.Context, tx pgx.Tx, org stamp.OrgID, node stamp.NodeID, b stamp.Bucket) ([]kpi.Call, error) {
	open, err := t.calls.read(ctx, tx, `WHERE organisation_id = $1 AND node = $2 AND arrived_at < $3 AND NOT closed`, org, node, b.End())
	if err != nil {
		return nil, err
	}
	closed, err := t.calls.query(ctx, tx, t.calls.selectFrom(`(SELECT * FROM calls WHERE node = $2 AND closed AND closed_at >= $4 OFFSET 0) AS c `)+
		`WHERE organisation_id = $1 AND arrived_at < $3`, org, node, b.End(), b.Start())
	return append(open, closed...), err
}

// ofCalls adds to r all other records of its calls.
func (t tables) ofCalls(ctx context.Context, tx pgx.Tx, org stamp.OrgID, r kpi.Records) (kpi.Records, error) {
	calls, months := make([]string, len(r.Calls)), make([]time.Time, len(r.Calls))
	for i := range r.Calls {
		calls[i], months[i] = string(r.Calls[i].Call), t.calls.month(&r.Calls[i])
	}
	var err error
	if r.Legs, err = t.legs.ofCalls(ctx, tx, `ORDER BY call, leg`, org, calls, months); err != nil {
		return r, err
	}
	if r.Entries, err = t.entries.ofCalls(ctx, tx, `ORDER BY call, entry`, org, calls, months); err != nil {
		return r, err
	}
	if r.Offers, err = t.offers.ofCalls(ctx, tx, `ORDER BY call, created_at, offer`, org, calls, months); err != nil {
		return r, err
	}
	if r.Segments, err = t.segments.ofCalls(ctx, tx, `ORDER BY call, segment`, org, calls, months); err != nil {
		return r, err
	}
	if r.Surveys, err = t.surveys.ofCalls(ctx, tx, `ORDER BY call, segment`, org, calls, months); err != nil {
		return r, err
	}
	if r.Answers, err = t.answers.ofCalls(ctx, tx, `ORDER BY call, segment, asked_at, question`, org, calls, months); err != nil {
		return r, err
	}
	r.Attempts, err = t.attempts.ofCalls(ctx, tx, `ORDER BY call, attempt`, org, calls, months)
	return r, err
}
