package main

import (
	"context"
	"os"
	"time"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// health answers whether the server lives and what it lacks (api.Health): from
// what is known, without asking anybody.
type health struct {
	pulses *pulses
	state  *degraded
}

var _ api.Health = health{}

// Alive implements api.Health.
func (h health) Alive() error { return h.pulses.alive(time.Now()) }

// Degraded implements api.Health.
func (h health) Degraded() []wire.Degraded { return h.state.list() }

// openHealth makes what watches the neighbours; start lets it run.
func (a *app) openHealth(ctx context.Context) (err error) {
	if a.manager, err = openManager(os.Getenv, os.Getpid()); err != nil {
		return err
	}
	a.health = newDegraded(a.log, a.noticed)
	a.pulses = a.ownersOf()
	a.rebuild = newRebuildWatch(!a.journal.Last().IsZero())
	a.books = booksWatch{balance: balanceOf(a.store.Reader())}
	a.stamped = newStampMetrics(func(q stamp.QueueID) string { return a.people.Queue(q).Name }, a.clock.Now)
	a.tracer, err = openTracer(ctx, a.config.Telemetry.OTLPEndpoint, string(a.journal.Node()), a.log)
	return err
}

func balanceOf(r *postgres.Reader) func(context.Context) (equal, known bool, err error) {
	return func(ctx context.Context) (equal, known bool, err error) {
		_, equal, known, err = r.Balance(ctx)
		return equal, known, err
	}
}

// noticed shows on the pages what has changed.
func (a *app) noticed(all []wire.Degraded) {
	a.desks.Notice(forDesks(all))
	a.wall.poke()
}

// drain lets no new call begin, and says so at once.
func (a *app) drain() {
	if a.draining.Swap(true) {
		return
	}
	if a.health != nil && a.wall != nil {
		a.health.raise(time.Now(), draining, "", nil)
	}
}
