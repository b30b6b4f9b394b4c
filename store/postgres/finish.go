package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// abandonPause is how long a lead rests whose call was abandoned by us: 72 h,
// the longest of the rules that we know.
const abandonPause = 72 * time.Hour

// refused is the result of an attempt whose number the guard lets nobody call:
// the next one would end in the same way.
const refused = "refused"

// Finish records how an attempt ended (the words of stamp.DialResult) and
// opens the lead again or closes it. Finishing twice is no error, the first
// result stands; one that was only presumed gives way, and so does what became
// of the lead unless it was claimed again. ErrNotFound for an unknown attempt.
func (s *Store) Finish(ctx context.Context, attempt stamp.ID, result string, at time.Time) error {
	err := s.in(ctx, func(tx pgx.Tx) error { return s.finish(ctx, tx, attempt, result, at) })
	if err != nil {
		return fmt.Errorf("finish attempt %s: %w", attempt, err)
	}
	return nil
}

func (s *Store) finish(ctx context.Context, tx pgx.Tx, attempt stamp.ID, result string, at time.Time) error {
	var (
		lead               stamp.LeadID
		finished, presumed bool
		no, most           int
		retryUS            int64
	)
	err := tx.QueryRow(ctx, `
		SELECT a.lead_id, a.attempt_no, a.finished_at IS NOT NULL, a.presumed, c.max_attempts, c.retry_after_us
		FROM attempts a JOIN campaigns c ON c.organisation_id = a.organisation_id AND c.id = a.campaign_id
		WHERE a.organisation_id = $1 AND a.id = $2 FOR UPDATE OF a`, s.org, attempt).
		Scan(&lead, &no, &finished, &presumed, &most, &retryUS)
	if err != nil || finished && !presumed {
		return notFound(err)
	}
	_, err = tx.Exec(ctx, `UPDATE attempts SET finished_at = $3, result = $4, presumed = false WHERE organisation_id = $1 AND id = $2`,
		s.org, attempt, at, result)
	if err != nil {
		return err
	}
	state, pause := after(result, no < most, time.Duration(retryUS)*time.Microsecond)
	_, err = tx.Exec(ctx, `
		UPDATE leads SET state = $3, result = $4, next_at = $5
		WHERE organisation_id = $1 AND id = $2 AND (state = 'claimed') <> $6 AND attempts = $7`,
		s.org, lead, state, result, at.Add(pause), presumed, no)
	return err
}

// after says what becomes of a lead whose attempt ended with result.
func after(result string, more bool, retry time.Duration) (state string, pause time.Duration) {
	switch {
	case result == "connected", result == "invalid", result == refused, !more:
		return "done", 0
	case result == "abandoned":
		return "open", max(retry, abandonPause)
	}
	return "open", retry
}

// RecoverAttempts finishes as failed what a node claimed before it died. Call
// it at a start, after recovery and before the dialer.
func (s *Store) RecoverAttempts(ctx context.Context, node stamp.NodeID, at time.Time) (n int, err error) {
	return s.failAttempts(ctx, node, at, false)
}

// PresumeAttempts finishes as failed what another node claimed, of which it is
// known that it dials no more. What that node says of them later replaces it.
func (s *Store) PresumeAttempts(ctx context.Context, node stamp.NodeID, at time.Time) (n int, err error) {
	return s.failAttempts(ctx, node, at, true)
}

func (s *Store) failAttempts(ctx context.Context, node stamp.NodeID, at time.Time, presumed bool) (n int, err error) {
	err = s.in(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT id FROM attempts WHERE organisation_id = $1 AND node = $2 AND finished_at IS NULL ORDER BY id`, s.org, node)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[stamp.ID])
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.finish(ctx, tx, id, "failed", at); err != nil {
				return err
			}
		}
		n = len(ids)
		_, err = tx.Exec(ctx, `UPDATE attempts SET presumed = $3 WHERE organisation_id = $1 AND id = ANY ($2)`, s.org, ids, presumed)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("finish attempts of node %s: %w", node, err)
	}
	return n, nil
}
