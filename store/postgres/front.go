package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Hours says when a place is open.
type Hours struct {
	ID     string              `db:"id"`
	Name   string              `db:"name"`
	Zone   string              `db:"zone"`   // IANA name
	Weekly map[string][]string `db:"weekly"` // mon … sun → 08:00-12:00
	Dates  []HoursDate         `db:"dates"`  // in place of the weekday
}

// HoursDate is a holiday or another exception.
type HoursDate struct {
	Date string   `json:"date"` // 2027-02-06
	Name string   `json:"name,omitempty"`
	Open []string `json:"open"` // none: closed all day
}

// Menu is one node of a dialogue by key. Destinations are call.Destination's
// text, "" = none.
type Menu struct {
	ID        string            `db:"id"`
	Name      string            `db:"name"`
	Language  string            `db:"language"` // of its prompts; "" = the call's
	Prompt    string            `db:"prompt"`
	TimeoutUS int64             `db:"timeout_us"`
	Retries   int               `db:"retries"`
	Invalid   string            `db:"invalid"` // prompts; "" = none
	Silent    string            `db:"silent"`
	Failed    string            `db:"failed"`   // destination when the retries are used up
	Operator  string            `db:"operator"` // destination of the action of that name
	Options   map[string]string `db:"options"`  // key → destination, or repeat, back, operator
}

// Door is a queue's policy for who may wait and what they hear.
type Door struct {
	Queue    stamp.QueueID     `db:"id"`
	Hours    string            `db:"hours"`  // "" = always open
	Closed   string            `db:"closed"` // destination
	MaxSize  int               `db:"max_size"`
	Full     string            `db:"full"`
	Join     string            `db:"join_staff"` // "", logged_in, reachable
	Stay     string            `db:"stay_staff"`
	Empty    string            `db:"empty"`
	Overflow string            `db:"overflow"` // after the queue's longest wait
	Keys     map[string]string `db:"keys"`     // that the waiting customer may press

	Welcome  string `db:"welcome"` // prompt; "" = the usual one, "-" = none
	Music    string `db:"music"`   // "" = the usual one
	EveryUS  int64  `db:"announce_every_us"`
	Position bool   `db:"announce_position"`
	Wait     bool   `db:"announce_wait"`
	Comfort  string `db:"comfort"` // prompt

	CallbackKey   string        `db:"callback_key"` // "" = no call-backs
	CallbackTrunk stamp.TrunkID `db:"callback_trunk"`
	CallbackTries int           `db:"callback_tries"`
	CallbackGapUS int64         `db:"callback_gap_us"`
}

// PutHours creates or changes hours.
func (s *Store) PutHours(ctx context.Context, actor Actor, h Hours) error {
	if h.Weekly == nil {
		h.Weekly = map[string][]string{}
	}
	if h.Dates == nil {
		h.Dates = []HoursDate{}
	}
	return s.put(ctx, actor, "put hours", `
		INSERT INTO hours (organisation_id, id, name, zone, weekly, dates) VALUES (@org, @id, @name, @zone, @weekly, @dates)
		ON CONFLICT (organisation_id, id) DO UPDATE SET name = excluded.name, zone = excluded.zone,
		    weekly = excluded.weekly, dates = excluded.dates`, h)
}

// Hours lists all hours.
func (s *Store) Hours(ctx context.Context) ([]Hours, error) {
	return list[Hours](ctx, s, "list hours", `
		SELECT id, name, zone, weekly, dates FROM hours WHERE organisation_id = $1 ORDER BY name, id`, s.org)
}

// PutMenu creates or changes a menu.
func (s *Store) PutMenu(ctx context.Context, actor Actor, m Menu) error {
	if m.Options == nil {
		m.Options = map[string]string{}
	}
	return s.put(ctx, actor, "put menu", `
		INSERT INTO menus (organisation_id, id, name, language, prompt, timeout_us, retries, invalid, silent, failed, operator, options)
		VALUES (@org, @id, @name, @language, @prompt, @timeout_us, @retries, @invalid, @silent, @failed, @operator, @options)
		ON CONFLICT (organisation_id, id) DO UPDATE SET name = excluded.name, language = excluded.language,
		    prompt = excluded.prompt, timeout_us = excluded.timeout_us, retries = excluded.retries,
		    invalid = excluded.invalid, silent = excluded.silent, failed = excluded.failed,
		    operator = excluded.operator, options = excluded.options`, m)
}

// Menus lists all menus.
func (s *Store) Menus(ctx context.Context) ([]Menu, error) {
	return list[Menu](ctx, s, "list menus", `
		SELECT id, name, language, prompt, timeout_us, retries, invalid, silent, failed, operator, options
		FROM menus WHERE organisation_id = $1 ORDER BY name, id`, s.org)
}

// PutDoor creates or changes the policy of a queue.
func (s *Store) PutDoor(ctx context.Context, actor Actor, d Door) error {
	if d.Keys == nil {
		d.Keys = map[string]string{}
	}
	return s.put(ctx, actor, "put door", `
		INSERT INTO doors (organisation_id, id, hours, closed, max_size, "full", join_staff, stay_staff, empty, overflow, keys,
		    welcome, music, announce_every_us, announce_position, announce_wait, comfort,
		    callback_key, callback_trunk, callback_tries, callback_gap_us)
		VALUES (@org, @id, @hours, @closed, @max_size, @full, @join_staff, @stay_staff, @empty, @overflow, @keys,
		    @welcome, @music, @announce_every_us, @announce_position, @announce_wait, @comfort,
		    @callback_key, @callback_trunk, @callback_tries, @callback_gap_us)
		ON CONFLICT (organisation_id, id) DO UPDATE SET hours = excluded.hours, closed = excluded.closed,
		    max_size = excluded.max_size, "full" = excluded."full", join_staff = excluded.join_staff,
		    stay_staff = excluded.stay_staff, empty = excluded.empty, overflow = excluded.overflow, keys = excluded.keys,
		    welcome = excluded.welcome, music = excluded.music, announce_every_us = excluded.announce_every_us,
		    announce_position = excluded.announce_position, announce_wait = excluded.announce_wait,
		    comfort = excluded.comfort, callback_key = excluded.callback_key, callback_trunk = excluded.callback_trunk,
		    callback_tries = excluded.callback_tries, callback_gap_us = excluded.callback_gap_us`, d)
}

// Doors lists the policies of queues.
func (s *Store) Doors(ctx context.Context) ([]Door, error) {
	return list[Door](ctx, s, "list doors", `
		SELECT id, hours, closed, max_size, "full", join_staff, stay_staff, empty, overflow, keys, welcome, music,
		    announce_every_us, announce_position, announce_wait, comfort, callback_key, callback_trunk, callback_tries, callback_gap_us
		FROM doors WHERE organisation_id = $1 ORDER BY id`, s.org)
}

// frontTables are where RemoveFront takes from.
var frontTables = map[string]string{ //nolint:gochecknoglobals // read-only table
	"hours": "hours", "menu": "menus", "door": "doors", "route": "routes",
}

// RemoveFront takes hours, a menu, a door or a route away; ErrNotFound if there
// is none. Whether anything still leads there is the caller's to know.
func (s *Store) RemoveFront(ctx context.Context, actor Actor, kind, id string) error {
	return s.change(ctx, actor, "remove "+kind, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `DELETE FROM `+pgx.Identifier{frontTables[kind]}.Sanitize()+` WHERE organisation_id = $1 AND id = $2`, s.org, id)
		if err == nil && tag.RowsAffected() == 0 {
			return ErrNotFound
		}
		return err
	})
}
