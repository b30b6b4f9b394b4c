package acd

import (
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Calls is the switchboard: where matches go. Post never blocks; false means
// that no such call lives any more.
type Calls interface {
	Post(id stamp.ID, at time.Time, in call.Input) bool
}

// Sink takes the stamps; Record never waits.
type Sink interface {
	Record(stamps []stamp.Stamp, sides []stamp.Side) (seq uint64)
}

// Screens shows presence to whoever looks at it: the agent's own desk. Called
// from the Floor's goroutine, it must return at once.
type Screens interface {
	Presence(p Presence)
}

// Options are the Floor's limits.
type Options struct {
	Org stamp.OrgID
	// Zone is the organisation's: calls and talk of a day are counted from its
	// midnight on. Nil: UTC.
	Zone *time.Location
	// Unreachable is how long a page may be silent; pages prove life every 2 s.
	Unreachable time.Duration
	// Logout ends the session of an agent who has been unreachable so long
	// outside a call; 0 = never.
	Logout time.Duration
	// Safety is how much longer than the offer a reservation is kept. Then the
	// call is asked for its offer, and an agent whose call died is freed.
	Safety time.Duration
	// Rest is how long an agent who declined or missed an offer is not rung,
	// so that one unattended desk can't hold up a call that others could take.
	Rest time.Duration
}
