package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Rebuild folds all stamps of all nodes anew into the schema records_shadow and puts it in the place of records, in one transaction. What
// the live store had counted is carried over. The followers wait meanwhile, and
// nobody sees anything in between; the result is the same to the byte.
func (db *DB) Rebuild(ctx context.Context) error {
	err := db.in(ctx, func(tx pgx.Tx) error {
		places, err := lockFollowers(ctx, tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, makeShadow); err != nil {
			return fmt.Errorf("make shadow tables: %w", err)
		}
		if _, err := tx.Exec(ctx, `SET LOCAL search_path TO records_shadow, public`); err != nil {
			return err
		}
		gone, err := silences(ctx, tx)
		if err != nil {
			return err
		}
		for _, p := range places {
			if err := refold(ctx, tx, p, gone[p.node][p.seq]); err != nil {
				return fmt.Errorf("fold node %s: %w", p.node, err)
			}
		}
		if err := carryRolled(ctx, tx); err != nil {
			return fmt.Errorf("carry over what was rolled: %w", err)
		}
		_, err = tx.Exec(ctx, `DROP SCHEMA records CASCADE; ALTER SCHEMA records_shadow RENAME TO records`)
		return err
	})
	if err != nil {
		return fmt.Errorf("rebuild records: %w", err)
	}
	return nil
}

// makeShadow copies the shape of records, partitions too. Indexes have no
// names of their own, so the copies get the same ones.
const makeShadow = `
DROP SCHEMA IF EXISTS records_shadow CASCADE;
CREATE SCHEMA records_shadow;
DO $$
DECLARE t record;
BEGIN
    FOR t IN SELECT c.relname, c.relkind FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
             WHERE s.nspname = 'records' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1 LOOP
        EXECUTE format('CREATE TABLE records_shadow.%I (LIKE records.%I INCLUDING ALL) %s', t.relname, t.relname,
                       CASE t.relkind WHEN 'p' THEN 'PARTITION BY LIST (month)' ELSE '' END);
    END LOOP;
    PERFORM ensure_month('records_shadow', to_date(right(c.relname, 7), 'YYYY_MM'))
    FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
    WHERE s.nspname = 'records' AND c.relispartition AND c.relname LIKE 'calls\_%' AND c.relkind = 'r' ORDER BY c.relname;
END $$`

// place is how far a node's ledger follower is.
type place struct {
	org  stamp.OrgID
	node stamp.NodeID
	seq  uint64
}

// lockFollowers keeps the ledger followers where they are until the transaction
// ends.
func lockFollowers(ctx context.Context, tx pgx.Tx) ([]place, error) {
	rows, err := tx.Query(ctx, `
		SELECT organisation_id, node, seq FROM follower_positions WHERE follower = $1 ORDER BY organisation_id, node FOR UPDATE`, ledgerName)
	if err != nil {
		return nil, fmt.Errorf("lock followers: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p place, err error) {
		return p, row.Scan(&p.org, &p.node, &p.seq)
	})
}

// refold folds all stamps of one node into the tables that come first in the
// search path, lays the provisional ends over them where the node is presumed
// gone, and stores the fold's checkpoint anew.
func refold(ctx context.Context, tx pgx.Tx, p place, gone bool) error {
	w := &scribe{tables: newTables(), org: p.org, folder: kpi.NewFolder()}
	for w.folder.Seq() < p.seq {
		stored, err := stampPage(ctx, tx, p.node, w.folder.Seq(), p.seq, page)
		if err != nil {
			return err
		}
		if len(stored) == 0 {
			return fmt.Errorf("the stamps end at %d, the position is %d", w.folder.Seq(), p.seq)
		}
		stamps := make([]stamp.Stamp, len(stored))
		for i := range stored {
			stamps[i] = stored[i].Stamp
		}
		if err := w.write(ctx, tx, stamps); err != nil {
			return err
		}
	}
	if gone {
		if err := (silence{tables: w.tables, org: p.org, node: p.node, seq: p.seq}).lay(ctx, tx, w.folder); err != nil {
			return err
		}
	}
	state, err := w.folder.State()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE follower_positions SET state_seq = seq, state = $3 WHERE follower = $1 AND node = $2`,
		ledgerName, p.node, state)
	return err
}

// carryRolled copies the only column that no fold can make.
func carryRolled(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO records_shadow.intervals (month, organisation_id, node, bucket, dim_kind, dim, basis, metric, rolled)
		SELECT month, organisation_id, node, bucket, dim_kind, dim, basis, metric, rolled FROM records.intervals
		WHERE rolled IS NOT NULL
		ON CONFLICT (organisation_id, node, bucket, dim_kind, dim, basis, metric, month)
		DO UPDATE SET rolled = excluded.rolled`)
	return err
}
