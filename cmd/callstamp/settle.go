package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// settler stamps bucket.settled when the last call that arrived in a closed
// bucket is closed. It follows the journal from the stamp after seq on.
type settler struct {
	app   *app
	state *kpi.Settler
	seq   uint64
}

// newSettler knows the calls that are open at seq, which Postgres has taken in,
// and the buckets that wait for them.
func newSettler(ctx context.Context, a *app, seq uint64) (*settler, error) {
	t := &settler{app: a, state: kpi.NewSettler(), seq: seq}
	open, err := a.store.OpenStamps(ctx, a.journal.Node())
	if err != nil {
		return nil, err
	}
	for _, s := range open {
		if s.Seq <= seq {
			t.state.Apply(s)
		}
	}
	waiting, err := a.store.UnsettledBuckets(ctx, a.journal.Node())
	if err != nil {
		return nil, err
	}
	for _, b := range waiting {
		t.state.Closed(b)
	}
	return t, nil
}

// run follows the journal until ctx ends.
func (t *settler) run(ctx context.Context) {
	if err := t.follow(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, ledger.ErrClosed) {
		t.app.fail(fmt.Errorf("settle buckets: %w", err))
	}
}

func (t *settler) follow(ctx context.Context) error {
	r, err := t.app.journal.Reader(t.seq + 1)
	if err != nil {
		return err
	}
	defer r.Close()
	const most = 512
	for {
		if err := r.Wait(ctx); err != nil {
			return err
		}
		entries, err := r.Read(most)
		if err != nil {
			return err
		}
		for _, e := range entries {
			t.state.Apply(e.Stamp)
		}
		if len(entries) < most { // the journal's end: what settles a bucket may stand further on otherwise
			for _, b := range t.state.Due() {
				t.app.node.Record(stamp.BucketSettled{Bucket: b})
			}
		}
	}
}
