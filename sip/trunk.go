package sip

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// Errors of Dial.
var (
	ErrUnknownTrunk = errors.New("unknown trunk")
	ErrTrunkFull    = errors.New("trunk is full")
	ErrTooFast      = errors.New("trunk takes no more calls this second")
	ErrNotAllowed   = errors.New("number not allowed")
)

// Trunk is a way to the telephone network, as people configure it. The zero value of a field is its default.
type Trunk struct {
	ID    stamp.TrunkID
	Allow []netip.Prefix // whom calls are accepted from; others get no answer at all

	Host      string   // where calls out go: address or name; empty: no calls out
	Backups   []string // host or host:port, tried in this order where Host's addresses do not answer
	Port      int      // 5060, with tls 5061
	TLSCA     string   // certificates in PEM that sign the trunk's; "": those that the system trusts
	TLSClient bool     // whoever calls in over TLS must show a certificate that TLSCA has signed
	Transport string   // udp (default), tcp, tls
	Domain    string   // host part of From and To; Host
	NAT       bool     // in-dialog requests go where the dialog came from, whatever Contact says

	User, Password string        // for 401 and 407; empty: challenges are not answered
	Realm          string        // only this one is answered; empty: whichever the trunk's own address asks first
	Register       bool          // keep a registration of User
	Expires        time.Duration // of the registration, 1 h

	CallerIDs  []string      // our own numbers; the first where a call names none, and no others may be shown
	Prefixes   []string      // of E.164 numbers that may be called, "+84"; none: no calls out (toll fraud)
	StripPlus  bool          // the trunk wants numbers without their +
	MaxCalls   int           // in both directions together; 0: no limit
	PerSecond  int           // calls out that are begun; 0: no limit
	KeepAlive  time.Duration // OPTIONS about this often; 0: none
	SignalHold bool          // tell the far side of a hold by re-INVITE
	Laws       []media.Law   // offered in this order; PCMA, PCMU
	SRTP       Wish          // RTP/SAVP with keys in SDP (RFC 4568)
	Reliable   Wish          // provisional responses that are acknowledged (100rel, RFC 3262)
	Session    time.Duration // session timer (RFC 4028): 30 min; negative: none
}

var (
	numberForm = regexp.MustCompile(`^\+?[0-9*#]{1,32}$`)
	userForm   = regexp.MustCompile(`^[A-Za-z0-9+*#._-]{1,64}$`) // of a Contact, written as it is
	hostForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]*$`)
)

// Validate returns every mistake, one sentence each.
func (t Trunk) Validate() error {
	var errs []error
	fault := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("trunk %s: "+format, append([]any{t.ID}, args...)...))
	}
	if t.ID == "" {
		fault("needs an id")
	}
	if len(t.Allow) == 0 && t.Host == "" {
		fault("needs allowed addresses or a host")
	}
	if _, err := netip.ParseAddr(t.Host); t.Host != "" && err != nil && !hostForm.MatchString(t.Host) {
		fault("host %q is neither an address nor a name", t.Host)
	}
	if t.Domain != "" && !hostForm.MatchString(t.Domain) {
		fault("domain %q is not a host name", t.Domain)
	}
	if !slices.Contains([]string{"", "udp", "tcp", "tls"}, t.Transport) {
		fault("transport %q is none of udp, tcp, tls", t.Transport)
	}
	if t.Port < 0 || t.Port > 65535 {
		fault("port %d is not a port", t.Port)
	}
	if !t.SRTP.valid() {
		fault("srtp %q is none of off, optional, required", t.SRTP)
	}
	if !t.Reliable.valid() {
		fault("reliable %q is none of off, optional, required", t.Reliable)
	}
	if _, err := parseCA(t.TLSCA); err != nil {
		fault("tls_ca has %v", err)
	}
	if t.TLSClient && t.TLSCA == "" {
		fault("wants certificates of callers without a CA to verify them by")
	}
	if t.Register && (t.User == "" || t.Host == "") {
		fault("registers without user or host")
	}
	for _, b := range t.Backups {
		if host, _, err := splitHost(b); err != nil || net.ParseIP(host) == nil && !hostForm.MatchString(host) {
			fault("backup %q is neither an address nor a name, with or without a port", b)
		}
	}
	for _, n := range t.CallerIDs {
		if !numberForm.MatchString(n) {
			fault("caller id %q is not a number", n)
		}
	}
	return errors.Join(errs...)
}

// trunk is a Trunk at work.
type trunk struct {
	Trunk
	targets atomic.Pointer[[]target] // what Host and Backups stand for, the best first
	calls   *atomic.Int64            // shared with what the trunk was before it was changed
	roots   *x509.CertPool           // of TLSCA; nil: the system's
	pace    *buckets                 // of PerSecond; nil: no limit

	mu      sync.Mutex
	state   TrunkState
	asked   time.Duration // the rest that ends at state.RestsUntil
	shunned map[netip.AddrPort]time.Time
}

// TrunkState is how a trunk does at the moment.
type TrunkState struct {
	ID         stamp.TrunkID
	Calls      int
	Up         bool      // answered the last OPTIONS or REGISTER, or none is sent
	Since      time.Time // of Up
	RTT        time.Duration
	Registered bool
	Until      time.Time      // the registration holds until then, if it is not refreshed
	Peer       netip.AddrPort // where requests go at the moment; zero: nowhere
	Fault      string         // why not Up, in our words
	RestsUntil time.Time      // no new INVITE before: the trunk asked for it
}

func (t *trunk) transport() string { return strings.ToUpper(cmp.Or(t.Transport, "udp")) }

func (t *trunk) port() int { return cmp.Or(t.Port, defaultPort(t.Transport)) }

func (t *trunk) domain() string { return cmp.Or(t.Domain, cmp.Or(t.Host, "callstamp.invalid")) }

// withPort completes a request URI whose host is the trunk's own.
func (t *trunk) withPort(uri string) string {
	if t.Port == 0 || t.Domain != "" {
		return uri
	}
	return uri + ":" + strconv.Itoa(t.Port)
}

// peer is where new requests go; false while Host is not resolved.
func (t *trunk) peer() (netip.AddrPort, bool) {
	targets := t.targets.Load()
	if targets == nil {
		return netip.AddrPort{}, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	best, ok := choose(*targets, t.shunned, time.Now())
	return best.addr, ok
}

// shun puts an address behind the others for a while; others says whether there is one that has not failed.
func (t *trunk) shun(peer netip.AddrPort, now time.Time) (others bool) {
	targets := t.targets.Load()
	if targets == nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shunned == nil {
		t.shunned = map[netip.AddrPort]time.Time{}
	}
	t.shunned[peer] = now.Add(shunFor)
	return slices.ContainsFunc(*targets, func(a target) bool { return !t.shunned[a.addr].After(now) })
}

// answers takes an address that answered back to its place.
func (t *trunk) answers(peer netip.AddrPort) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.shunned, peer)
}

// byName sends a new request of a TLS trunk to its target's name, which the certificate must have. Later ones of the
// dialog find the connection by its address.
func (t *trunk) byName(req *sip.Request) {
	if t.Transport != "tls" {
		return
	}
	for _, to := range *t.targets.Load() {
		if _, err := netip.ParseAddr(to.name); err != nil && to.addr.String() == req.Destination() {
			req.SetDestination(net.JoinHostPort(to.name, strconv.Itoa(int(to.addr.Port()))))
			return
		}
	}
}

// claim is how narrowly the trunk names the address, in bits of prefix; -1: not at all.
func (t *trunk) claim(a netip.Addr) int {
	bits := -1
	for _, p := range t.Allow {
		if p.Contains(a) {
			bits = max(bits, p.Bits())
		}
	}
	if targets := t.targets.Load(); targets != nil && slices.ContainsFunc(*targets, func(p target) bool { return p.addr.Addr() == a }) {
		bits = a.BitLen()
	}
	return bits
}

// trusts reports whether the address is the trunk's.
func (t *trunk) trusts(a netip.Addr) bool { return t.claim(a.Unmap()) >= 0 }

// take claims one of the trunk's calls; give returns it.
func (t *trunk) take() bool {
	if n := t.calls.Add(1); t.MaxCalls > 0 && n > int64(t.MaxCalls) {
		t.calls.Add(-1)
		return false
	}
	return true
}

func (t *trunk) give() { t.calls.Add(-1) }

// paces claims one of the calls that the trunk begins in a second.
func (t *trunk) paces(now time.Time) bool {
	return t.pace == nil || t.pace.take(netip.IPv4Unspecified(), now)
}

// allows judges a number to be called.
func (t *trunk) allows(number string) error {
	if !numberForm.MatchString(number) {
		return fmt.Errorf("%w: not a number", ErrNotAllowed)
	}
	for _, p := range t.Prefixes {
		if strings.HasPrefix(number, p) {
			return nil
		}
	}
	return fmt.Errorf("%w: outside the prefixes of trunk %s", ErrNotAllowed, t.ID)
}

// callerID is the number to be shown: one of our own.
func (t *trunk) callerID(want string) (string, error) {
	switch {
	case want == "" && len(t.CallerIDs) > 0:
		return t.CallerIDs[0], nil
	case want == "":
		return cmp.Or(t.User, "anonymous"), nil
	case slices.Contains(t.CallerIDs, want):
		return want, nil
	}
	return "", fmt.Errorf("%w: caller id is not one of trunk %s", ErrNotAllowed, t.ID)
}

func (t *trunk) snapshot() TrunkState {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.state
	s.ID, s.Calls = t.ID, int(t.calls.Load())
	if targets := t.targets.Load(); targets != nil {
		best, _ := choose(*targets, t.shunned, time.Now())
		s.Peer = best.addr
	}
	return s
}

// report notes the outcome of a probe.
func (t *trunk) report(at time.Time, up bool, fault string, change func(*TrunkState)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.state.Up != up || t.state.Since.IsZero() {
		t.state.Since = at
	}
	t.state.Up, t.state.Fault = up, fault
	if change != nil {
		change(&t.state)
	}
}
