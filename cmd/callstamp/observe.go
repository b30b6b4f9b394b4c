package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// observer reads the journal beside the followers, for metrics, traces and the
// log's line at a call's end. It has no store and no position: what it tells
// begins with the boot, and nothing waits for it.
type observer struct {
	journal *ledger.Journal
	from    uint64 // the first Seq that it reads
	heed    []func(stamp.Stamp)
	log     *slog.Logger
}

// observe begins to read the journal at the boot's first stamp.
func (a *app) observe(from uint64) {
	o := observer{journal: a.journal, from: from, heed: []func(stamp.Stamp){a.stamped.heed, a.tracer.heed, newCallLog(a.log).heed}, log: a.log}
	a.feeds.run(func(ctx context.Context) {
		o.run(ctx)
		a.tracer.finish()
	})
	a.feeds.run(a.tracer.run)
}

// observeBatch is how many stamps are read at once.
const observeBatch = 256

// run reads until ctx ends, or the journal is closed and read to its end.
func (o observer) run(ctx context.Context) {
	r, err := o.journal.Reader(o.from)
	if err != nil {
		o.log.Error("journal not observed: metrics of calls and traces stand still", "err", err)
		return
	}
	defer r.Close()
	for {
		entries, err := r.Read(observeBatch)
		for _, e := range entries {
			for _, heed := range o.heed {
				heed(e.Stamp)
			}
		}
		if err == nil && len(entries) == 0 {
			err = r.Wait(ctx)
		}
		switch {
		case err == nil:
		case ctx.Err() != nil || errors.Is(err, ledger.ErrClosed):
			return
		default:
			o.log.Error("journal not observed any more: metrics of calls and traces stand still", "err", err)
			return
		}
	}
}
