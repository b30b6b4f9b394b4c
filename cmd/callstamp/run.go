package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/sip"
	"github.com/callstamp/callstamp/store/redis"
)

// catchUp is how long a start waits for Postgres to take in what the journal
// holds of earlier boots; recovery needs it whole.
const catchUp = 2 * time.Minute

// start recovers what a crash left and opens the doors, in this order: the
// followers first, since recovery reads Postgres; the doors last.
func (a *app) start() error {
	a.observe(a.node.Started(version()))
	a.loops.run(a.pulses.run)
	for _, f := range []*ledger.Feed{a.truth, a.now} {
		a.feeds.run(func(ctx context.Context) {
			if err := f.Run(ctx); err != nil {
				a.fail(err)
			}
		})
	}
	if err := a.await(a.journal.Appended()); err != nil {
		return err
	}
	a.loops.run(a.floor.Run)
	a.loops.run(func(ctx context.Context) { a.serveSIP(ctx) })
	if err := a.recover(); err != nil {
		return err
	}
	if err := a.settle(); err != nil {
		return err
	}
	if err := a.lines.guard.recall(context.Background(), a.store); err != nil {
		return err
	}
	a.beat.run(a.node.Run)
	a.loops.run(a.rollUp)
	a.loops.run(func(ctx context.Context) {
		if err := a.people.last.recall(ctx, a.store); err != nil && ctx.Err() == nil {
			a.log.Warn("who spoke with whom before is not known; calls are kept for nobody until they speak again", "err", err)
		}
	})
	a.loops.run(a.followConfiguration)
	a.loops.run(a.watchDisk)
	a.loops.run(retention{
		journal: a.journal, followers: []*ledger.Feed{a.truth, a.now}, holds: a.store.Holds(a.journal.Node()),
		keep: a.config.Ledger.Keep, log: a.log,
	}.run)
	a.loops.run(a.tapes.run)
	a.loops.run(a.serveAdmin)
	a.loops.run(a.watchFence)
	a.loops.run(a.sendAway)
	a.loops.run(a.wall.run)
	if a.waits.Load() {
		a.health.raise(time.Now(), standby, string(a.holder.Load().Node), nil)
	}
	for range 2 { // BEFORE the doors open: the first answer of /readyz is true
		a.lookAround(a.loops.context())
	}
	a.loops.run(a.watchHealth)
	a.loops.run(a.nudgeCalls)
	if err := a.announce(); err != nil {
		return err
	}
	a.loops.run(func(context.Context) {
		if err := a.http.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
			a.fail(fmt.Errorf("serve http: %w", err))
		}
	})
	if a.tenure == nil {
		a.loops.run(a.awaitTurn)
	} else {
		a.open()
	}
	return nil
}

// settle begins to watch for buckets whose calls are all closed.
func (a *app) settle() error {
	seq := a.journal.Appended()
	if err := a.await(seq); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), catchUp)
	defer cancel()
	t, err := newSettler(ctx, a, seq)
	if err == nil {
		a.feeds.run(t.run)
	}
	return err
}

// fail ends the server because of err; the first one is told.
func (a *app) fail(err error) {
	select {
	case a.failed <- err:
	default:
		a.log.Error("and another failure", "err", err)
	}
}

// await waits until Postgres has everything up to seq.
func (a *app) await(seq uint64) error {
	ctx, cancel := context.WithTimeout(context.Background(), catchUp)
	defer cancel()
	for a.truth.Position() < seq {
		select {
		case <-ctx.Done():
			return fmt.Errorf("postgres has not taken in the journal after %v: at %d of %d: %w", catchUp, a.truth.Position(), seq, a.truth.Failing())
		case err := <-a.failed:
			return err
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

func (a *app) serveSIP(ctx context.Context) {
	if err := a.ua.Serve(ctx); err != nil {
		a.fail(fmt.Errorf("serve sip: %w", err))
	}
}

// rollUp gives what the live store has frozen to Postgres for comparison.
func (a *app) rollUp(ctx context.Context) {
	wall := redis.NewWall(a.live, a.journal.Node())
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := wall.Roll(ctx, a.store); err != nil && ctx.Err() == nil {
				a.log.Debug("roll-up waits", "err", err)
			}
		}
	}
}

// followConfiguration reads everything anew when somebody changed something,
// and whenever changes may have been missed.
func (a *app) followConfiguration(ctx context.Context) {
	for ctx.Err() == nil {
		err := a.store.ListenConfig(ctx, func(kind string) {
			if kind != "callbacks" {
				a.reconfigure(ctx)
			}
			a.callbacks.wake()
		})
		if err != nil && ctx.Err() == nil {
			a.log.Debug("listening for configuration again", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

func (a *app) reconfigure(ctx context.Context) {
	if err := a.people.load(ctx); err != nil {
		a.log.Warn("configuration not read, the last one stays", "err", err)
		return
	}
	a.setTrunks()
}

// trunks are those of the configuration. A node that takes no calls is
// registered with nobody: calls would come to it.
func (a *app) trunks() []sip.Trunk {
	trunks, faults := trunksOf(a.people.now.Load())
	for _, f := range faults {
		a.log.Error("trunk left out", "err", f)
	}
	for i := range trunks {
		trunks[i].Register = trunks[i].Register && a.fence.holding()
	}
	return trunks
}

func (a *app) setTrunks() {
	if err := a.ua.SetTrunks(a.trunks()); err != nil && !a.draining.Load() { // who stops has no telephones any more
		a.log.Error("trunks not changed", "err", err)
	}
}

// watchDisk stops dialing while the journal's disk is low.
func (a *app) watchDisk(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	low := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if is := a.journal.Health().State != ledger.Ok; is != low {
				low = is
				a.campaigns.halt(low, haltDisk)
			}
		}
	}
}
