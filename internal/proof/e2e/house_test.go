package e2e

import (
	"bytes"
	"path/filepath"
	"testing"
	"text/template"
	"time"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/proof/wiretap"
)

// house is one server of a test with everything around it.
type house struct {
	*rig.Node
	t     *testing.T
	plan  plan
	redis *private.Redis
	tap   *wiretap.Tap
	SQL   *rig.SQL
}

// plan is what differs between the tests' configurations.
type plan struct {
	rig.Ports
	Dir         string
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
	MayDial     bool // agents, by hand
	LogLevel    string
	Zone        string
	Traces      string // telemetry.otlp_endpoint
	Env         []string
	Drain       time.Duration
	Standby     bool // nodes.standby
}

const (
	drainTimeout = 2 * time.Second // drain.timeout
	rtpPorts     = 80              // a test has a handful of calls
)

func newPlan(t *testing.T) plan {
	t.Helper()
	return plan{
		Ports: rig.ChoosePorts(t, rtpPorts), Dir: t.TempDir(), Postgres: private.TestPostgres(t), Far: "127.0.0.1:9", Offer: "20s", Short: "5s",
		Wrap: "60s", Unreachable: "6s", Grace: "20s", Survey: true, Agents: []string{"lan"}, LogLevel: "debug", Zone: "UTC", Drain: drainTimeout,
	}
}

// open starts a server by the plan; it is stopped, and must stop well, when the test ends.
func open(t *testing.T, change ...func(*plan)) *house {
	t.Helper()
	h := prepare(t, change...)
	h.Start()
	return h
}

// Start runs the server, again where it has ended, and returns how long it took to be ready.
func (h *house) Start() time.Duration {
	h.t.Helper()
	h.StartOnly()
	return h.Server.AwaitReady(h.t, rig.Patience)
}

// StartOnly runs the server and does not wait for it.
func (h *house) StartOnly() {
	h.t.Helper()
	h.Node.StartOnly()
	s := h.Server
	h.t.Cleanup(func() { s.StopWell(h.t, rig.StopLimit) })
}

// prepare is everything but the server.
func prepare(t *testing.T, change ...func(*plan)) *house {
	t.Helper()
	h := &house{t: t, plan: newPlan(t), redis: private.TestRedis(t)}
	h.plan.Redis = h.redis.Addr()
	for _, f := range change {
		f(&h.plan)
	}
	h.furnish()
	tap, err := wiretap.Open(
		wiretap.Ports{First: uint16(h.Ports.SIP), Last: uint16(h.Ports.SIP)},
		wiretap.Ports{First: uint16(h.Ports.RTPFirst), Last: uint16(h.Ports.RTPLast)})
	must(t, err)
	h.tap = tap
	t.Cleanup(func() { must(t, tap.Close()) })
	return h
}

// furnish makes the node by the plan, and opens its tables.
func (h *house) furnish() {
	h.t.Helper()
	h.Node = rig.NewNode(h.t, h.plan.Dir, h.plan.Ports)
	h.Env, h.DSN = h.plan.Env, h.plan.Postgres
	h.Configure(h.plan.yaml(h.t))
	h.SQL = rig.OpenSQL(h.t, h.DSN)
}

// yaml is the configuration.
func (p plan) yaml(t *testing.T) []byte {
	t.Helper()
	tmpl, err := template.ParseFiles(filepath.Join("testdata", "callstamp.yaml"))
	must(t, err)
	var b bytes.Buffer
	must(t, tmpl.Execute(&b, struct {
		plan
		Password string
	}{p, rig.Password}))
	return b.Bytes()
}

// balanced asks the ledger's own check.
func (h *house) balanced(t *testing.T) {
	t.Helper()
	if _, err := h.Balanced(); err != nil {
		t.Error(err)
	}
}

// toFar chooses what the server sends to the telephones.
func (h *house) toFar(p wiretap.Packet) bool {
	port := int(p.From.Port())
	return port >= h.Ports.RTPFirst && port <= h.Ports.RTPLast
}
