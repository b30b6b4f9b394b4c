package sip

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// Media opens RTP ports for legs.
type Media interface {
	// NewTrunk binds a port. It must not wait for the network. An error ends the leg: 503.
	NewTrunk(cfg media.TrunkConfig) (media.TrunkEnd, error)
}

// Exchange is told which voice belongs to which leg, before anything else is posted for it.
type Exchange interface {
	AddTrunk(id stamp.ID, leg stamp.LegNo, end media.TrunkEnd, post func(time.Time, call.Input))
}

// Invite is a call that wants in. Called and Caller are as the trunk writes them, and foreign words: escape them.
type Invite struct {
	Trunk      stamp.TrunkID
	Called     string
	Caller     string
	CallerName string
	At         time.Time // when the INVITE was read from the socket, with monotonic part
}

// Listen is a socket for signalling.
type Listen struct {
	Network string // udp, tcp, tls
	Addr    string // "0.0.0.0:5060"; port 0: whatever the system gives
}

// Config makes a UA. The zero value of a field is its default.
type Config struct {
	Listen []Listen
	Public netip.Addr // for Via and Contact where NAT stands before us; none: the address that we send from
	RTP    netip.Addr // for SDP where a leg's RTP address is unspecified; none: as Public
	Trunks []Trunk

	Media    Media
	Exchange Exchange

	// Incoming decides over a call: it must Bind the leg, or Release it with a status, before it returns. It runs in the
	// INVITE's own goroutine and may wait.
	Incoming func(Invite, *Leg)
	// Admit says whether new calls are welcome; if not they get 503 with Retry-After. nil: always.
	Admit func() (ok bool, retryAfter time.Duration)
	// OnDialog gets a leg's dialog, as JSON for ByeDialog, whenever a request of ours would change with it. It runs in the
	// leg's goroutine and must not wait. It calls durable, where that is not nil, as soon as a power cut can't take the
	// dialog back any more, and never if that will not be; durable doesn't wait either. nil: nobody.
	OnDialog func(id stamp.ID, leg stamp.LegNo, dialog []byte, durable func())

	Guard GuardConfig
	TLS   *tls.Config // for listening and for dialing
	// T1 is the base of all retransmissions and time-outs, 500 ms (RFC 3261 §17.1.1.1). It belongs to the process, since
	// it does in the library beneath: a second UA must have the same.
	T1 time.Duration
	// TrunkSilent is how long an INVITE of ours may go without any answer, 4 s: 100 comes within 200 ms (RFC 3261 §17.2.1),
	// and with 500 ms for T1 the INVITE has been sent four times by then. Negative: as long as Timer B, 64·T1.
	TrunkSilent time.Duration
	MinSession  time.Duration // the shortest session timer that we accept, 90 s (RFC 4028 §4)
	Resolver    Resolver      // of trunks' hosts; net.DefaultResolver
	Log         *slog.Logger
}

// timer T2 is the longest interval between retransmissions (§17.1.2.2), T4 the life of a packet in the network.
const (
	t2Factor = 8
	t4Factor = 10
)

func (c Config) withDefaults() Config {
	orDefault(&c.T1, 500*time.Millisecond)
	orDefault(&c.TrunkSilent, 4*time.Second)
	orDefault(&c.MinSession, 90*time.Second)
	if c.Resolver == nil {
		c.Resolver = net.DefaultResolver
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if !c.RTP.IsValid() {
		c.RTP = c.Public
	}
	c.Guard = c.Guard.withDefaults()
	return c
}

func (c Config) validate() error {
	var errs []error
	if len(c.Listen) == 0 {
		errs = append(errs, errors.New("sip: nothing to listen on"))
	}
	for _, l := range c.Listen {
		if l.Network != "udp" && l.Network != "tcp" && l.Network != "tls" {
			errs = append(errs, fmt.Errorf("sip: listen network %q is none of udp, tcp, tls", l.Network))
		}
		if l.Network == "tls" && c.TLS == nil {
			errs = append(errs, errors.New("sip: listens for tls without a certificate"))
		}
	}
	if c.Media == nil || c.Incoming == nil {
		errs = append(errs, errors.New("sip: needs Media and Incoming"))
	}
	return errors.Join(append(errs, validateTrunks(c.Trunks))...)
}

func validateTrunks(trunks []Trunk) error {
	var errs []error
	seen := map[stamp.TrunkID]bool{}
	for _, t := range trunks {
		if seen[t.ID] {
			errs = append(errs, fmt.Errorf("trunk %s: stands twice", t.ID))
		}
		seen[t.ID] = true
		errs = append(errs, t.Validate())
	}
	return errors.Join(errs...)
}
