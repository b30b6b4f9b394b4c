package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// aroundStep is how far from where the clock was set back, by both walls, a
// subject that lived then can still have figures: a call lasts hours, a wrap-up
// that waits for its agent days.
const aroundStep = 7 * 24 * time.Hour

// writeSetBack remembers the subjects that met the clock being set back. Their
// begin and end don't say any more in which buckets they count.
func (w *scribe) writeSetBack(ctx context.Context, tx pgx.Tx, node stamp.NodeID) error {
	if len(w.setBack) == 0 {
		return nil
	}
	var kinds, ids []string
	var lows, highs []int64
	for _, s := range w.setBack {
		kinds, ids = append(kinds, string(s.Subject.Kind)), append(ids, string(s.Subject.ID))
		lows, highs = append(lows, s.Low), append(highs, s.High)
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO set_back (organisation_id, node, kind, id, low, high)
		SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[]) ON CONFLICT DO NOTHING`,
		w.org, node, kinds, ids, lows, highs)
	if err != nil {
		return fmt.Errorf("write who met the clock being set back: %w", err)
	}
	w.setBack = nil
	return nil
}

// setBack adds the calls and sessions that met the clock being set back around
// the bucket, where r lacks them.
func (t tables) setBack(ctx context.Context, tx pgx.Tx, org stamp.OrgID, node stamp.NodeID, b stamp.Bucket, r *kpi.Records) error {
	calls, sessions, err := metSetBack(ctx, tx, org, node, b)
	if err != nil {
		return err
	}
	calls = slices.DeleteFunc(calls, func(id string) bool {
		return slices.ContainsFunc(r.Calls, func(c kpi.Call) bool { return string(c.Call) == id })
	})
	sessions = slices.DeleteFunc(sessions, func(id string) bool {
		return slices.ContainsFunc(r.Sessions, func(s kpi.AgentSession) bool { return string(s.Session) == id })
	})
	if len(calls) > 0 {
		more, err := t.calls.read(ctx, tx, `WHERE organisation_id = $1 AND call = ANY ($2)`, org, calls)
		if err != nil {
			return err
		}
		r.Calls = append(r.Calls, more...)
	}
	if len(sessions) > 0 {
		more, err := t.sessions.read(ctx, tx, `WHERE organisation_id = $1 AND session = ANY ($2)`, org, sessions)
		if err != nil {
			return err
		}
		r.Sessions = append(r.Sessions, more...)
	}
	return nil
}

func metSetBack(ctx context.Context, tx pgx.Tx, org stamp.OrgID, node stamp.NodeID, b stamp.Bucket) (calls, sessions []string, err error) {
	rows, err := tx.Query(ctx, `
		SELECT DISTINCT kind, id FROM set_back
		WHERE organisation_id = $1 AND node = $2 AND low < $3 AND high > $4 ORDER BY kind, id`,
		org, node, b.End()+aroundStep.Microseconds(), b.Start()-aroundStep.Microseconds())
	if err != nil {
		return nil, nil, fmt.Errorf("read who met the clock being set back: %w", err)
	}
	var kind, id string
	_, err = pgx.ForEachRow(rows, []any{&kind, &id}, func() error {
		if kind == string(stamp.SubjectCall) {
			calls = append(calls, id)
		} else {
			sessions = append(sessions, id)
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read who met the clock being set back: %w", err)
	}
	return calls, sessions, nil
}
