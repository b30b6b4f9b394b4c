package main_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/internal/proof/load"
	"github.com/callstamp/callstamp/media/prompts"
)

// proofHouse is the real binary with its stores, its telephones, and the
// witnesses around it.
type proofHouse struct {
	plan    plan
	agents  []string // of the queues service and quiet
	sellers []string // of the campaign's queue
	config  string
	pg      *private.Postgres
	redis   *private.Redis
	server  *server
	sql     *sql
	capture *load.Capture
	ledger  *load.Ledger
	ticks   *load.Ticks
}

const proofDatabase = "proof"

// proofPorts is how many RTP ports the server has: calls and those that drain.
const proofPorts = 600

func openProofHouse(t *testing.T, far string, agents, sellers int) *proofHouse {
	t.Helper()
	first := 10_000 + rand.IntN(19)*proofPorts
	h := &proofHouse{plan: plan{Dir: t.TempDir(), HTTP: freeTCP(t), SIP: freeSIP(t), ICE: freeUDP(t), RTPFirst: first, RTPLast: first + proofPorts - 1, Far: far}}
	for i := range agents {
		h.agents = append(h.agents, fmt.Sprintf("a%02d", i+1))
	}
	for i := range sellers {
		h.sellers = append(h.sellers, fmt.Sprintf("s%02d", i+1))
	}
	h.stores(t)
	h.witnesses(t)
	h.server = start(t, h.plan, theBinary(t), "serve", "--config", h.config)
	h.server.awaitReady(t)
	h.sql = openSQL(t, h.plan.Postgres)
	h.sql.exec(`UPDATE queues SET answer = 'on_agent' WHERE id = 'quiet'`)
	return h
}

func (h *proofHouse) stores(t *testing.T) {
	t.Helper()
	h.pg = private.TestServer(t)
	dsn, err := h.pg.Create(t.Context(), proofDatabase, "")
	must(t, err)
	h.redis = private.TestRedis(t)
	h.plan.Postgres, h.plan.Redis = dsn, h.redis.Addr()
	tmpl, err := template.ParseFiles(filepath.Join("testdata", "proof", "ledger.yaml"))
	must(t, err)
	var b bytes.Buffer
	must(t, tmpl.Execute(&b, struct {
		plan
		Agents, Sellers []string
		Password        string
	}{h.plan, h.agents, h.sellers, password}))
	h.config = filepath.Join(h.plan.Dir, "callstamp.yaml")
	must(t, os.WriteFile(h.config, b.Bytes(), 0o600))
}

func (h *proofHouse) captureFile() string { return filepath.Join(h.plan.Dir, "trunk.pcap") }
func (h *proofHouse) ledgerFile() string  { return filepath.Join(h.plan.Dir, "ledger.jsonl") }

func (h *proofHouse) witnesses(t *testing.T) {
	t.Helper()
	var err error
	h.capture, err = load.OpenCapture(h.captureFile(), load.Ports{Signal: uint16(h.plan.SIP), First: uint16(h.plan.RTPFirst), Last: uint16(h.plan.RTPLast)})
	must(t, err)
	h.ledger, err = load.NewLedger(h.ledgerFile())
	must(t, err)
	t.Cleanup(func() {
		// PROOF_KEEP names a folder for the witnesses of a run that failed.
		if keep := os.Getenv("PROOF_KEEP"); keep != "" && t.Failed() {
			must(t, os.CopyFS(filepath.Join(keep, filepath.Base(h.plan.Dir)), os.DirFS(h.plan.Dir)))
		}
	})
}

// campaign makes a campaign of the numbers, as a manager's import would, and
// starts it.
func (h *proofHouse) campaign(t *testing.T, numbers []string) {
	t.Helper()
	h.sql.exec(`INSERT INTO campaigns (organisation_id, id, name, queue_id, trunk_id, caller_id, ring_timeout_us, dial_from, dial_until, max_attempts)
		VALUES ('proof', 'spring', 'Spring', 'sales', 'carrier', '+842871000000', 3000000, '00:00', '24:00', 1)`)
	for _, n := range numbers {
		h.sql.exec(`INSERT INTO parties (organisation_id, id, number) VALUES ('proof', 'party' || $1, $1)`, n)
		h.sql.exec(`INSERT INTO leads (organisation_id, id, campaign_id, party_id) VALUES ('proof', 'lead' || $1, 'spring', 'party' || $1)`, n)
	}
	jar, err := cookiejar.New(nil)
	must(t, err)
	client := &http.Client{Jar: jar, Timeout: 10 * time.Second}
	post := func(path, body string) int {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, h.plan.url()+path, strings.NewReader(body))
		must(t, err)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Callstamp", "1")
		res, err := client.Do(req)
		must(t, err)
		must(t, res.Body.Close())
		return res.StatusCode
	}
	if code := post("/api/login", fmt.Sprintf(`{"login":"boss","password":%q}`, password)); code != http.StatusOK {
		t.Fatalf("the boss can't log in: %d", code)
	}
	eventually(t, "the campaign starts", func() bool { return post("/api/campaigns/spring/start", "") == http.StatusOK }, nil)
}

// cues are the beginnings of what the product plays, as any caller knows them
// after a few calls.
func cues(t *testing.T) map[string][]int16 {
	t.Helper()
	out := map[string][]int16{}
	for name, prompt := range map[string]string{"welcome": prompts.QueueWelcome, "survey": prompts.CSATAsk, "again": prompts.CSATInvalid,
		"thanks": prompts.CSATThanks, "drop": prompts.DropSafeHarbour} {
		clip, err := prompts.Load("en", prompt)
		must(t, err)
		out[name] = clip.Samples()
	}
	music, err := prompts.Music()
	must(t, err)
	out["music"] = music.Samples()
	return out
}
