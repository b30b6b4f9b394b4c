package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// silence is a node of which nothing is known after a stamp. While its ledger
// stands there, its records are those of its stamps with provisional ends laid
// over: a function of its stamps up to seq alone. The first stamp after seq
// takes them away again without a trace, so it does not matter when another node
// presumed what.
type silence struct {
	tables tables
	org    stamp.OrgID
	node   stamp.NodeID
	seq    uint64
}

// presume carries out node.presumed_gone, unless the node has spoken since or
// is presumed gone already. The position's lock keeps its own ledger away.
func (s *Store) presume(ctx context.Context, tx pgx.Tx, g stamp.NodePresumedGone) error {
	q := silence{tables: newTables(), org: s.org, node: g.Gone, seq: g.Seq}
	var seq uint64
	var done bool
	err := tx.QueryRow(ctx, `
		SELECT seq, EXISTS (SELECT FROM presumed s WHERE s.organisation_id = p.organisation_id AND s.node = p.node)
		FROM follower_positions p WHERE organisation_id = $1 AND follower = $2 AND node = $3 FOR UPDATE`,
		s.org, ledgerName, g.Gone).Scan(&seq, &done)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && (done || seq != g.Seq) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("lock position of node %s: %w", g.Gone, err)
	}
	folder, _, err := foldAt(ctx, tx, s.org, g.Gone, seq)
	if err != nil {
		return err
	}
	return q.lay(ctx, tx, folder)
}

// lay writes the provisional ends over the records, and marks the closed
// buckets whose figures they change.
func (q silence) lay(ctx context.Context, tx pgx.Tx, folder *kpi.Folder) error {
	ends, at, err := q.ends(ctx, tx, folder)
	if err != nil {
		return err
	}
	if err := q.tables.write(ctx, tx, ends); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		WITH marked AS (
		    UPDATE buckets SET stale = true
		    WHERE organisation_id = $1 AND node = $2 AND NOT stale AND (bucket >= $3 OR bucket = ANY ($4))
		    RETURNING bucket)
		INSERT INTO presumed (organisation_id, node, seq, marked)
		SELECT $1, $2, $5, coalesce(array_agg(bucket ORDER BY bucket), '{}') FROM marked`,
		q.org, q.node, int64(stamp.BucketAt(at)), arrivals(ends), q.seq)
	if err != nil {
		return fmt.Errorf("mark buckets of node %s: %w", q.node, err)
	}
	return nil
}

// lift takes the provisional ends away: the node speaks again. folder is its
// fold at seq.
func (q silence) lift(ctx context.Context, tx pgx.Tx, folder *kpi.Folder) error {
	_, err := tx.Exec(ctx, `
		WITH over AS (DELETE FROM presumed WHERE organisation_id = $1 AND node = $2 RETURNING marked)
		UPDATE buckets b SET stale = false FROM over
		WHERE b.organisation_id = $1 AND b.node = $2 AND b.bucket = ANY (over.marked)`, q.org, q.node)
	if err != nil {
		return fmt.Errorf("unmark buckets of node %s: %w", q.node, err)
	}
	if err := q.tables.deleteProvisional(ctx, tx, q.org, q.node); err != nil {
		return err
	}
	return q.tables.write(ctx, tx, folder.Open())
}

// ends returns the records that the provisional ends change, and the instant of
// the ends, µs since 1970: the latest that is known of the node.
func (q silence) ends(ctx context.Context, tx pgx.Tx, folder *kpi.Folder) (kpi.Records, int64, error) {
	last, err := stampPage(ctx, tx, q.node, q.seq-1, q.seq, 1)
	if err != nil {
		return kpi.Records{}, 0, err
	}
	if len(last) != 1 {
		return kpi.Records{}, 0, fmt.Errorf("stamp %d of node %s is not there", q.seq, q.node)
	}
	open, err := openStamps(ctx, tx, q.org, q.node)
	if err != nil {
		return kpi.Records{}, 0, err
	}
	alive := last[0].Latest(open)
	ends, err := folder.Presume(closings(open, alive))
	return ends, alive.At, err
}

// closings are the stamps with which the subjects of open would end at alive,
// each at its own last instant if that is later. They are what a node stamps of
// its own crash, but that wrap-ups end too: nobody will go on with them here. A
// subject that can't be ended stays open, as it does in recovery.
func closings(open []stamp.Stamp, alive stamp.Instant) []stamp.Stamp {
	by := map[stamp.Subject][]stamp.Stamp{}
	var order []stamp.Subject
	for _, s := range open {
		if by[s.Subject] == nil {
			order = append(order, s.Subject)
		}
		by[s.Subject] = append(by[s.Subject], s)
	}
	var all []stamp.Stamp
	for _, subject := range order {
		var ends []stamp.Stamp
		var err error
		switch subject.Kind {
		case stamp.SubjectCall:
			ends, err = call.GiveUp(by[subject], alive)
		case stamp.SubjectAgent:
			ends, err = acd.Recover(by[subject], alive)
		}
		if err == nil {
			all = append(all, ends...)
		}
	}
	return all
}

// silences returns, by node, the stamps after which other nodes have presumed
// it gone.
func silences(ctx context.Context, tx pgx.Tx) (map[stamp.NodeID]map[uint64]bool, error) {
	rows, err := tx.Query(ctx, `SELECT seq, bytes, hash FROM stamps WHERE kind = 'node.presumed_gone'`) // as the index says it
	if err != nil {
		return nil, fmt.Errorf("read who was presumed gone: %w", err)
	}
	stored, err := pgx.CollectRows(rows, scanStamp)
	if err != nil {
		return nil, fmt.Errorf("read who was presumed gone: %w", err)
	}
	gone := map[stamp.NodeID]map[uint64]bool{}
	for _, s := range stored {
		g, is := s.Fact.(stamp.NodePresumedGone)
		if !is {
			continue // its column says otherwise than its bytes: the audit names it
		}
		if gone[g.Gone] == nil {
			gone[g.Gone] = map[uint64]bool{}
		}
		gone[g.Gone][g.Seq] = true
	}
	return gone, nil
}
