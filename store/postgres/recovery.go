package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Dialog is the stored signalling state of a leg in progress.
type Dialog struct {
	ID   string   `db:"id"`
	Call stamp.ID `db:"call_id"`
	Data []byte   `db:"data"` // as the side entry brought it
}

// OpenDialogs returns the legs of a node's calls that are not released: to say
// BYE on each after a crash. A release that is only presumed is none.
func (s *Store) OpenDialogs(ctx context.Context, node stamp.NodeID) ([]Dialog, error) {
	return list[Dialog](ctx, s, "read open dialogs", `
		SELECT id, call_id, data FROM leg_dialogs d WHERE organisation_id = $1 AND node = $2
		  AND NOT EXISTS (SELECT FROM calls c WHERE c.organisation_id = d.organisation_id AND c.call = d.call_id
		                    AND c.released_at > 0 AND NOT c.provisional)
		ORDER BY call_id, id`,
		s.org, node)
}

// OpenStamps returns, in the order of Seq, all stamps of a node's calls,
// sessions and runs that are not over: what recovery folds at a start. The journal may hold some more
// that this database does not have yet; see LedgerFollower.Position.
func (s *Store) OpenStamps(ctx context.Context, node stamp.NodeID) ([]stamp.Stamp, error) {
	return openStamps(ctx, s.pool, s.org, node)
}

// asker is a pool or a transaction.
type asker interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func openStamps(ctx context.Context, db asker, org stamp.OrgID, node stamp.NodeID) ([]stamp.Stamp, error) {
	rows, err := db.Query(ctx, `
		SELECT t.seq, t.bytes, t.hash FROM open_subjects o
		JOIN stamps t ON t.subject = o.subject AND t.month = o.month
		WHERE o.organisation_id = $1 AND o.node = $2 AND o.subject NOT LIKE 'node:%' ORDER BY t.seq`, org, node)
	if err != nil {
		return nil, fmt.Errorf("read open stamps: %w", err)
	}
	stored, err := pgx.CollectRows(rows, scanStamp)
	if err != nil {
		return nil, fmt.Errorf("read open stamps: %w", err)
	}
	stamps := make([]stamp.Stamp, len(stored))
	for i := range stored {
		stamps[i] = stored[i].Stamp
	}
	return stamps, nil
}
