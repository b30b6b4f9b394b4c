package redis

import (
	"context"
	"fmt"
	"slices"

	"github.com/callstamp/callstamp/kpi"
)

// Frozen returns a bucket's figures as they were at a cut, those of the cut's
// basis, and the cut's Seq. Seq 0 says that the store has no such copy: not yet,
// or no longer.
func (w *Wall) Frozen(ctx context.Context, cut Cut) (rows []kpi.Interval, seq uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, w.store.limit)
	defer cancel()
	hash, err := w.store.client.HGetAll(ctx, w.keys.frozen(cut)).Result()
	if err != nil {
		return nil, 0, fmt.Errorf("read frozen bucket %s: %w", cut.name(), err)
	}
	if len(hash) == 0 {
		return nil, 0, nil
	}
	if _, err := fmt.Sscan(hash[frozenSeq], &seq); err != nil {
		return nil, 0, fmt.Errorf("read frozen bucket %s: %w", cut.name(), err)
	}
	if rows, err = appendRows(nil, w.node, cut.Bucket, hash); err != nil {
		return nil, 0, err
	}
	rows = slices.DeleteFunc(rows, func(r kpi.Interval) bool { return r.Basis != cut.Basis })
	sortRows(rows)
	return rows, seq, nil
}

// Roll gives to the source what was frozen since the last time: the rolled
// values of each cut, and the checkpoint. It may run at any time, again and
// again; what fails is given the next time. Call it after a change that may
// have been a cut, and now and then.
func (w *Wall) Roll(ctx context.Context, source Source) error {
	names, err := w.store.client.SMembers(ctx, w.keys.cuts).Result()
	if err != nil {
		return fmt.Errorf("read cuts: %w", err)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := w.rollCut(ctx, source, name); err != nil {
			return err
		}
	}
	c, err := w.store.readCheckpoint(ctx, w.keys)
	if err != nil || c.Seq == 0 {
		return err
	}
	if err := source.StoreCheckpoint(ctx, w.node, c.Seq, c.State, c.Counters); err != nil {
		return err
	}
	// Unless a newer one has taken its place meanwhile; that one carries ours.
	err = w.store.forget.Run(ctx, w.store.client, []string{w.keys.checkpoint}, c.Seq).Err()
	if err != nil {
		return fmt.Errorf("forget checkpoint: %w", err)
	}
	return nil
}

func (w *Wall) rollCut(ctx context.Context, source Source, name string) error {
	cut, err := parseCut(name)
	if err != nil {
		return err
	}
	rows, seq, err := w.Frozen(ctx, cut)
	if err != nil {
		return err
	}
	if seq != 0 {
		if err := source.StoreRolled(ctx, w.node, cut.Bucket, cut.Basis, seq, rows); err != nil {
			return err
		}
	}
	if err := w.store.client.SRem(ctx, w.keys.cuts, name).Err(); err != nil {
		return fmt.Errorf("forget cut: %w", err)
	}
	return nil
}
