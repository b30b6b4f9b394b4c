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

	Backups   []string `db:"backups"`    // host or host:port, tried where Host does not answer
	Domain    string   `db:"domain"`     // of From, To and REGISTER; "" = Host
	NAT       bool     `db:"nat"`        // in-dialog requests go where the dialog came from
	Codecs    []string `db:"codecs"`     // pcma, pcmu, in the order of the offer; none = both in this order
	PerSecond int      `db:"per_second"` // calls begun; 0 = without limit
	CallerSet *string  `db:"caller_set"` // whose numbers are shown; nil = CallerID
	Sorts     []string `db:"sorts"`      // costly numbers that may be called: premium, shared_cost, satellite, personal, uan, service
	PerMinute int      `db:"per_minute"` // calls begun in any 60 s; 0 = without limit
	PerDay    int      `db:"per_day"`    // and since midnight
	Reliable  string   `db:"reliable"`   // off, optional, required: 100rel and PRACK; "" = off
	SRTP      string   `db:"srtp"`       // off, optional, required; "" = off
	TLSCA     string   `db:"tls_ca"`     // PEM: who signs the trunk's certificate; "" = whom the system trusts
	TLSClient bool     `db:"tls_client"` // callers over TLS must show a certificate of TLSCA

	Active bool `db:"active"`
}

// PutTrunk creates or changes a trunk.
func (s *Store) PutTrunk(ctx context.Context, actor Actor, t Trunk) error {
	for _, list := range []*[]string{&t.Addresses, &t.Prefixes, &t.Backups, &t.Codecs, &t.Sorts} {
		if *list == nil {
			*list = []string{}
		}
	}
	for _, wish := range []*string{&t.Reliable, &t.SRTP} {
		if *wish == "" {
			*wish = "off"
		}
	}
	return s.put(ctx, actor, "put trunk", `
		INSERT INTO trunks (organisation_id, id, name, host, transport, username, secret, register, addresses, caller_id,
		    max_calls, prefixes, realm, session_us, options_us, strip_plus, signal_hold, backups, domain, nat, codecs,
		    per_second, caller_set, sorts, per_minute, per_day, reliable, srtp, tls_ca, tls_client, active)
		VALUES (@org, @id, @name, @host, @transport, @username, @secret, @register, @addresses, @caller_id,
		    @max_calls, @prefixes, @realm, @session_us, @options_us, @strip_plus, @signal_hold, @backups, @domain, @nat, @codecs,
		    @per_second, @caller_set, @sorts, @per_minute, @per_day, @reliable, @srtp, @tls_ca, @tls_client, @active)
		ON CONFLICT (organisation_id, id) DO UPDATE SET name = excluded.name, host = excluded.host,
		    transport = excluded.transport, username = excluded.username, secret = excluded.secret,
		    register = excluded.register, addresses = excluded.addresses, caller_id = excluded.caller_id,
		    max_calls = excluded.max_calls, prefixes = excluded.prefixes, realm = excluded.realm,
		    session_us = excluded.session_us, options_us = excluded.options_us, strip_plus = excluded.strip_plus,
		    signal_hold = excluded.signal_hold, backups = excluded.backups, domain = excluded.domain, nat = excluded.nat,
		    codecs = excluded.codecs, per_second = excluded.per_second, caller_set = excluded.caller_set, sorts = excluded.sorts,
		    per_minute = excluded.per_minute, per_day = excluded.per_day, reliable = excluded.reliable,
		    srtp = excluded.srtp, tls_ca = excluded.tls_ca, tls_client = excluded.tls_client, active = excluded.active`, t)
}

// Trunks lists all trunks.
func (s *Store) Trunks(ctx context.Context) ([]Trunk, error) {
	return list[Trunk](ctx, s, "list trunks", `
		SELECT id, name, host, transport, username, secret, register, addresses, caller_id, max_calls,
		    prefixes, realm, session_us, options_us, strip_plus, signal_hold, backups, domain, nat, codecs,
		    per_second, caller_set, sorts, per_minute, per_day, reliable, srtp, tls_ca, tls_client, active
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
