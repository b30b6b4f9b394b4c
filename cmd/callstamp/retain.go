package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/callstamp/callstamp/kpi/ledger"
)

// retention deletes the journal's files that are no longer needed: both
// followers have passed them, Postgres holds their stamps as the same bytes,
// and ledger.keep is over.
type retention struct {
	journal   *ledger.Journal
	followers []*ledger.Feed
	holds     ledger.Holds
	keep      time.Duration
	log       *slog.Logger
}

// pruneEvery is short against ledger.keep, an hour at the least, and long
// against the second that comparing a file takes.
const pruneEvery = 10 * time.Minute

// run prunes now and then until ctx ends.
func (r retention) run(ctx context.Context) {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		r.prune(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// prune deletes what may go. What can't be compared stays for the next time.
func (r retention) prune(ctx context.Context) {
	positions := make([]uint64, len(r.followers))
	for i, f := range r.followers {
		positions[i] = f.Position()
	}
	n, err := r.journal.Prune(ctx, positions, r.holds, r.keep)
	if err != nil && ctx.Err() == nil {
		r.log.Warn("journal not pruned, trying again later", "err", err)
	}
	if n > 0 {
		r.log.Info("journal pruned", "files", n)
	}
}
