package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// monthOf returns the month (its first day, UTC) in which the id was made. An
// id that is no UUIDv7 tells nothing: then it is the month of the wall instant
// at (µs since 1970).
func monthOf(id stamp.ID, at int64) time.Time {
	made, err := stamp.TimeOf(id)
	if err != nil {
		made = time.UnixMicro(at).UTC()
	}
	return time.Date(made.Year(), made.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// monthsOf returns the months in which a stamp, what is folded from it, or the
// figures of its bucket may lie.
func monthsOf(e ledger.Entry) []time.Time {
	months := []time.Time{stampMonth(e.Stamp), monthOf("", e.Stamp.At)}
	if e.Stamp.Call != "" {
		months = append(months, monthOf(e.Stamp.Call, e.Stamp.At))
	}
	switch f := e.Stamp.Fact.(type) {
	case stamp.BucketClosed:
		months = append(months, monthOf("", f.Bucket.Start()))
	case stamp.BucketSettled:
		months = append(months, monthOf("", f.Bucket.Start()))
	}
	return months
}

// MakeMonths makes the partitions of the month of at and of the ahead months
// after it. Call it at a start and once a day; a month that is needed sooner is
// made on demand.
func (db *DB) MakeMonths(ctx context.Context, at time.Time, ahead int) error {
	made := map[string]bool{}
	for i := range ahead + 1 {
		month := time.Date(at.UTC().Year(), at.UTC().Month()+time.Month(i), 1, 0, 0, 0, 0, time.UTC)
		if err := db.ensureMonth(ctx, made, month); err != nil {
			return err
		}
	}
	return nil
}

// ensureMonth makes a month's partitions unless made says that they are there.
func (db *DB) ensureMonth(ctx context.Context, made map[string]bool, month time.Time) error {
	name := month.Format(time.DateOnly)
	if made[name] {
		return nil
	}
	_, err := db.pool.Exec(ctx, `SELECT ensure_month('public', $1), ensure_month('records', $1)`, month)
	if err != nil {
		return fmt.Errorf("make partitions of %s: %w", month.Format("2006-01"), err)
	}
	made[name] = true
	return nil
}
