package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Reader answers what pages ask about the past. Any goroutine may use it.
type Reader struct {
	*Store
	tables tables
}

// Reader returns the reader of the organisation's records.
func (s *Store) Reader() *Reader { return &Reader{Store: s, tables: newTables()} }

// Selection is a range of whole buckets and, where Dim names one, a group.
type Selection struct {
	From, Until stamp.Bucket // Until is exclusive
	Dim         kpi.Dim      // Kind: how rows are grouped; ID: only that group, "" = all
	PerBucket   bool         // a row per bucket too
}

// Account is what a report prints: figures, and the sum that must hold beside
// them. All of it is as of one moment.
type Account struct {
	Rows    []kpi.Interval // event basis, added up over nodes; Bucket is 0 unless per bucket
	Total   []kpi.Interval // the same of the one group, or of the whole organisation
	Arrived []kpi.Interval // cohort basis: entries and exits of the calls that arrived in the range
	Waiting int64          // entries of those calls that have not been left, counted from the records
	Open    int64          // those calls that are not closed
	AsOf    int64          // At of the last stamp folded, µs; 0 = none
	// Unlike is how many figures of closed buckets of the range differ from
	// what the live store had counted.
	Unlike int64
}

// Account reads the figures of a selection. Closed buckets are read as they
// were folded; for those still open, or changed since, the figures are computed
// from the records, so that they are right up to AsOf.
func (r *Reader) Account(ctx context.Context, s Selection) (a Account, err error) {
	err = r.frozen(ctx, func(tx pgx.Tx) error {
		nodes, err := r.nodes(ctx, tx)
		if err != nil {
			return err
		}
		total, ledger := s.total(), Selection{From: s.From, Until: s.Until, Dim: entriesOf(s.Dim)}
		if a.Total, err = r.folded(ctx, tx, total, kpi.Event); err != nil {
			return err
		}
		if a.Rows, err = r.folded(ctx, tx, s, kpi.Event); err != nil {
			return err
		}
		if a.Arrived, err = r.folded(ctx, tx, ledger, kpi.Cohort); err != nil {
			return err
		}
		for _, n := range nodes {
			a.AsOf = max(a.AsOf, n.last)
			rows, err := r.unfolded(ctx, tx, n, s)
			if err != nil {
				return err
			}
			a.Rows = append(a.Rows, s.of(rows, kpi.Event)...)
			a.Total = append(a.Total, total.of(rows, kpi.Event)...)
			a.Arrived = append(a.Arrived, ledger.of(rows, kpi.Cohort)...)
		}
		return r.count(ctx, tx, ledger, &a)
	})
	if err != nil {
		return Account{}, fmt.Errorf("read figures: %w", err)
	}
	return a, nil
}

// total is the selection of everything that its rows are part of.
func (s Selection) total() Selection {
	if s.Dim.ID == "" {
		s.Dim = kpi.Dim{Kind: kpi.DimOrg}
	}
	s.PerBucket = false
	return s
}

// entriesOf is the group whose entries are accounted for: they are kept by
// queue only, so another group's account is the organisation's.
func entriesOf(d kpi.Dim) kpi.Dim {
	if d.Kind == kpi.DimQueue && d.ID != "" {
		return d
	}
	return kpi.Dim{Kind: kpi.DimOrg}
}

// of picks the rows of a basis that belong to the selection.
func (s Selection) of(rows []kpi.Interval, basis kpi.Basis) []kpi.Interval {
	var picked []kpi.Interval
	for _, row := range rows {
		if row.Basis != basis || row.Dim.Kind != s.Dim.Kind || s.Dim.ID != "" && row.Dim.ID != s.Dim.ID {
			continue
		}
		row.Node = ""
		if !s.PerBucket {
			row.Bucket = 0
		}
		picked = append(picked, row)
	}
	return picked
}

// follow is one node's journal as far as the database has it: the instants of
// its first and last stamp.
type follow struct {
	node        stamp.NodeID
	first, last int64
}

func (r *Reader) nodes(ctx context.Context, tx pgx.Tx) ([]follow, error) {
	rows, err := tx.Query(ctx, `
		SELECT p.node,
		    (SELECT (extract(epoch FROM at) * 1000000)::bigint FROM stamps WHERE node = p.node ORDER BY seq LIMIT 1),
		    (SELECT (extract(epoch FROM at) * 1000000)::bigint FROM stamps WHERE node = p.node AND seq = p.seq)
		FROM follower_positions p WHERE organisation_id = $1 AND follower = $2 AND p.seq > 0 ORDER BY p.node`, r.org, ledgerName)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (f follow, err error) {
		return f, row.Scan(&f.node, &f.first, &f.last)
	})
}

// counted selects the closed buckets whose figures are those of the records.
const counted = `
	SELECT node, bucket FROM buckets
	WHERE organisation_id = $1 AND bucket >= $2 AND bucket < $3 AND closed_seq > 0 AND NOT stale`

// folded adds up the figures of closed buckets.
func (r *Reader) folded(ctx context.Context, tx pgx.Tx, s Selection, basis kpi.Basis) ([]kpi.Interval, error) {
	rows, err := tx.Query(ctx, `
		SELECT CASE WHEN $8 THEN bucket ELSE 0 END, dim, metric, sum(folded)::bigint FROM intervals
		WHERE organisation_id = $1 AND bucket >= $2 AND bucket < $3 AND month >= $4 AND month <= $5
		  AND dim_kind = $6 AND ($7 = '' OR dim = $7) AND basis = $9 AND folded IS NOT NULL AND (node, bucket) IN (`+counted+`)
		GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
		r.org, int64(s.From), int64(s.Until), monthOf("", int64(s.From)), monthOf("", int64(s.Until)),
		s.Dim.Kind, s.Dim.ID, s.PerBucket, basis)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (kpi.Interval, error) {
		i := kpi.Interval{Key: kpi.Key{Org: r.org, Dim: kpi.Dim{Kind: s.Dim.Kind}, Basis: basis}}
		err := row.Scan(&i.Bucket, &i.Dim.ID, &i.Metric, &i.Value)
		return i, err
	})
}

// unfolded computes the figures of a node's other buckets from the records.
func (r *Reader) unfolded(ctx context.Context, tx pgx.Tx, n follow, s Selection) ([]kpi.Interval, error) {
	found, err := tx.Query(ctx, counted+` AND node = $4`, r.org, int64(s.From), int64(s.Until), n.node)
	if err != nil {
		return nil, err
	}
	done := map[stamp.Bucket]bool{}
	var node stamp.NodeID
	var bucket stamp.Bucket
	if _, err := pgx.ForEachRow(found, []any{&node, &bucket}, func() error { done[bucket] = true; return nil }); err != nil {
		return nil, err
	}
	var rows []kpi.Interval
	from, last := max(s.From, stamp.BucketAt(min(n.first, n.last))), min(s.Until-1, stamp.BucketAt(n.last))
	for b := from; b <= last; b = stamp.Bucket(b.End()) {
		if done[b] {
			continue
		}
		records, err := r.tables.concerning(ctx, tx, r.org, n.node, b)
		if err != nil {
			return nil, err
		}
		rows = append(rows, kpi.Intervals(records, b, n.last)...)
	}
	return rows, nil
}

// count counts what is still open, from the records, and where the live store
// had counted otherwise.
func (r *Reader) count(ctx context.Context, tx pgx.Tx, s Selection, a *Account) error {
	queue := ""
	if s.Dim.Kind == kpi.DimQueue {
		queue = s.Dim.ID
	}
	err := tx.QueryRow(ctx, `
		SELECT (SELECT count(*) FROM entries WHERE organisation_id = $1 AND arrived_at >= $2 AND arrived_at < $3
		          AND exited_at = 0 AND ($4 = '' OR queue = $4)),
		       (SELECT count(*) FROM calls WHERE organisation_id = $1 AND arrived_at >= $2 AND arrived_at < $3
		          AND NOT closed AND ($4 = '' OR queue = $4))`,
		r.org, int64(s.From), int64(s.Until), queue).Scan(&a.Waiting, &a.Open)
	if err != nil {
		return err
	}
	return tx.QueryRow(ctx, `
		SELECT count(*) FROM intervals i JOIN rolled USING (organisation_id, node, bucket, basis)
		JOIN buckets b USING (organisation_id, node, bucket)
		WHERE i.organisation_id = $1 AND i.bucket >= $2 AND i.bucket < $3 AND i.month >= $4 AND i.month <= $5
		  AND CASE WHEN i.basis = $6 THEN b.closed_seq ELSE b.settled_seq END = rolled.seq
		  AND coalesce(i.cut, 0) <> coalesce(i.rolled, 0)`,
		r.org, int64(s.From), int64(s.Until), monthOf("", int64(s.From)), monthOf("", int64(s.Until)), kpi.Event).Scan(&a.Unlike)
}

// Balance compares the last bucket for which both sides have their figures: the
// live store's at the cut, and those folded. known is false before the first.
func (r *Reader) Balance(ctx context.Context) (bucket stamp.Bucket, equal, known bool, err error) {
	rows, err := r.pool.Query(ctx, `
		WITH last AS (
		    SELECT max(bucket) AS bucket FROM rolled JOIN buckets USING (organisation_id, node, bucket)
		    WHERE organisation_id = $1 AND basis = $2 AND closed_seq = rolled.seq
		)
		SELECT last.bucket, NOT EXISTS (
		    SELECT 1 FROM intervals i JOIN rolled USING (organisation_id, node, bucket, basis)
		    WHERE i.organisation_id = $1 AND i.bucket = last.bucket AND i.basis = $2
		      AND coalesce(i.cut, 0) <> coalesce(i.rolled, 0))
		FROM last WHERE last.bucket IS NOT NULL`, r.org, kpi.Event)
	if err != nil {
		return 0, false, false, fmt.Errorf("compare last bucket: %w", err)
	}
	_, err = pgx.ForEachRow(rows, []any{&bucket, &equal}, func() error { known = true; return nil })
	if err != nil {
		return 0, false, false, fmt.Errorf("compare last bucket: %w", err)
	}
	return bucket, equal, known, nil
}

// Pacing returns the last decision of each campaign run that is not over.
func (r *Reader) Pacing(ctx context.Context) ([]stamp.DialPacing, error) {
	rows, err := r.pool.Query(ctx, `
		SELECT last.bytes FROM open_subjects o CROSS JOIN LATERAL (
		    SELECT bytes, at FROM stamps WHERE subject = o.subject AND month = o.month AND kind = 'dial.pacing' ORDER BY n DESC LIMIT 1
		) last WHERE o.organisation_id = $1 AND o.subject LIKE 'campaign:%' ORDER BY last.at`, r.org)
	if err != nil {
		return nil, fmt.Errorf("read pacing: %w", err)
	}
	var decisions []stamp.DialPacing
	var bytes []byte
	_, err = pgx.ForEachRow(rows, []any{&bytes}, func() error {
		s, err := stamp.Decode(bytes)
		if d, ok := s.Fact.(stamp.DialPacing); ok {
			decisions = append(decisions, d)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read pacing: %w", err)
	}
	return decisions, nil
}
