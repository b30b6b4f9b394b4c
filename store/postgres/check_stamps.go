package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// lawColumns is what the columns beside a stamp's bytes must obey: they are
// there to be found by, and whoever is shown a stamp's time is shown theirs.
const lawColumns = "a stamp's columns say what its bytes say"

// columns names the stamps that are filed under something else than they say.
func (a *auditor) columns(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `
		WITH readable AS MATERIALIZED (
		    SELECT * FROM stamps WHERE node = $1 AND seq <= $2 AND seq <> ALL ($3::bigint[]))
		SELECT seq, concat_ws(', ',
		    CASE WHEN subject <> concat(b->'subject'->>'kind', ':', b->'subject'->>'id') THEN 'subject ' || subject END,
		    CASE WHEN n <> (b->>'n')::bigint THEN 'n ' || n END,
		    CASE WHEN call_id <> coalesce(b->>'call', '') THEN 'call ' || call_id END,
		    CASE WHEN at <> 'epoch'::timestamptz + (b->>'at')::bigint * interval '1 microsecond' THEN 'at ' || at END,
		    CASE WHEN kind <> b->>'kind' THEN 'kind ' || kind END) AS odd
		FROM readable, LATERAL (SELECT convert_from(bytes, 'UTF8')::jsonb AS b) AS body
		WHERE (subject, n, call_id, at, kind) IS DISTINCT FROM
		      (concat(b->'subject'->>'kind', ':', b->'subject'->>'id'), (b->>'n')::bigint, coalesce(b->>'call', ''),
		       'epoch'::timestamptz + (b->>'at')::bigint * interval '1 microsecond', b->>'kind')
		ORDER BY seq`, a.place.node, a.place.seq, append([]int64{}, a.unread...))
	if err != nil {
		return fmt.Errorf("hold the stamps' columns against their bytes: %w", err)
	}
	var seq uint64
	var odd string
	_, err = pgx.ForEachRow(rows, []any{&seq, &odd}, func() error {
		a.say(lawColumns, stampRow(a.place.node, seq), "its column says %s", odd)
		return nil
	})
	if err != nil {
		return fmt.Errorf("hold the stamps' columns against their bytes: %w", err)
	}
	return nil
}

func stampRow(node stamp.NodeID, seq uint64) string { return fmt.Sprintf("stamp %s/%d", node, seq) }
