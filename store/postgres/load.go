package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
)

// Load is what fills a database that BeginRestore has marked.
type Load struct {
	Schema    int64       // of the tables
	Tables    []DumpTable // in the order in which they can be filled
	Rows      map[string]int64
	Sequences []DumpSequence
	Secrets   []Secret
	// Open returns a table's rows as CopyOut wrote them.
	Open func(DumpTable) (io.ReadCloser, error)
	// Beside says that the original lives on: trunks and campaigns are switched
	// off, and no BYE will be said for its calls.
	Beside bool
}

// Load makes the schema as it was, fills it in one transaction, and brings it
// up to this build's version. It returns the tables that are not Callstamp's
// and were passed over.
func (db *DB) Load(ctx context.Context, l Load) (passed []string, err error) {
	err = db.provide(ctx, func(p *goose.Provider, status SchemaStatus) error {
		if err := (SchemaStatus{Have: l.Schema, Want: status.Want}).check(); err != nil {
			return err
		}
		_, err := p.UpTo(ctx, l.Schema)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make schema %d: %w", l.Schema, err)
	}
	err = db.in(ctx, func(tx pgx.Tx) error {
		passed, err = l.fill(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("fill database: %w", err)
	}
	err = db.provide(ctx, func(p *goose.Provider, _ SchemaStatus) error {
		_, err := p.Up(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("migrate the restored database: %w", err)
	}
	if l.Beside {
		if _, err := db.pool.Exec(ctx, standAside); err != nil { // one command, one transaction
			return nil, fmt.Errorf("switch the copy's trunks and campaigns off: %w", err)
		}
	}
	if _, err := db.pool.Exec(ctx, `ANALYZE`); err != nil {
		return nil, fmt.Errorf("analyze: %w", err)
	}
	return passed, nil
}

func (l Load) fill(ctx context.Context, tx pgx.Tx) (passed []string, err error) {
	if _, err := tx.Exec(ctx, plainText+`; SET LOCAL lock_timeout = 0`); err != nil {
		return nil, err
	}
	if err := l.partitions(ctx, tx); err != nil {
		return nil, err
	}
	known, err := catalog(ctx, tx)
	if err != nil {
		return nil, err
	}
	restored, err := setTriggers(ctx, tx, "DISABLE", nil) // the history is restored as it was, not made anew
	if err != nil {
		return nil, err
	}
	for _, t := range l.Tables {
		if !slices.ContainsFunc(known, func(k DumpTable) bool { return k.Name == t.Name }) {
			passed = append(passed, t.Name)
			continue
		}
		if err := l.copyIn(ctx, tx, t); err != nil {
			return nil, err
		}
	}
	for _, s := range l.Sequences {
		if _, err := tx.Exec(ctx, `SELECT setval(to_regclass($1), $2) WHERE to_regclass($1) IS NOT NULL`, quoted(s.Name), s.Last); err != nil {
			return nil, fmt.Errorf("set sequence %s: %w", s.Name, err)
		}
	}
	for _, s := range l.Secrets {
		if err := s.restore(ctx, tx); err != nil {
			return nil, err
		}
	}
	if _, err := setTriggers(ctx, tx, "ENABLE", restored); err != nil {
		return nil, err
	}
	return passed, nil
}

// standAside keeps a copy from ending the original's calls, dialing its leads
// and taking its registrations. Without its address the original counts as gone
// in the copy, and its open calls are presumed to end where the backup ends.
const standAside = `
SELECT set_config('callstamp.actor', 'restore', true);
UPDATE trunks SET active = false WHERE active;
UPDATE campaigns SET active = false WHERE active;
UPDATE nodes SET url = '' WHERE url <> '';
DELETE FROM leg_dialogs`

// partitions makes those that the dump had.
func (l Load) partitions(ctx context.Context, tx pgx.Tx) error {
	for _, t := range l.Tables {
		if t.Of == "" {
			continue
		}
		if !strings.HasPrefix(t.Bounds, "FOR VALUES IN (") || strings.ContainsAny(t.Bounds, ";") {
			return fmt.Errorf("make partition %s: bounds %q are not those of a month", t.Name, t.Bounds)
		}
		_, err := tx.Exec(ctx, fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s PARTITION OF %s %s`, quoted(t.Name), quoted(t.Of), t.Bounds))
		if err != nil {
			return fmt.Errorf("make partition %s: %w", t.Name, err)
		}
	}
	return nil
}

// setTriggers switches our triggers off or on: of the given tables, nil: of all
// that have some. Foreign keys are none of them and stay in force.
func setTriggers(ctx context.Context, tx pgx.Tx, how string, tables []string) ([]string, error) {
	if tables == nil {
		rows, err := tx.Query(ctx, `SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1`)
		if err != nil {
			return nil, fmt.Errorf("read triggers: %w", err)
		}
		if tables, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
			return nil, fmt.Errorf("read triggers: %w", err)
		}
	}
	for _, t := range tables {
		if _, err := tx.Exec(ctx, `ALTER TABLE `+t+` `+how+` TRIGGER USER`); err != nil {
			return nil, fmt.Errorf("%s triggers of %s: %w", strings.ToLower(how), t, err)
		}
	}
	return tables, nil
}

func (l Load) copyIn(ctx context.Context, tx pgx.Tx, t DumpTable) error {
	r, err := l.Open(t)
	if err != nil {
		return err
	}
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, r, fmt.Sprintf(`COPY %s (%s) FROM STDIN WITH (ENCODING 'UTF8')`, quoted(t.Name), quotedAll(t.Columns)))
	if err = errors.Join(err, r.Close()); err != nil {
		return fmt.Errorf("fill %s: %w", t.Name, err)
	}
	if want := l.Rows[t.Name]; tag.RowsAffected() != want {
		return fmt.Errorf("fill %s: %d rows, the manifest says %d", t.Name, tag.RowsAffected(), want)
	}
	return nil
}

// restore puts a secret back into its row.
func (s Secret) restore(ctx context.Context, tx pgx.Tx) error {
	var where []string
	args := []any{s.Value}
	for k, v := range s.Key {
		args = append(args, v)
		where = append(where, fmt.Sprintf(`%s::text = $%d`, pgx.Identifier{k}.Sanitize(), len(args)))
	}
	if len(where) == 0 {
		return fmt.Errorf("restore a secret of %s: it names no row", s.Table)
	}
	tag, err := tx.Exec(ctx, fmt.Sprintf(`UPDATE %s SET secret = $1 WHERE %s`, quoted(s.Table), strings.Join(where, " AND ")), args...)
	if err == nil && tag.RowsAffected() != 1 {
		err = fmt.Errorf("%d rows are the one that it belongs to", tag.RowsAffected())
	}
	if err != nil {
		return fmt.Errorf("restore a secret of %s: %w", s.Table, err)
	}
	return nil
}
