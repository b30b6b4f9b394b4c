package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/redis"
)

// doctorWait bounds each exchange with a neighbour.
const doctorWait = 5 * time.Second

// skewMost is how far Postgres's clock may be from ours: months, hours of
// dialing and sessions are judged by it, durations never.
const skewMost = 2 * time.Second

// checkPostgres looks at the server, its schema and its clock, and at the
// trunks that stand in it.
func (d *doctor) checkPostgres(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 2*doctorWait)
	defer cancel()
	dsn := d.config.Postgres.DSN
	db, err := postgres.Open(ctx, dsn.Reveal())
	if err != nil {
		d.add("postgres", bad, "the address can't be read", "correct postgres.dsn, now "+dsn.String())
		return
	}
	defer db.Close()
	ahead, exchange, err := db.Clock(ctx)
	if err != nil {
		d.add("postgres", bad, err.Error(), "start PostgreSQL, or correct postgres.dsn, now "+dsn.String())
		d.add("trunks", note, "not asked: they stand in Postgres", "")
		return
	}
	d.add("postgres", good, fmt.Sprintf("%s answers in %v", dsn, exchange.Round(10*time.Microsecond)), "")
	switch far := ahead.Abs() - exchange/2; {
	case far > skewMost:
		d.add("clock", bad, fmt.Sprintf("Postgres's clock is %v from ours", ahead.Round(time.Millisecond)), "let NTP keep the time on both machines")
	default:
		d.add("clock", good, fmt.Sprintf("%v from Postgres's, ± %v", ahead.Round(time.Millisecond), (exchange/2).Round(10*time.Microsecond)), "")
	}
	status, err := db.Status(ctx)
	if err != nil {
		fix := "let the role of postgres.dsn create tables"
		if _, half := errors.AsType[*postgres.Unfinished](err); half {
			fix = "restore again, or name a new database in postgres.dsn"
		}
		d.add("schema", bad, err.Error(), fix)
		return
	}
	d.checkSchema(status)
	if !status.Pending() {
		store := db.For(stamp.OrgID(d.config.Organisation.ID))
		d.checkTrunks(ctx, store)
		d.checkWays(ctx, store)
	}
}

func (d *doctor) checkSchema(s postgres.SchemaStatus) {
	switch {
	case s.Have > s.Want:
		d.add("schema", bad, fmt.Sprintf("version %d, this build knows up to %d", s.Have, s.Want), "install the newer callstamp that migrated it")
	case s.Have == 0:
		d.add("schema", note, "the database is empty; serve or migrate fills it", "")
	case s.Pending():
		d.add("schema", note, fmt.Sprintf("version %d, serve or migrate brings it to %d", s.Have, s.Want), "")
	default:
		d.add("schema", good, fmt.Sprintf("version %d", s.Have), "")
	}
}

// checkRedis looks at the server and at what it does when its memory is full:
// evicted counters would be wrong until they are rebuilt.
func (d *doctor) checkRedis(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, doctorWait)
	defer cancel()
	fix := "start Redis, or correct redis.addr, now " + d.config.Redis.Addr
	live, err := redis.Open(redisURL(d.config.Redis))
	if err != nil {
		d.add("redis", bad, err.Error(), fix)
		return
	}
	defer func() { _ = live.Close() }() // nothing was written
	began := time.Now()
	if err := live.Ping(ctx); err != nil {
		d.add("redis", bad, err.Error(), fix)
		return
	}
	took := time.Since(began).Round(10 * time.Microsecond)
	switch m, err := live.Memory(ctx); {
	case err != nil:
		d.add("redis", note, fmt.Sprintf("answers in %v, but tells nothing of its memory: %v", took, err), "")
	case m.Limit > 0 && m.Policy != "noeviction":
		d.add("redis", bad, fmt.Sprintf("beyond %d MiB it evicts keys (%s), and live figures would be wrong", m.Limit>>20, m.Policy),
			"CONFIG SET maxmemory-policy noeviction, and the same in redis.conf")
	default:
		d.add("redis", good, fmt.Sprintf("%s answers in %v", d.config.Redis.Addr, took), "")
	}
}
