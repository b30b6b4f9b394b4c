package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// CallerSet is a list of numbers of ours, one of which a call out shows.
type CallerSet struct {
	ID      string   `db:"id"`
	Name    string   `db:"name"`
	Mode    string   `db:"mode"` // rotate, prefix
	Numbers []string `db:"numbers"`
}

// PutCallerSet creates or changes a set.
func (s *Store) PutCallerSet(ctx context.Context, actor Actor, c CallerSet) error {
	return s.put(ctx, actor, "put caller set", `
		INSERT INTO caller_sets (organisation_id, id, name, mode, numbers) VALUES (@org, @id, @name, @mode, @numbers)
		ON CONFLICT (organisation_id, id) DO UPDATE SET name = excluded.name, mode = excluded.mode, numbers = excluded.numbers`, c)
}

// CallerSets lists all sets by name.
func (s *Store) CallerSets(ctx context.Context) ([]CallerSet, error) {
	return list[CallerSet](ctx, s, "list caller sets", `
		SELECT id, name, mode, numbers FROM caller_sets WHERE organisation_id = $1 ORDER BY name, id`, s.org)
}

// OutboundRoute says by which trunk numbers with a prefix are called.
type OutboundRoute struct {
	ID        string        `db:"id"`
	Name      string        `db:"name"`
	Prefix    string        `db:"prefix"` // of E.164 numbers; "" = all
	Position  int           `db:"position"`
	Weight    int           `db:"weight"` // 1 to 1000, the share among routes of one position
	Trunk     stamp.TrunkID `db:"trunk_id"`
	CallerSet *string       `db:"caller_set"` // nil = the trunk's
	Active    bool          `db:"active"`
}

// PutOutboundRoute creates or changes a route.
func (s *Store) PutOutboundRoute(ctx context.Context, actor Actor, r OutboundRoute) error {
	return s.put(ctx, actor, "put outbound route", `
		INSERT INTO outbound_routes (organisation_id, id, name, prefix, position, weight, trunk_id, caller_set, active)
		VALUES (@org, @id, @name, @prefix, @position, @weight, @trunk_id, @caller_set, @active)
		ON CONFLICT (organisation_id, id) DO UPDATE SET name = excluded.name, prefix = excluded.prefix,
		    position = excluded.position, weight = excluded.weight, trunk_id = excluded.trunk_id,
		    caller_set = excluded.caller_set, active = excluded.active`, r)
}

// OutboundRoutes lists all routes: by prefix, then in the order in which they
// are tried.
func (s *Store) OutboundRoutes(ctx context.Context) ([]OutboundRoute, error) {
	return list[OutboundRoute](ctx, s, "list outbound routes", `
		SELECT id, name, prefix, position, weight, trunk_id, caller_set, active
		FROM outbound_routes WHERE organisation_id = $1 ORDER BY prefix, position, id`, s.org)
}

// ErrInUse says that something else still names what was to be deleted.
var ErrInUse = errors.New("still in use")

// DeleteTrunk, DeleteCallerSet and DeleteOutboundRoute delete one; ErrNotFound,
// ErrInUse.
func (s *Store) DeleteTrunk(ctx context.Context, actor Actor, id stamp.TrunkID) error {
	return s.remove(ctx, actor, "delete trunk", `DELETE FROM trunks WHERE organisation_id = $1 AND id = $2`, string(id))
}

// DeleteCallerSet deletes a set.
func (s *Store) DeleteCallerSet(ctx context.Context, actor Actor, id string) error {
	return s.remove(ctx, actor, "delete caller set", `DELETE FROM caller_sets WHERE organisation_id = $1 AND id = $2`, id)
}

// DeleteOutboundRoute deletes a route.
func (s *Store) DeleteOutboundRoute(ctx context.Context, actor Actor, id string) error {
	return s.remove(ctx, actor, "delete outbound route", `DELETE FROM outbound_routes WHERE organisation_id = $1 AND id = $2`, id)
}

// foreignKey is PostgreSQL's code for a row that others name.
const foreignKey = "23503"

func (s *Store) remove(ctx context.Context, actor Actor, what, sql, id string) error {
	return s.change(ctx, actor, what, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sql, s.org, id)
		if pe, ok := errors.AsType[*pgconn.PgError](err); ok && pe.Code == foreignKey {
			return fmt.Errorf("%w: by %s", ErrInUse, pe.TableName)
		}
		if err == nil && tag.RowsAffected() == 0 {
			return ErrNotFound
		}
		return err
	})
}

// DoNotCall reports whether a number (E.164) is on the list of those that nobody
// of the organisation may call.
func (s *Store) DoNotCall(ctx context.Context, number string) (listed bool, err error) {
	err = s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM do_not_call WHERE organisation_id = $1 AND number = $2)`, s.org, number).Scan(&listed)
	if err != nil {
		return false, fmt.Errorf("look at the do-not-call list: %w", err)
	}
	return listed, nil
}

// Dialed is one call out that was begun.
type Dialed struct {
	AtUS     int64            `db:"at"`
	Trunk    stamp.TrunkID    `db:"trunk"`
	Campaign stamp.CampaignID `db:"campaign"`
	Agent    stamp.AgentID    `db:"agent"` // who dialed by hand; "" of a campaign's
}

// DialedSince lists the calls out whose INVITE was sent since an instant (µs
// since 1970), oldest first: what caps have to know after a restart. Of several
// ways the last one's trunk counts.
func (s *Store) DialedSince(ctx context.Context, sinceUS int64) ([]Dialed, error) {
	return list[Dialed](ctx, s, "list calls begun", `
		SELECT d.invited_at AS at, l.trunk, d.campaign, CASE d.campaign WHEN '' THEN d.reserved ELSE '' END AS agent
		FROM records.dial_attempts d
		JOIN records.legs l ON l.organisation_id = d.organisation_id AND l.call = d.call AND l.leg = 1 AND l.month = d.month
		WHERE d.organisation_id = $1 AND d.invited_at >= $2
		    AND d.month >= date_trunc('month', to_timestamp($2 / 1000000) AT TIME ZONE 'UTC' - interval '1 day')::date
		ORDER BY d.invited_at`, s.org, sinceUS)
}
