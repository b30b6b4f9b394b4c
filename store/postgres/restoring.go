package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Unfinished says that a restore into the database was begun and not ended.
type Unfinished struct {
	Backup string
	Since  time.Time
}

// Error implements error.
func (u *Unfinished) Error() string {
	return fmt.Sprintf("the restore of backup %s into this database, begun %s, was not finished: run callstamp restore again, or drop the database",
		u.Backup, u.Since.UTC().Format(time.RFC3339))
}

// errNotEmpty says what stands in a database that was to be filled.
var errNotEmpty = errors.New("the database is not empty")

// Unfinished returns the mark of a restore that was not ended, nil for none.
func (db *DB) Unfinished(ctx context.Context) (*Unfinished, error) {
	var there bool
	if err := db.pool.QueryRow(ctx, `SELECT to_regclass('public.restore_unfinished') IS NOT NULL`).Scan(&there); err != nil {
		return nil, fmt.Errorf("look for an unfinished restore: %w", err)
	}
	if !there {
		return nil, nil
	}
	u := &Unfinished{}
	if err := db.pool.QueryRow(ctx, `SELECT backup, since FROM public.restore_unfinished`).Scan(&u.Backup, &u.Since); err != nil {
		return nil, fmt.Errorf("look for an unfinished restore: %w", err)
	}
	return u, nil
}

// BeginRestore marks an empty database as being filled from a backup: until
// EndRestore nothing but a restore will work with it. What an unfinished one
// has left is removed. The error says what stands in a database that is not
// empty.
func (db *DB) BeginRestore(ctx context.Context, backup string) error {
	before, err := db.Unfinished(ctx)
	if err != nil {
		return err
	}
	if before != nil {
		if err := db.ClearRestore(ctx); err != nil {
			return err
		}
	}
	return db.in(ctx, func(tx pgx.Tx) error {
		var found string
		err := tx.QueryRow(ctx, `
			SELECT coalesce(string_agg(name, ', '), '') FROM (
			    SELECT s.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
			    WHERE s.nspname NOT LIKE 'pg\_%' AND s.nspname <> 'information_schema' AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
			      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
			    ORDER BY 1 LIMIT 3) AS found`).Scan(&found)
		if err != nil {
			return fmt.Errorf("look into the database: %w", err)
		}
		if found != "" {
			return fmt.Errorf("%w: it holds %s …; make a new one (createdb) and name it in postgres.dsn", errNotEmpty, found)
		}
		_, err = tx.Exec(ctx, `CREATE TABLE public.restore_unfinished (backup text NOT NULL, since timestamptz NOT NULL DEFAULT now())`)
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO public.restore_unfinished (backup) VALUES ($1)`, backup)
		}
		if err != nil {
			return fmt.Errorf("mark the database as being restored: %w", err)
		}
		return nil
	})
}

// EndRestore takes the mark away: the database is whole.
func (db *DB) EndRestore(ctx context.Context) error {
	if _, err := db.pool.Exec(ctx, `DROP TABLE public.restore_unfinished`); err != nil {
		return fmt.Errorf("end restore: %w", err)
	}
	return nil
}

// ClearRestore empties a database that is marked as being restored, the mark
// last. All that stands in it came from the restore, as it was empty before.
func (db *DB) ClearRestore(ctx context.Context) error {
	if u, err := db.Unfinished(ctx); err != nil || u == nil {
		return err
	}
	if _, err := db.pool.Exec(ctx, clearAll); err != nil {
		return fmt.Errorf("clear an unfinished restore: %w", err)
	}
	return nil
}

// clearAll is one transaction: a single command to the server.
const clearAll = `
DO $$
DECLARE o record;
BEGIN
    FOR o IN SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname NOT IN ('information_schema', 'public')
             AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = pg_namespace.oid AND d.deptype = 'e') LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', o.nspname);
    END LOOP;
    FOR o IN SELECT c.oid::regclass AS name, CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END AS kind
             FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
             AND c.oid <> 'public.restore_unfinished'::regclass
             AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LOOP
        EXECUTE format('DROP %s IF EXISTS %s CASCADE', o.kind, o.name);
    END LOOP;
    FOR o IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
             AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
        EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', o.name);
    END LOOP;
    DROP TABLE public.restore_unfinished;
END $$`
