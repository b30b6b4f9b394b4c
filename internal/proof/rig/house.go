package rig

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/internal/proof/load"
)

// House is one server with everything around it.
type House struct {
	*Node
	Data   string // node.data_dir
	Agents []string
	// Sellers are the agents of the campaign's queue.
	Sellers []string
	PG      *private.Postgres
	Redis   *private.Redis
	SQL     *SQL
	Ledger  *load.Ledger
	Net     *phonenet.Network

	t                    testing.TB
	opt                  Options
	dsnGiven, redisGiven string
	toProduct, toPhones  string
	ready                bool // a server has been ready: its database has its tables

	desks    *desks
	seen     *seen
	robots   robots
	leads    leads
	numbered int // calls planned so far
	witness
}

// witness is what looks on from outside.
type witness struct {
	capture *load.Capture
	ticks   *load.Ticks
	closed  sync.Once
}

// Database is the name of the product's database.
const Database = "proof"

// Open builds the house and starts the server; it is ready when Open returns.
// What is left when the test ends is taken down.
func Open(t testing.TB, o Options) *House {
	t.Helper()
	h := Build(t, o)
	h.Start()
	return h
}

// Build is Open without starting the server.
func Build(t testing.TB, o Options) *House {
	t.Helper()
	if o.RTPPorts == 0 {
		o.RTPPorts = rtpPorts
	}
	h := &House{t: t, opt: o, Node: NewNode(t, t.TempDir(), ChoosePorts(t, o.RTPPorts)), Data: o.Data, desks: newDesks(), seen: newSeen()}
	h.Tags, h.Env, h.Wrap = o.Tags, o.Env, o.Wrap
	h.robots.leave, h.robots.cut = context.WithCancel(context.Background())
	if h.Data == "" {
		h.Data = filepath.Join(h.Dir, "data")
	}
	for i := range o.Agents {
		h.Agents = append(h.Agents, fmt.Sprintf("a%02d", i+1))
	}
	for i := range o.Sellers {
		h.Sellers = append(h.Sellers, fmt.Sprintf("s%02d", i+1))
	}
	h.stores()
	h.toProduct, h.toPhones = h.SIPAddr(), fmt.Sprintf("127.0.0.1:%d", h.Ports.Phones)
	if o.Relay != nil {
		h.toProduct, h.toPhones = o.Relay(h.toProduct, h.toPhones)
	}
	text, err := h.config()
	must(t, err)
	h.Configure(text)
	h.witnesses()
	h.telephones()
	t.Cleanup(h.close)
	return h
}

func (h *House) stores() {
	h.t.Helper()
	ctx := context.Background()
	o := h.opt.Postgres
	o.Unsafe = !h.opt.Safe
	var err error
	h.PG, err = private.StartPostgres(ctx, o)
	must(h.t, err)
	h.t.Cleanup(func() { h.gone(h.PG.Stop()) })
	h.DSN, err = h.PG.Create(ctx, Database, "")
	must(h.t, err)
	h.Redis, err = private.StartRedis(ctx, h.opt.Redis)
	must(h.t, err)
	h.t.Cleanup(func() { h.gone(h.Redis.Stop()) })
	h.dsnGiven, h.redisGiven = h.DSN, h.Redis.Addr()
	if h.opt.Stores != nil {
		h.dsnGiven, h.redisGiven = h.opt.Stores(h.dsnGiven, h.redisGiven)
	}
}

func (h *House) gone(err error) {
	if err != nil {
		h.t.Errorf("stop a store: %v", err)
	}
}

func (h *House) captureFile() string { return filepath.Join(h.Dir, "trunk.pcap") }
func (h *House) ledgerFile() string  { return filepath.Join(h.Dir, "ledger.jsonl") }

func (h *House) witnesses() {
	h.t.Helper()
	var err error
	if !h.opt.Uncaptured {
		p := load.Ports{Signal: uint16(h.Ports.SIP), First: uint16(h.Ports.RTPFirst), Last: uint16(h.Ports.RTPLast)}
		h.capture, err = load.OpenCapture(h.captureFile(), p)
		must(h.t, err)
	}
	h.Ledger, err = load.NewLedger(h.ledgerFile())
	must(h.t, err)
	h.t.Cleanup(func() {
		// PROOF_KEEP names a folder for the witnesses of a run that failed.
		if keep := os.Getenv("PROOF_KEEP"); keep != "" && h.t.Failed() {
			must(h.t, os.CopyFS(filepath.Join(keep, strings.NewReplacer("/", "-", " ", "_").Replace(h.t.Name())+"-"+filepath.Base(h.Dir)), os.DirFS(h.Dir)))
		}
	})
}

func (h *House) telephones() {
	h.t.Helper()
	var err error
	c := phonenet.Config{Listen: fmt.Sprintf("127.0.0.1:%d", h.Ports.Phones), Target: h.toProduct, Called: h.desks.called, Cues: h.opt.Cues, Note: h.customer}
	if h.opt.Phones != nil {
		h.opt.Phones(&c, h.toPhones)
	}
	h.Net, err = phonenet.Open(c)
	must(h.t, err)
}

// product is the address that the capture knows the product by.
func (h *House) product() netip.AddrPort { return netip.MustParseAddrPort(h.SIPAddr()) }
