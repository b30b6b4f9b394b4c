package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// PendingWork returns an agent's segments that wait for the end of their
// wrap-up or for a disposition, oldest first.
func (s *Store) PendingWork(ctx context.Context, agent stamp.AgentID) ([]kpi.Segment, error) {
	var pending []kpi.Segment
	err := s.frozen(ctx, func(tx pgx.Tx) (err error) {
		pending, err = newTables().segments.read(ctx, tx, `
			WHERE organisation_id = $1 AND agent = $2 AND NOT closed AND connected_at > 0 AND ended_at > 0
			  AND (wrap_started_at > 0 AND wrap_ended_at = 0 OR disposition = '') ORDER BY ended_at, call`, s.org, agent)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read pending work of %s: %w", agent, err)
	}
	return pending, nil
}
