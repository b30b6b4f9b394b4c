package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/redis"
)

// health answers whether the server can do its work (api.Health).
type health struct {
	db       *postgres.DB
	live     *redis.Store
	journal  *ledger.Journal
	draining func() bool
}

// Ready implements api.Health.
func (h health) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var errs []error
	if h.draining() {
		errs = append(errs, errors.New("draining: no new calls"))
	}
	if err := h.db.Ping(ctx); err != nil {
		errs = append(errs, fmt.Errorf("postgres is away, records wait in the journal: %w", err))
	}
	if err := h.live.Ping(ctx); err != nil {
		errs = append(errs, fmt.Errorf("redis is away, live figures stand still: %w", err))
	}
	if s := h.journal.Health().State; s != ledger.Ok {
		errs = append(errs, fmt.Errorf("the journal's disk is %s: free some space", s))
	}
	return errors.Join(errs...)
}
