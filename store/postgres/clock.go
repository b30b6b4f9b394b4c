package postgres

import (
	"context"
	"fmt"
	"time"
)

// Clock asks for the server's time and tells how far it is ahead of ours, give
// or take half of the exchange.
func (db *DB) Clock(ctx context.Context) (ahead, exchange time.Duration, err error) {
	if err := db.Ping(ctx); err != nil { // connected: the exchange is measured alone
		return 0, 0, err
	}
	var theirs time.Time
	before := time.Now()
	if err := db.pool.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&theirs); err != nil {
		return 0, 0, fmt.Errorf("read postgres clock: %w", err)
	}
	exchange = time.Since(before)
	return theirs.Sub(before.Add(exchange / 2)), exchange, nil
}
