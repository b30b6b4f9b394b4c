package postgres

import (
	"context"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Trunk is a SIP peer through which calls come and go.
type Trunk struct {
	ID        stamp.TrunkID `db:"id"`
	Name      string        `db:"name"`
	Host      string        `db:"host"`      // host or host:port of the peer
	Transport string        `db:"transport"` // udp, tcp, tls
	Username  string        `db:"username"`  // of the digest; "" = none asked
	Secret    string        `db:"secret"`
	Register  bool          `db:"register"`
	Addresses []string      `db:"addresses"` // CIDRs whose INVITEs are admitted
	CallerID  string        `db:"caller_id"`
	MaxCalls  int           `db:"max_calls"` // 0 = without limit

	Prefixes   []string `db:"prefixes"`   // of E.164 numbers that may be called; none = no calls out (toll fraud)
	Realm      string   `db:"realm"`      // of the digest; "" = whichever challenges
	SessionUS  int64    `db:"session_us"` // session timer (RFC 4028), 0 = none, else 90 s at least
	OptionsUS  int64    `db:"options_us"` // between two OPTIONS, 0 = none
	StripPlus  bool     `db:"strip_plus"` // numbers go out without their +
	SignalHold bool     `db:"signal_hold"`

	Active bool `db:"active"`
}

// PutTrunk creates or changes a trunk.
func (s *Store) PutTrunk(ctx context.Context, actor Actor, t Trunk) error {
	if t.Addresses == nil {
		t.Addresses = []string{}
	}
	if t.Prefixes == nil {
		t.Prefixes = []string{}
	}
	return s.put(ctx, actor, "put trunk", `
		INSERT INTO trunks (organisation_id, id, name, host, transport, username, secret, register, addresses, caller_id,
		    max_calls, prefixes, realm, session_us, options_us, strip_plus, signal_hold, active)
		VALUES (@org, @id, @name, @host, @transport, @username, @secret, @register, @addresses, @caller_id,
		    @max_calls, @prefixes, @realm, @session_us, @options_us, @strip_plus, @signal_hold, @active)
		ON CONFLICT (organisation_id, id) DO UPDATE SET name = excluded.name, host = excluded.host,
		    transport = excluded.transport, username = excluded.username, secret = excluded.secret,
		    register = excluded.register, addresses = excluded.addresses, caller_id = excluded.caller_id,
		    max_calls = excluded.max_calls, prefixes = excluded.prefixes, realm = excluded.realm,
		    session_us = excluded.session_us, options_us = excluded.options_us, strip_plus = excluded.strip_plus,
		    signal_hold = excluded.signal_hold, active = excluded.active`, t)
}

// Trunks lists all trunks.
func (s *Store) Trunks(ctx context.Context) ([]Trunk, error) {
	return list[Trunk](ctx, s, "list trunks", `
		SELECT id, name, host, transport, username, secret, register, addresses, caller_id, max_calls,
		    prefixes, realm, session_us, options_us, strip_plus, signal_hold, active
		FROM trunks WHERE organisation_id = $1 ORDER BY name, id`, s.org)
}

// Route leads a called number to a destination. The first by Position that matches
// wins; matching is the edge's.
type Route struct {
	ID       string         `db:"id"`
	Name     string         `db:"name"`
	Position int            `db:"position"`
	Trunk    *stamp.TrunkID `db:"trunk_id"`    // nil = any
	Pattern  string         `db:"pattern"`     // digits; a trailing * matches the rest
	To       string         `db:"destination"` // call.Destination's text: queue:support
	Active   bool           `db:"active"`

	HeadStartUS int64 `db:"head_start_us"` // its calls count as having come so much earlier
	VIP         bool  `db:"vip"`           // … and as a VIP's
}

// PutRoute creates or changes a route.
func (s *Store) PutRoute(ctx context.Context, actor Actor, r Route) error {
	return s.put(ctx, actor, "put route", `
		INSERT INTO routes (organisation_id, id, name, position, trunk_id, pattern, destination, active, head_start_us, vip)
		VALUES (@org, @id, @name, @position, @trunk_id, @pattern, @destination, @active, @head_start_us, @vip)
		ON CONFLICT (organisation_id, id) DO UPDATE SET name = excluded.name, position = excluded.position,
		    trunk_id = excluded.trunk_id, pattern = excluded.pattern, destination = excluded.destination,
		    active = excluded.active, head_start_us = excluded.head_start_us, vip = excluded.vip`, r)
}

// Routes lists all routes in the order in which they are tried.
func (s *Store) Routes(ctx context.Context) ([]Route, error) {
	return list[Route](ctx, s, "list routes", `
		SELECT id, name, position, trunk_id, pattern, destination, active, head_start_us, vip
		FROM routes WHERE organisation_id = $1 ORDER BY position, id`, s.org)
}
