package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/sip"
)

const (
	// lookEvery is how often the neighbours are looked at, and so how old an
	// answer of /readyz may be: no request waits for a store.
	lookEvery = time.Second
	// lookWait bounds what a store may take to answer.
	lookWait = 2 * time.Second
	// behindAfter is the age of the oldest stamp that a store lacks, from which
	// on it is behind: a page's figures are said to be a second old.
	behindAfter = 10 * time.Second
	// compareEvery is how often the last closed bucket is asked for.
	compareEvery = 10 * time.Second
)

// sight is what one look sees of the neighbours.
type sight struct {
	postgres, redis error
	journal         ledger.Health
	truth, live     feedSight
	rebuilding      bool
	differs         bool
	trunks          []sip.TrunkState
	short           []string // what new calls are turned away for
	draining        bool
	stuck           []string // owners that don't answer
	stuckCalls      int
}

type feedSight struct {
	lag     ledger.Lag
	failing error
}

// sees judges what was seen. It is pure.
func (s sight) sees() (all []sighting) {
	see := func(on bool, id, name string, err error) {
		if on {
			all = append(all, sighting{id, name, err})
		}
	}
	for _, owner := range s.stuck {
		see(true, ownerStuck, owner, nil)
	}
	see(s.journal.Failing != nil, journalFailing, "", s.journal.Failing)
	see(s.journal.State == ledger.Critical && s.journal.Failing == nil, journalFull, "", nil)
	see(s.journal.State == ledger.Low, journalLow, "", nil)
	see(s.draining, draining, "", nil)
	see(s.postgres != nil, postgresAway, "", s.postgres)
	see(s.redis != nil, redisAway, "", s.redis)
	for _, t := range s.trunks {
		see(!t.Up && t.Fault != "", trunkDown, string(t.ID), errors.New(t.Fault))
	}
	for _, of := range s.short {
		see(true, roomShort, of, nil)
	}
	see(s.differs, ledgerDiffers, "", nil)
	see(s.rebuilding && s.redis == nil, liveRebuilding, "", nil)
	see(s.truth.behind(s.postgres), followerBehind, "ledger", s.truth.failing)
	see(s.live.behind(s.redis) && !s.rebuilding, followerBehind, "live", s.live.failing)
	see(s.stuckCalls > 0, callStuck, "", fmt.Errorf("%d calls give no sign of life", s.stuckCalls))
	return all
}

// behind: while the store is away that is told, and being behind follows.
func (f feedSight) behind(away error) bool { return away == nil && f.lag.Age > behindAfter }

// watchHealth looks at the neighbours until ctx ends.
func (a *app) watchHealth(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		a.lookAround(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// lookAround is one look.
func (a *app) lookAround(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lookWait)
	defer cancel()
	var s sight
	var asking sync.WaitGroup
	asking.Go(func() { s.postgres = a.db.Ping(ctx) })
	asking.Go(func() { s.redis = a.live.Ping(ctx) })
	asking.Wait()
	if ctx.Err() != nil && context.Cause(ctx) == context.Canceled { //nolint:errorlint // the server's own end: what was not answered says nothing
		return
	}
	s.journal = a.journal.Health()
	s.truth = feedSight{a.truth.Lag(), a.truth.Failing()}
	s.live = feedSight{a.now.Lag(), a.now.Failing()}
	s.trunks, s.draining = a.ua.Trunks(), a.draining.Load()
	now := time.Now()
	s.short = a.room.short(now)
	s.stuck, s.stuckCalls = a.pulses.stuck(now), a.pulses.stuckCalls()
	done, on := a.follower.Rebuilds()
	s.rebuilding = a.rebuild.look(now, rebuilds{done, on}, a.now.Position(), a.journal.Durable(), a.health.made)
	s.differs = a.books.differ(ctx, now, s.postgres == nil)
	a.health.look(now, s.sees())
}

// newRebuildWatch watches the rebuilds of a node; the live figures of a node
// without a past are made for the first time and not anew.
func newRebuildWatch(past bool) *rebuildWatch {
	if past {
		return &rebuildWatch{}
	}
	return &rebuildWatch{known: 1}
}

// rebuildWatch tells when live figures that were lost are right again: when
// the follower has taken in all that was durable when its rebuild was done.
type rebuildWatch struct {
	known  uint64 // rebuilds that are accounted for
	target uint64 // position to reach; 0: none
}

// rebuilds is what the live follower says of them.
type rebuilds struct {
	done uint64
	on   bool
}

// look returns whether the figures are being made anew.
func (w *rebuildWatch) look(now time.Time, r rebuilds, position, durable uint64, made func(time.Time)) bool {
	if r.done < w.known {
		return false // the first making of a new node
	}
	if r.done > w.known {
		w.known, w.target = r.done, durable
	}
	if w.target > 0 && position >= w.target {
		w.target = 0
		made(now)
	}
	return r.on || w.target > 0
}

// balance says whether the last closed bucket is the same in both stores
// (postgres.Reader).
type booksWatch struct {
	balance func(context.Context) (equal, known bool, err error)
	asked   time.Time
	differs bool
}

func (b *booksWatch) differ(ctx context.Context, now time.Time, there bool) bool {
	if !there || now.Sub(b.asked) < compareEvery {
		return b.differs
	}
	b.asked = now
	if equal, known, err := b.balance(ctx); err == nil {
		b.differs = known && !equal
	}
	return b.differs
}
