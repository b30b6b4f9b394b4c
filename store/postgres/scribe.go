package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// scribe writes down what a fold makes of stamps: records, and at each cut the
// figures of the bucket. It is the same for the follower and for a rebuild, and
// what it writes depends on the stamps alone, not on how they are batched.
type scribe struct {
	tables tables
	org    stamp.OrgID // whose node it is; the node's own stamps name none
	folder *kpi.Folder
	// gone carries out that another node is presumed gone; nil in a rebuild,
	// which does it when every node is folded.
	gone func(ctx context.Context, tx pgx.Tx, g stamp.NodePresumedGone) error

	// since the last flush
	changed  kpi.Records
	setBack  []kpi.SetBack
	earliest int64 // lowest At of the stamps, µs; 0 = none
}

// write folds stamps in order and writes their effect by the end.
func (w *scribe) write(ctx context.Context, tx pgx.Tx, stamps []stamp.Stamp) error {
	for _, s := range stamps {
		changes, err := w.folder.Apply(s)
		if err != nil {
			return err
		}
		w.note(s, changes.Records)
		w.setBack = append(w.setBack, changes.SetBack...)
		if changes.Gone != nil && w.gone != nil {
			if err := w.gone(ctx, tx, *changes.Gone); err != nil {
				return fmt.Errorf("%s at stamp %d: %w", s.Kind(), s.Seq, err)
			}
		}
		if changes.Closed == nil && changes.Settled == nil {
			continue
		}
		if err := w.flush(ctx, tx, s); err != nil {
			return err
		}
		if err := w.cut(ctx, tx, s, changes); err != nil {
			return fmt.Errorf("%s at stamp %d: %w", s.Kind(), s.Seq, err)
		}
	}
	if len(stamps) == 0 {
		return nil
	}
	return w.flush(ctx, tx, stamps[len(stamps)-1])
}

func (w *scribe) note(s stamp.Stamp, r kpi.Records) {
	c := &w.changed
	c.Calls = append(c.Calls, r.Calls...)
	c.Legs = append(c.Legs, r.Legs...)
	c.Entries = append(c.Entries, r.Entries...)
	c.Offers = append(c.Offers, r.Offers...)
	c.Segments = append(c.Segments, r.Segments...)
	c.Surveys = append(c.Surveys, r.Surveys...)
	c.Answers = append(c.Answers, r.Answers...)
	c.Attempts = append(c.Attempts, r.Attempts...)
	c.Sessions = append(c.Sessions, r.Sessions...)
	c.Agents = append(c.Agents, r.Agents...)
	at := s.At
	if step, is := s.Fact.(stamp.ClockStep); is {
		// Open intervals are cut at the old and at the new wall time.
		at = min(s.At, s.At+step.StepUS, s.At-step.StepUS)
	}
	if w.earliest == 0 || at < w.earliest {
		w.earliest = at
	}
}

// flush writes the changed records and marks the closed buckets whose figures
// they change: that of a call's arrival, and for a stamp that came after the
// cut with an earlier At all from its own on.
func (w *scribe) flush(ctx context.Context, tx pgx.Tx, last stamp.Stamp) error {
	if w.earliest == 0 {
		return nil
	}
	if err := w.tables.write(ctx, tx, w.changed); err != nil {
		return err
	}
	if err := w.writeSetBack(ctx, tx, last.Node); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		UPDATE buckets SET stale = true
		WHERE organisation_id = $1 AND node = $2 AND NOT stale AND (bucket >= $3 OR bucket = ANY ($4))`,
		w.org, last.Node, int64(stamp.BucketAt(w.earliest)), arrivals(w.changed))
	if err != nil {
		return fmt.Errorf("mark buckets: %w", err)
	}
	w.changed, w.earliest = kpi.Records{}, 0
	return nil
}

// arrivals are the buckets in which the calls of r arrived: whose cohort they
// belong to.
func arrivals(r kpi.Records) []int64 {
	buckets := []int64{}
	for i := range r.Calls {
		if b := int64(stamp.BucketAt(r.Calls[i].ArrivedAt)); !slices.Contains(buckets, b) {
			buckets = append(buckets, b)
		}
	}
	return buckets
}

// cut closes or settles a bucket: its figures are computed from the records as
// they are at this stamp. On the occasion of a closing, those that have changed
// since their own cut are computed anew.
func (w *scribe) cut(ctx context.Context, tx pgx.Tx, s stamp.Stamp, changes kpi.Changes) error {
	b := figures{tables: w.tables, org: w.org, node: s.Node, now: stamp.BucketAt(s.At).Start()}
	if changes.Settled != nil {
		return b.settle(ctx, tx, *changes.Settled, s.Seq)
	}
	if err := b.close(ctx, tx, *changes.Closed, s.Seq); err != nil {
		return err
	}
	return b.refresh(ctx, tx)
}
