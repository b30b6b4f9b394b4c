package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Withdraw gives claimed leads back for which no call was made: the attempts are
// gone and do not count, the leads are open as before. An attempt that is
// finished, or unknown, is left as it is.
func (s *Store) Withdraw(ctx context.Context, attempts []stamp.ID) error {
	err := s.in(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			WITH gone AS (
			    DELETE FROM attempts WHERE organisation_id = $1 AND id = ANY ($2) AND finished_at IS NULL
			    RETURNING lead_id)
			UPDATE leads SET state = 'open', attempts = attempts - 1
			WHERE organisation_id = $1 AND state = 'claimed' AND id IN (SELECT lead_id FROM gone)`, s.org, attempts)
		return err
	})
	if err != nil {
		return fmt.Errorf("withdraw attempts: %w", err)
	}
	return nil
}
