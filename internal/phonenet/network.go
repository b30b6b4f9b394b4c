package phonenet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// Config is a network. Listen is an address on loopback, port 0 = any; Target is
// the product's SIP address.
type Config struct {
	Listen string
	Target string
	// Called gives the script of a customer whom the product calls.
	Called func(number string) Script
	// Cues are the beginnings of the product's prompts and music as 8 kHz
	// samples, by name: "survey", "music" and what else the customers know.
	Cues map[string][]int16
	Note func(Act) // nil = nobody listens

	// Contact is the address that the product is shown where something stands
	// between; "": Listen's. All requests go to Target.
	Contact string
	// Lost is after how long without a packet from the product a phone that is
	// up hangs up; 0: never.
	Lost time.Duration
	// Wire may put something around each phone's RTP socket; nil: nothing.
	Wire func(*net.UDPConn) Socket
}

// Network is the carrier and all its customers.
type Network struct {
	cfg    Config
	ua     *sipgo.UserAgent
	client *sipgo.Client
	server *sipgo.Server
	conn   net.PacketConn
	wire   *wire
	here   *net.UDPAddr
	life   context.Context //nolint:containedctx // ends with Close
	cut    context.CancelFunc
	served sync.WaitGroup

	mu      sync.Mutex
	calls   map[string]*phone // by Call-ID
	errands sync.WaitGroup    // requests under way; none begins once life is over
}

// Open starts the network.
func Open(c Config) (*Network, error) {
	conn, err := net.ListenPacket("udp4", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("open phone network: %w", err)
	}
	here := conn.LocalAddr().(*net.UDPAddr)
	ua, err := sipgo.NewUA(sipgo.WithUserAgent("phonenet"), sipgo.WithUserAgentHostname(here.IP.String()))
	if err != nil {
		return nil, fmt.Errorf("open phone network: %w", err)
	}
	client, err := sipgo.NewClient(ua, sipgo.WithClientHostname(here.IP.String()), sipgo.WithClientPort(here.Port))
	if err != nil {
		return nil, fmt.Errorf("open phone network: %w", err)
	}
	server, err := sipgo.NewServer(ua)
	if err != nil {
		return nil, fmt.Errorf("open phone network: %w", err)
	}
	n := &Network{cfg: c, ua: ua, client: client, server: server, conn: conn, here: here, calls: map[string]*phone{}}
	n.life, n.cut = context.WithCancel(context.Background())
	if c.Note == nil {
		n.cfg.Note = func(Act) {}
	}
	server.OnInvite(n.onInvite)
	server.OnAck(n.onAck)
	server.OnBye(n.onBye)
	server.OnInfo(func(r *sip.Request, tx sip.ServerTransaction) { respond(tx, r, 200, "OK", nil) })
	server.OnUpdate(func(r *sip.Request, tx sip.ServerTransaction) { respond(tx, r, 200, "OK", nil) })
	server.OnOptions(func(r *sip.Request, tx sip.ServerTransaction) { respond(tx, r, 200, "OK", nil) })
	n.wire = newWire(conn)
	server.TransportLayer().Pool("udp").Add(here.String(), &sip.UDPConnection{PacketConn: n.wire, PacketAddr: here.String(), Listener: true})
	n.served.Go(func() { _ = server.ServeUDP(n.wire) }) // ends when conn is closed
	return n, nil
}

// Addr is where the network listens: the product's trunk.
func (n *Network) Addr() string { return n.here.String() }

// Close hangs up nothing: it is the wire that is cut.
func (n *Network) Close() error {
	n.mu.Lock()
	n.cut()
	left := make([]*phone, 0, len(n.calls))
	for _, p := range n.calls {
		left = append(left, p)
	}
	n.mu.Unlock()
	for _, p := range left {
		p.over("cut", 0)
		<-p.gone
	}
	n.errands.Wait() // a request that began now would open a socket of its own
	n.conn.Close()
	err := n.ua.Close()
	n.served.Wait()
	<-time.After(settleTime)
	return errors.Join(err, n.ua.Close())
}

// settleTime is for messages that the library was still handling when the wire
// was cut: one that finds it cut opens a socket of its own, which the second
// closing ends.
const settleTime = 20 * time.Millisecond

// errandTime is enough for five tries (T1 is 500 ms), all of which are lost in
// 25 of 100,000 cases on a line that loses a tenth each way.
const errandTime = 12 * time.Second

// errand runs a request that nobody waits for; not at all once the wire is cut.
func (n *Network) errand(do func(ctx context.Context)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.life.Err() != nil {
		return
	}
	n.errands.Go(func() {
		ctx, cancel := context.WithTimeout(n.life, errandTime)
		defer cancel()
		do(ctx)
	})
}

// Calls is how many calls are up or being set up.
func (n *Network) Calls() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.calls)
}

func (n *Network) add(id string, p *phone) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls[id] = p
}

func (n *Network) find(id string) *phone {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.calls[id]
}

func (n *Network) drop(id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.calls, id)
}

// request makes a request that leaves from the network's one socket.
func (n *Network) request(m sip.RequestMethod, to sip.Uri) *sip.Request {
	r := sip.NewRequest(m, to)
	r.SetTransport("UDP")
	r.Laddr = sip.Addr{IP: n.here.IP, Port: n.here.Port}
	if n.cfg.Target != "" {
		r.SetDestination(n.cfg.Target) // whatever Contact says: something may stand between
	}
	return r
}

// write sends a message past all transactions.
func (n *Network) write(m sip.Message) error { return n.server.TransportLayer().WriteMsg(m) }

func (n *Network) contact() *sip.ContactHeader {
	shown := *n.here
	if n.cfg.Contact != "" {
		shown = *net.UDPAddrFromAddrPort(netip.MustParseAddrPort(n.cfg.Contact))
	}
	return &sip.ContactHeader{Address: sip.Uri{Scheme: "sip", User: "net", Host: shown.IP.String(), Port: shown.Port}}
}

func (n *Network) onAck(r *sip.Request, _ sip.ServerTransaction) {
	if p := n.find(callID(r)); p != nil {
		p.acked(r)
	}
}

func (n *Network) onBye(r *sip.Request, tx sip.ServerTransaction) {
	p := n.find(callID(r))
	switch {
	case p == nil, p.ofAnother(r):
		respond(tx, r, 481, "Call Does Not Exist", nil)
		return
	case p.ofFork(r):
		p.note("fork_ended", 0)
		respond(tx, r, 200, "OK", nil)
		return
	case p.script.Quirk == ByeGlare:
		p.hangUp()
	case p.script.Quirk == ByeUnknown:
		respond(tx, r, 481, "Call Does Not Exist", nil)
		p.over("ended", 0)
		return
	}
	respond(tx, r, 200, "OK", nil)
	p.over("ended", 0)
}

func callID(m interface{ CallID() *sip.CallIDHeader }) string {
	if h := m.CallID(); h != nil {
		return h.Value()
	}
	return ""
}

// respond answers with a body of SDP or none.
func respond(tx sip.ServerTransaction, r *sip.Request, code int, text string, body []byte, more ...sip.Header) {
	res := sip.NewResponseFromRequest(r, code, text, body)
	for _, h := range more {
		res.AppendHeader(h)
	}
	if body != nil {
		res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	}
	_ = tx.Respond(res) // the caller retransmits if it is lost
}

// user is the number in a SIP URI.
func user(u sip.Uri) string { return strings.TrimPrefix(u.User, "sip:") }

// sleep waits; false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
