package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Announce tells the other nodes where this one answers ("http://host:port").
func (s *Store) Announce(ctx context.Context, node stamp.NodeID, url string) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO nodes (organisation_id, id, url) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET url = excluded.url`, s.org, node, url)
	if err != nil {
		return fmt.Errorf("announce node %s: %w", node, err)
	}
	return nil
}

// Holder is who took the calls last.
type Holder struct {
	Node  stamp.NodeID `db:"node"`
	Epoch int64        `db:"epoch"`
	Since time.Time    `db:"taken_at"`
	URL   string       `db:"url"` // "" = never said
}

// Holder returns who took the calls last; whether that node still lives, only
// its lock says. ErrNotFound before the first.
func (s *Store) Holder(ctx context.Context) (Holder, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT e.node, e.epoch, e.taken_at, coalesce(n.url, '') AS url FROM epochs e LEFT JOIN nodes n ON n.id = e.node
		WHERE e.organisation_id = $1 ORDER BY e.epoch DESC LIMIT 1`, s.org)
	if err != nil {
		return Holder{}, fmt.Errorf("read who takes the calls: %w", err)
	}
	h, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Holder])
	if err != nil {
		return Holder{}, fmt.Errorf("read who takes the calls: %w", notFound(err))
	}
	return h, nil
}

// Neighbour is another node, as far as the database knows it.
type Neighbour struct {
	Node     stamp.NodeID `db:"id"`
	URL      string       `db:"url"`
	Seq      uint64       `db:"seq"`      // its last stamp here
	AliveAt  int64        `db:"alive_at"` // At of that stamp, µs since 1970
	Open     int          `db:"open"`     // its calls, sessions and campaign runs that are not over
	Claimed  int          `db:"claimed"`  // its attempts that have no end
	Presumed bool         `db:"presumed"` // it was presumed gone after Seq
}

// Neighbours returns the nodes besides the given one that have stamped
// something.
func (s *Store) Neighbours(ctx context.Context, node stamp.NodeID) ([]Neighbour, error) {
	return list[Neighbour](ctx, s, "read neighbours", `
		SELECT p.node AS id, coalesce(n.url, '') AS url, p.seq,
		    coalesce((SELECT (extract(epoch FROM at) * 1000000)::bigint FROM stamps WHERE node = p.node AND seq = p.seq), 0) AS alive_at,
		    (SELECT count(*) FROM open_subjects o WHERE o.organisation_id = $1 AND o.node = p.node AND o.subject NOT LIKE 'node:%') AS open,
		    (SELECT count(*) FROM attempts a WHERE a.organisation_id = $1 AND a.node = p.node AND a.finished_at IS NULL) AS claimed,
		    EXISTS (SELECT FROM presumed q WHERE q.organisation_id = $1 AND q.node = p.node) AS presumed
		FROM follower_positions p LEFT JOIN nodes n ON n.id = p.node
		WHERE p.organisation_id = $1 AND p.follower = $3 AND p.node <> $2 AND p.seq > 0 ORDER BY p.node`, s.org, node, ledgerName)
}

// Presumed reports whether another node has ever presumed this one gone after
// the stamp since: its customers were told BYE then.
func (s *Store) Presumed(ctx context.Context, node stamp.NodeID, since uint64) (bool, error) {
	var gone bool
	err := s.in(ctx, func(tx pgx.Tx) error {
		all, err := silences(ctx, tx)
		for seq := range all[node] {
			gone = gone || seq >= since
		}
		return err
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		return false, fmt.Errorf("read whether node %s is presumed gone: %w", node, err)
	}
	return gone, err
}

// NodesSince returns the other nodes whose last stamp here is of since or later.
func (s *Store) NodesSince(ctx context.Context, node stamp.NodeID, since time.Time) ([]stamp.NodeID, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT p.node FROM follower_positions p
		WHERE p.organisation_id = $1 AND p.follower = $3 AND p.node <> $2
		  AND (SELECT at FROM stamps t WHERE t.node = p.node AND t.seq = p.seq) >= $4 ORDER BY p.node`, s.org, node, ledgerName, since)
	if err != nil {
		return nil, fmt.Errorf("read other nodes: %w", err)
	}
	nodes, err := pgx.CollectRows(rows, pgx.RowTo[stamp.NodeID])
	if err != nil {
		return nil, fmt.Errorf("read other nodes: %w", err)
	}
	return nodes, nil
}

// LocalAddr is the address of ours that faces the server.
func (db *DB) LocalAddr(ctx context.Context) (net.Addr, error) {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the address towards postgres: %w", err)
	}
	defer conn.Release()
	return conn.Conn().PgConn().Conn().LocalAddr(), nil
}

// Peer is another node and where it answers.
type Peer struct {
	Node stamp.NodeID `db:"id"`
	URL  string       `db:"url"`
}

// Peers returns the other nodes that have said where they answer, the newest
// first.
func (s *Store) Peers(ctx context.Context, node stamp.NodeID) ([]Peer, error) {
	return list[Peer](ctx, s, "read peers", `
		SELECT id, url FROM nodes WHERE organisation_id = $1 AND id <> $2 AND url <> '' ORDER BY first_seen DESC LIMIT 8`, s.org, node)
}
