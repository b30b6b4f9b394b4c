// Package robot is an agent without a person: a browser's desk in Go, on the
// same WebSocket and WebRTC as the page, for the demo's colleagues and for
// load. It knows the product from outside only: the messages of api/wire.
package robot

import (
	"time"

	"github.com/callstamp/callstamp/api/wire"
)

// Plan is what a robot does with one call.
type Plan struct {
	LetRing     bool          // until the offer times out
	Decline     bool          // after React
	Fail        string        // after React the page says that its sound failed: no_microphone, ice_failed
	React       time.Duration // from ring to answer or decline
	Talk        time.Duration // from sound both ways to hanging up; 0 = until the customer does
	Holds       []Hold        // in order, within Talk
	Pauses      []Hold        // of the recording, in order, after the holds
	Wrap        time.Duration // from the end of talk to "ready"
	Disposition string        // "" = none
}

// Hold puts the customer on hold for a while, some time into the talk.
type Hold struct{ After, For time.Duration }

// Act is what a robot is about to do, told before it does it, or has just
// perceived.
type Act struct {
	At    time.Time
	Agent string
	What  string // before: ringing, dial, accept, decline, hold, unhold, hangup, dispose, wrap_end; after: unring, connected, done; ready (in a new session), lost (the desk), back (at it)
	Call  string
	Offer string
	Party string // the customer's number, as the desk shows it
}

// Config is one robot.
type Config struct {
	Server   string // http://host:port
	Login    string
	Password string
	Decide   func(wire.Ring) Plan // for each offer or dialed call
	Voice    Voice
	// Stay lets the robot come back whenever it loses its desk, as the page does: it resumes, or after the server's
	// restart begins anew and takes up what waits for it. Without it the loss of the desk ends Run.
	Stay   bool
	Bind   string                         // the address that it has in the network, of loopback's; "" = the system's choice
	Hand   <-chan HandDial                // numbers to dial by hand; nil = none
	Orders <-chan Order                   // what to do in the call besides the plan; nil = nothing
	Note   func(Act)                      // nil = nobody listens
	Heard  func(pt uint8, payload []byte) // each received packet, PT 0 or 8; nil = nobody listens
}
