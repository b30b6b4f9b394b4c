package postgres

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Snapshot is the whole database, of all organisations, at one moment. It holds
// one connection and keeps nobody from reading or writing. Close it.
type Snapshot struct {
	Schema        int64
	Tables        []DumpTable // in the order in which they can be filled
	Sequences     []DumpSequence
	Organisations []stamp.OrgID
	Followers     []FollowerAt
	Secrets       []Secret // what the tables' files don't have

	tx    pgx.Tx
	close func()
}

// FollowerAt is how far a follower had taken in a node's journal.
type FollowerAt struct {
	Org      stamp.OrgID  `json:"organisation"`
	Follower string       `json:"follower"`
	Node     stamp.NodeID `json:"node"`
	Seq      uint64       `json:"seq"`
	Hash     string       `json:"hash"` // of the chain at seq, hexadecimal
}

// Secret is the secret column of one row.
type Secret struct {
	Table string            `json:"table"`
	Key   map[string]string `json:"key"`
	Value string            `json:"value"`
}

// snapshotTries is how often Snapshot begins anew because a rebuild has put
// other tables in the place of those that it saw.
const snapshotTries = 3

// Snapshot takes hold of this moment. It refuses a schema newer than it knows
// and an empty database.
func (db *DB) Snapshot(ctx context.Context) (*Snapshot, error) {
	var err error
	for range snapshotTries {
		var s *Snapshot
		if s, err = db.snapshot(ctx); !errors.Is(err, errReplaced) {
			return s, err
		}
	}
	return nil, err
}

func (db *DB) snapshot(ctx context.Context) (*Snapshot, error) {
	status, err := db.Status(ctx)
	if err == nil {
		err = status.check()
	}
	if err == nil && status.Have == 0 {
		err = errors.New("the database is empty")
	}
	if err != nil {
		return nil, fmt.Errorf("take snapshot: %w", err)
	}
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("take snapshot: %w", err)
	}
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		conn.Release()
		return nil, fmt.Errorf("take snapshot: %w", err)
	}
	s := &Snapshot{tx: tx, close: func() {
		_ = tx.Rollback(context.WithoutCancel(ctx)) // read only: nothing can be lost
		conn.Release()
	}}
	if err := s.look(ctx); err != nil {
		s.Close()
		return nil, fmt.Errorf("take snapshot: %w", err)
	}
	return s, nil
}

// Close lets go of the moment.
func (s *Snapshot) Close() { s.close() }

// plainText makes what COPY writes and reads the same on every server.
const plainText = `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
	SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = 'hex'`

// look reads all but the tables' rows.
func (s *Snapshot) look(ctx context.Context) (err error) {
	if _, err := s.tx.Exec(ctx, plainText); err != nil {
		return err
	}
	err = s.tx.QueryRow(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&s.Schema)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if s.Tables, err = catalog(ctx, s.tx); err != nil {
		return err
	}
	if err := s.hold(ctx); err != nil {
		return err
	}
	rows, err := s.tx.Query(ctx, `SELECT schemaname || '.' || sequencename, last_value FROM pg_sequences
		WHERE schemaname IN ('public', 'records') AND last_value IS NOT NULL AND sequencename NOT LIKE 'goose%' ORDER BY 1`)
	if err != nil {
		return err
	}
	if s.Sequences, err = pgx.CollectRows(rows, pgx.RowToStructByPos[DumpSequence]); err != nil {
		return fmt.Errorf("read sequences: %w", err)
	}
	if rows, err = s.tx.Query(ctx, `SELECT organisation_id FROM organisations ORDER BY 1`); err != nil {
		return err
	}
	if s.Organisations, err = pgx.CollectRows(rows, pgx.RowTo[stamp.OrgID]); err != nil {
		return fmt.Errorf("read organisations: %w", err)
	}
	if s.Followers, err = followersAt(ctx, s.tx); err != nil {
		return err
	}
	return s.secrets(ctx)
}

func followersAt(ctx context.Context, tx pgx.Tx) ([]FollowerAt, error) {
	rows, err := tx.Query(ctx, `SELECT organisation_id, follower, node, seq, encode(hash, 'hex') FROM follower_positions ORDER BY 1, 2, 3`)
	if err != nil {
		return nil, err
	}
	at, err := pgx.CollectRows(rows, pgx.RowToStructByPos[FollowerAt])
	if err != nil {
		return nil, fmt.Errorf("read positions: %w", err)
	}
	return at, nil
}

// Link returns the hash of the chain at the follower's position.
func (f FollowerAt) Link() (h ledger.Hash, err error) {
	if n, err := hex.Decode(h[:], []byte(f.Hash)); err != nil || n != len(h) {
		return h, fmt.Errorf("hash %q at position %d of node %s is none", f.Hash, f.Seq, f.Node)
	}
	return h, nil
}

// errReplaced says that a rebuild has put other tables in the place of those
// that the snapshot shows: under its moment they would look empty.
var errReplaced = errors.New("tables were replaced while the snapshot was taken; is a rebuild running?")

// hold keeps the tables from being dropped or changed until Close; reading and
// writing them goes on.
func (s *Snapshot) hold(ctx context.Context) error {
	names := make([]string, len(s.Tables))
	for i, t := range s.Tables {
		names[i] = quoted(t.Name)
	}
	if _, err := s.tx.Exec(ctx, `LOCK TABLE ONLY `+strings.Join(names, ", ONLY ")+` IN ACCESS SHARE MODE`); err != nil {
		return fmt.Errorf("hold tables: %w", err)
	}
	var replaced bool
	err := s.tx.QueryRow(ctx, `
		SELECT bool_or(to_regclass(quoted) IS DISTINCT FROM c.oid) FROM unnest($1::text[]) AS quoted
		LEFT JOIN (SELECT c.oid, format('"%s"."%s"', s.nspname, c.relname) AS name FROM pg_class c
		           JOIN pg_namespace s ON s.oid = c.relnamespace) AS c ON c.name = quoted`, names).Scan(&replaced)
	if err != nil {
		return fmt.Errorf("hold tables: %w", err)
	}
	if replaced {
		return errReplaced
	}
	return nil
}

// secrets reads what is kept apart.
func (s *Snapshot) secrets(ctx context.Context) error {
	for _, t := range s.Tables {
		if !t.Secret {
			continue
		}
		key := make([]string, len(t.Key))
		for i, k := range t.Key {
			key[i] = pgx.Identifier{k}.Sanitize() + "::text"
		}
		rows, err := s.tx.Query(ctx, fmt.Sprintf(`SELECT ARRAY[%s], secret FROM ONLY %s WHERE secret <> '' ORDER BY 1`,
			strings.Join(key, ", "), quoted(t.Name)))
		if err != nil {
			return fmt.Errorf("read secrets of %s: %w", t.Name, err)
		}
		var values []string
		var value string
		_, err = pgx.ForEachRow(rows, []any{&values, &value}, func() error {
			secret := Secret{Table: t.Name, Key: map[string]string{}, Value: value}
			for i, k := range t.Key {
				secret.Key[k] = values[i]
			}
			s.Secrets = append(s.Secrets, secret)
			return nil
		})
		if err != nil {
			return fmt.Errorf("read secrets of %s: %w", t.Name, err)
		}
	}
	return nil
}

// CopyOut writes a table's rows as PostgreSQL's text, its secrets left empty,
// and returns how many there are.
func (s *Snapshot) CopyOut(ctx context.Context, t DumpTable, w io.Writer) (int64, error) {
	columns := quotedAll(t.Columns)
	if t.Secret {
		columns = strings.Replace(columns, `"`+secretColumn+`"`, `''::text AS "`+secretColumn+`"`, 1)
	}
	tag, err := s.tx.Conn().PgConn().CopyTo(ctx, w, fmt.Sprintf(`COPY (SELECT %s FROM ONLY %s) TO STDOUT WITH (ENCODING 'UTF8')`, columns, quoted(t.Name)))
	if err != nil {
		return 0, fmt.Errorf("copy %s: %w", t.Name, err)
	}
	return tag.RowsAffected(), nil
}
