package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Actor says on whose behalf configuration is changed: a user's id, or a word
// for a program ("seed", "apply").
type Actor string

// change runs do in a transaction whose changes of configuration the history
// puts down to actor.
func (s *Store) change(ctx context.Context, actor Actor, what string, do func(pgx.Tx) error) error {
	err := s.in(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT set_config('callstamp.actor', $1, true)`, string(actor)); err != nil {
			return err
		}
		return do(tx)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// put runs one upsert whose parameters are the db tags of row's fields and @org.
func (s *Store) put(ctx context.Context, actor Actor, what, sql string, row any) error {
	return s.change(ctx, actor, what, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, sql, s.named(row))
		return err
	})
}

// named returns row's fields by their db tags, and the organisation as org.
func (s *Store) named(row any) pgx.NamedArgs {
	args := pgx.StructArgs(row).(pgx.NamedArgs)
	args["org"] = s.org
	return args
}

// list runs one query and reads each answer into a T by its db tags.
func list[T any](ctx context.Context, s *Store, what, sql string, args ...any) ([]T, error) {
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return found, nil
}

// one is list for at most one answer; ErrNotFound where there is none.
func one[T any](ctx context.Context, s *Store, what, sql string, args ...any) (T, error) {
	found, err := list[T](ctx, s, what, sql, args...)
	if err != nil {
		var none T
		return none, err
	}
	if len(found) == 0 {
		var none T
		return none, fmt.Errorf("%s: %w", what, ErrNotFound)
	}
	return found[0], nil
}

// Change is one entry of the history of configuration. Secrets never stand in
// it; that one changed shows as "secret_changed".
type Change struct {
	ID     int64           `db:"id"`
	At     time.Time       `db:"at"`
	Actor  Actor           `db:"actor"`
	Kind   string          `db:"kind"`   // the table: users, queues …
	Object string          `db:"object"` // the id in it
	Old    json.RawMessage `db:"old"`    // nil = created
	New    json.RawMessage `db:"new"`    // nil = deleted
}

// History returns the latest changes, newest first; kind and object narrow
// them, "" = all.
func (s *Store) History(ctx context.Context, kind, object string, limit int) ([]Change, error) {
	return list[Change](ctx, s, "read history", `
		SELECT id, at, actor, kind, object, old, new FROM config_history
		WHERE organisation_id = $1 AND ($2 = '' OR kind = $2) AND ($3 = '' OR object = $3)
		ORDER BY id DESC LIMIT $4`, s.org, kind, object, limit)
}

// Organisation is whose data it all is.
type Organisation struct {
	Name     string `db:"name"`
	Zone     string `db:"zone"` // IANA name; periods are cut in it
	Language string `db:"language"`
	Currency string `db:"currency"` // ISO 4217
}

// PutOrganisation creates or changes the organisation of this view. Nothing
// else can be stored before.
func (s *Store) PutOrganisation(ctx context.Context, actor Actor, o Organisation) error {
	if _, err := time.LoadLocation(o.Zone); err != nil {
		return fmt.Errorf("put organisation: zone %q: %w", o.Zone, err)
	}
	return s.put(ctx, actor, "put organisation", `
		INSERT INTO organisations (organisation_id, name, zone, language, currency)
		VALUES (@org, @name, @zone, @language, @currency)
		ON CONFLICT (organisation_id) DO UPDATE SET name = excluded.name, zone = excluded.zone,
		    language = excluded.language, currency = excluded.currency`, o)
}

// Organisation returns the organisation of this view, or ErrNotFound on an
// empty database.
func (s *Store) Organisation(ctx context.Context) (Organisation, error) {
	return one[Organisation](ctx, s, "read organisation", `
		SELECT name, zone, language, currency FROM organisations WHERE organisation_id = $1`, s.org)
}

// Organisations lists the ids of all organisations.
func (db *DB) Organisations(ctx context.Context) ([]stamp.OrgID, error) {
	rows, err := db.pool.Query(ctx, `SELECT organisation_id FROM organisations ORDER BY 1`)
	if err != nil {
		return nil, fmt.Errorf("list organisations: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[stamp.OrgID])
	if err != nil {
		return nil, fmt.Errorf("list organisations: %w", err)
	}
	return ids, nil
}
