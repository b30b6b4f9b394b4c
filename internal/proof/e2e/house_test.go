package e2e

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"text/template"
	"time"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/proof/wiretap"
)

// house is one server of a test with everything around it.
type house struct {
	t      *testing.T
	plan   plan
	config string // file
	redis  *private.Redis
	tap    *wiretap.Tap
	server *server
	sql    *sql
}

// plan is what differs between the tests' configurations.
type plan struct {
	Dir         string
	HTTP        int
	SIP         int
	ICE         int
	RTPFirst    int
	RTPLast     int
	Postgres    string
	Redis       string
	Far         string // host:port that the trunk calls
	Offer       string // how long an agent rings
	Short       string // who leaves sooner counts apart
	Wrap        string
	Unreachable string
	Grace       string // how long a customer waits for an agent whose page has gone
	Survey      bool
	Agents      []string
	LogLevel    string
	Zone        string
	Traces      string // telemetry.otlp_endpoint
	Env         []string
	Drain       time.Duration
	Standby     bool // nodes.standby
}

const (
	password     = "correct-horse-7" // everybody's
	drainTimeout = 2 * time.Second   // drain.timeout
)

func newPlan(t *testing.T) plan {
	t.Helper()
	first := rtpWindow()
	p := plan{
		Dir: t.TempDir(), HTTP: freeTCP(t), SIP: freeSIP(t), ICE: freeUDP(t), RTPFirst: first, RTPLast: first + windowSize - 1,
		Far: "127.0.0.1:9", Offer: "20s", Short: "5s", Wrap: "60s", Unreachable: "6s", Grace: "20s", Survey: true, Agents: []string{"lan"}, LogLevel: "debug", Zone: "UTC", Drain: drainTimeout,
	}
	p.Postgres = private.TestPostgres(t)
	return p
}

// open starts a server by the plan; it is stopped, and must stop well, when the test ends.
func open(t *testing.T, change ...func(*plan)) *house {
	t.Helper()
	h := prepare(t, change...)
	h.start(t)
	return h
}

// start runs the server, again where it has ended, and returns how long it took to be ready.
func (h *house) start(t *testing.T) time.Duration {
	t.Helper()
	s := start(t, h.plan, rig.Binary(t), "serve", "--config", h.config)
	took := s.awaitReady(t)
	t.Cleanup(func() { s.stopWell(t) })
	h.server = s
	return took
}

// prepare is everything but the server.
func prepare(t *testing.T, change ...func(*plan)) *house {
	t.Helper()
	h := &house{t: t, plan: newPlan(t), redis: private.TestRedis(t)}
	h.plan.Redis = h.redis.Addr()
	for _, f := range change {
		f(&h.plan)
	}
	h.config = filepath.Join(h.plan.Dir, "callstamp.yaml")
	h.plan.write(t, h.config)
	h.sql = openSQL(t, h.plan.Postgres)
	tap, err := wiretap.Open(
		wiretap.Ports{First: uint16(h.plan.SIP), Last: uint16(h.plan.SIP)},
		wiretap.Ports{First: uint16(h.plan.RTPFirst), Last: uint16(h.plan.RTPLast)})
	must(t, err)
	h.tap = tap
	t.Cleanup(func() { must(t, tap.Close()) })
	return h
}

// write makes the configuration file.
func (p plan) write(t *testing.T, file string) {
	t.Helper()
	tmpl, err := template.ParseFiles(filepath.Join("testdata", "callstamp.yaml"))
	must(t, err)
	var b bytes.Buffer
	must(t, tmpl.Execute(&b, struct {
		plan
		Password string
	}{p, password}))
	must(t, os.WriteFile(file, b.Bytes(), 0o644))
}

func (p plan) url() string      { return fmt.Sprintf("http://127.0.0.1:%d", p.HTTP) }
func (p plan) sipAddr() string  { return fmt.Sprintf("127.0.0.1:%d", p.SIP) }
func (p plan) isRTP(n int) bool { return n >= p.RTPFirst && n <= p.RTPLast }

// toFar and fromFar choose what the server sends to the telephones and hears from them.
func (h *house) toFar(p wiretap.Packet) bool   { return h.plan.isRTP(int(p.From.Port())) }
func (h *house) fromFar(p wiretap.Packet) bool { return h.plan.isRTP(int(p.To.Port())) }

// signalling chooses SIP.
func (h *house) signalling(p wiretap.Packet) bool {
	return int(p.From.Port()) == h.plan.SIP || int(p.To.Port()) == h.plan.SIP
}

// windowSize is how many RTP ports a server has; a test has a handful of calls.
const windowSize = 80

// windows counts the RTP windows of this process; they begin at a random place, as other processes take theirs.
var windows = func() *atomic.Int64 {
	var n atomic.Int64
	n.Store(rand.Int64N(100))
	return &n
}()

// rtpWindow is below 32768, where Linux takes ports for outgoing connections.
func rtpWindow() int { return 22000 + int(windows.Add(1)%120)*windowSize }

func freeTCP(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func freeUDP(t *testing.T) int {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	must(t, err)
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port
}

// freeSIP is free for UDP and TCP.
func freeSIP(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := freeTCP(t)
		c, err := net.ListenPacket("udp4", "127.0.0.1:"+strconv.Itoa(port))
		if err == nil {
			must(t, c.Close())
			return port
		}
	}
	t.Fatal("no port is free for both UDP and TCP")
	return 0
}

func loopbackPort(port int) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(port))
}
