package faults_test

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// carrier stands between the customers and two nodes, as a carrier with two
// addresses for one number does: a new call goes to the node that took the last
// one; where that is silent, or says 503, to the other. Its Via has a branch of its
// own for each try (RFC 3261 §16.6 item 8), so that a node which turned the call
// down can be asked again. Calls of the nodes go to the customers' network.
type carrier struct {
	far, near *net.UDPConn // towards the customers; towards the nodes
	customers netip.AddrPort
	nodes     [2]netip.AddrPort
	done      sync.WaitGroup

	mu     sync.Mutex
	last   int // who took the last call
	rides  map[string]*ride
	dialed map[string][]string // Call-IDs by the number that a node has dialed
	twice  []string            // calls that a second node took
}

// ride is one Call-ID.
type ride struct {
	invite  []byte // of the customer
	cancel  []byte // that came while the call was being tried
	node    int    // who has it; -1: nobody yet
	trying  int
	try     int
	alive   bool          // the node that is tried has answered something
	refused chan struct{} // the node that is tried has said 503
	taken   chan struct{} // closed when a node has it
}

const carrierFar, carrierNear = hubIP + ":5070", hubIP + ":5060"

func newCarrier(t *testing.T, customers string, nodes ...string) *carrier {
	t.Helper()
	c := &carrier{rides: map[string]*ride{}, dialed: map[string][]string{}, customers: netip.MustParseAddrPort(customers)}
	for i, n := range nodes {
		c.nodes[i] = netip.MustParseAddrPort(n)
	}
	listen := func(addr string) *net.UDPConn {
		conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(addr)))
		must(t, err)
		return conn
	}
	c.far, c.near = listen(carrierFar), listen(carrierNear)
	c.done.Go(func() { c.read(c.far, func(m []byte, _ netip.AddrPort) { c.fromCustomer(m) }) })
	c.done.Go(func() { c.read(c.near, c.fromNode) })
	t.Cleanup(func() { _ = c.far.Close(); _ = c.near.Close(); c.done.Wait() })
	return c
}

func (c *carrier) read(conn *net.UDPConn, take func([]byte, netip.AddrPort)) {
	b := make([]byte, 65536)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(b)
		if err != nil {
			return
		}
		take(bytes.Clone(b[:n]), from)
	}
}

var (
	callIDHeader = regexp.MustCompile(`(?mi)^(?:Call-ID|i)\s*:\s*(\S+)`)
	callIDLine   = regexp.MustCompile(`(?mi)^(?:Call-ID|i)\s*:[^\r\n]*`)
	cseqNumber   = regexp.MustCompile(`(?mi)^CSeq\s*:\s*(\d+)`)
	fromHeader   = regexp.MustCompile(`(?mi)^(?:From|f)\s*:[^\r\n]*`)
	topVia       = regexp.MustCompile(`(?is)^(SIP/2\.0 [^\r\n]*\r\n)(?:Via|v)\s*:[^\r\n]*\r\n`)
	cseqHeader   = regexp.MustCompile(`(?mi)^CSeq\s*:\s*\d+\s+(\S+)`)
	toHeader     = regexp.MustCompile(`(?mi)^(?:To|t)\s*:[^\r\n]*`)
	branchParam  = regexp.MustCompile(`branch=(z9hG4bK[^;,\s]+)`)
	dialedNumber = regexp.MustCompile(`^INVITE sips?:(\+?\d+)@`)
)

func found(re *regexp.Regexp, m []byte) string {
	if s := re.FindSubmatch(m); s != nil {
		return string(s[1])
	}
	return ""
}

// begins reports whether m is an INVITE that begins a call.
func begins(m []byte) bool {
	return bytes.HasPrefix(m, []byte("INVITE ")) && !bytes.Contains(toHeader.Find(m), []byte("tag="))
}

func (c *carrier) fromCustomer(m []byte) {
	id := found(callIDHeader, m)
	c.mu.Lock()
	r := c.rides[id]
	if r == nil && begins(m) {
		r = &ride{invite: m, node: -1, refused: make(chan struct{}, 1), taken: make(chan struct{})}
		c.rides[id] = r
		c.mu.Unlock()
		c.done.Go(func() { c.hunt(r) })
		return
	}
	if r == nil || begins(m) && r.node < 0 {
		c.mu.Unlock()
		return // a repeated INVITE: it is being tried
	}
	if r.node < 0 {
		r.cancel = m // whoever takes the call gets it
		c.mu.Unlock()
		return
	}
	to, text := r.node, tried(m, r.try)
	c.mu.Unlock()
	_, _ = c.near.WriteToUDPAddrPort(text, c.nodes[to])
}

// tried puts the carrier's Via over a customer's request; the branch is the same
// for what belongs together: an INVITE, its CANCEL and the ACK of a refusal.
func tried(m []byte, try int) []byte {
	if bytes.HasPrefix(m, []byte("SIP/2.0 ")) {
		return m
	}
	line, rest, _ := bytes.Cut(m, []byte("\r\n"))
	return fmt.Appendf(nil, "%s\r\nVia: SIP/2.0/UDP %s;branch=%s\r\n%s", line, carrierNear, branchOf(m, try), rest)
}

func branchOf(m []byte, try int) string {
	return fmt.Sprintf("z9hG4bKcarrier%d-%s", try, strings.TrimPrefix(found(branchParam, m), "z9hG4bK"))
}

// hunt looks for a node that takes the call, for as long as a customer waits.
func (c *carrier) hunt(r *ride) {
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); {
		c.mu.Lock()
		order := []int{c.last, 1 - c.last}
		c.mu.Unlock()
		for _, n := range order {
			c.mu.Lock()
			r.trying, r.alive = n, false
			r.try++
			text, try := tried(r.invite, r.try), r.try
			c.mu.Unlock()
			_, _ = c.near.WriteToUDPAddrPort(text, c.nodes[n])
			if c.tries(r, try) {
				return
			}
		}
	}
}

// tries waits for the verdict of one try: true when the call is taken.
func (c *carrier) tries(r *ride, try int) bool {
	for _, wait := range []time.Duration{300 * time.Millisecond, 2 * time.Second} { // the second for a node that is there
		select {
		case <-r.taken:
			return true
		case <-r.refused:
			rest := time.NewTimer(100 * time.Millisecond)
			<-rest.C
			return false
		case <-time.After(wait):
		}
		c.mu.Lock()
		alive := r.alive && r.try == try
		c.mu.Unlock()
		if !alive {
			return false
		}
	}
	return false
}

func (c *carrier) fromNode(m []byte, from netip.AddrPort) {
	n := slices.Index(c.nodes[:], from)
	if n < 0 {
		return
	}
	id := found(callIDHeader, m)
	c.mu.Lock()
	r := c.rides[id]
	switch {
	case r == nil && begins(m):
		c.rides[id] = &ride{node: n}
		number := found(dialedNumber, m)
		c.dialed[number] = append(c.dialed[number], id)
	case r != nil && r.invite != nil && bytes.HasPrefix(m, []byte("SIP/2.0 ")):
		if m = c.answered(r, n, m); m == nil {
			c.mu.Unlock()
			return
		}
	}
	c.mu.Unlock()
	_, _ = c.far.WriteToUDPAddrPort(m, c.customers)
}

// answered takes a node's response to a customer's request and returns what the
// customer sees of it, nil for nothing. The lock is held.
func (c *carrier) answered(r *ride, n int, m []byte) []byte {
	branch := found(branchParam, m)
	shown := topVia.ReplaceAll(m, []byte("$1"))
	refusal := bytes.HasPrefix(m, []byte("SIP/2.0 503"))
	if found(cseqHeader, m) != "INVITE" || r.node == n && !refusal {
		return shown
	}
	present := branch == branchOf(r.invite, r.try)
	switch {
	case refusal:
		c.ack(r, n, m)
		if present && r.node < 0 {
			select {
			case r.refused <- struct{}{}:
			default:
			}
		}
		return nil
	case bytes.HasPrefix(m, []byte("SIP/2.0 100")):
		r.alive = r.alive || present
		return nil
	case r.node < 0:
		r.node, c.last = n, n
		close(r.taken)
		if r.cancel != nil {
			_, _ = c.near.WriteToUDPAddrPort(tried(r.cancel, r.try), c.nodes[n])
		}
		return shown
	}
	c.twice = append(c.twice, fmt.Sprintf("node %d answers what node %d has: %s", n, r.node, bytes.SplitN(m, []byte("\r\n"), 2)[0]))
	return nil
}

// ack confirms a 503 (RFC 3261 §17.1.1.3).
func (c *carrier) ack(r *ride, n int, response []byte) {
	ack := fmt.Appendf(nil, "ACK %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=%s\r\n", bytes.Fields(r.invite)[1], carrierNear, found(branchParam, response))
	for _, h := range []*regexp.Regexp{fromHeader, toHeader, callIDLine} {
		ack = fmt.Appendf(ack, "%s\r\n", h.Find(response))
	}
	ack = fmt.Appendf(ack, "CSeq: %s ACK\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n", found(cseqNumber, response))
	_, _ = c.near.WriteToUDPAddrPort(ack, c.nodes[n])
}

// again are the numbers that were dialed more often than once.
func (c *carrier) again() (numbers []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for n, ids := range c.dialed {
		if len(ids) > 1 {
			numbers = append(numbers, n)
		}
	}
	return numbers
}
