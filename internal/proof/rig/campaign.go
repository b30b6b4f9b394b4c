package rig

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"sync"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/robot"
)

// campaign makes and starts the campaign of the sellers, without leads.
func (h *House) campaign() {
	h.t.Helper()
	if len(h.Sellers) == 0 {
		return
	}
	h.SQL.Exec(`INSERT INTO campaigns (organisation_id, id, name, queue_id, trunk_id, caller_id, ring_timeout_us, dial_from, dial_until, max_attempts)
		VALUES ('proof', 'spring', 'Spring', 'sales', 'carrier', '+842871000000', $1, '00:00', '24:00', 1)`, cmp.Or(h.opt.Ring, 3*time.Second).Microseconds())
	boss := NewClient(h.t, h.URL(), "boss")
	Within(h.t, patience, "the campaign starts", func() bool {
		return boss.Do(http.MethodPost, "/api/campaigns/spring/start", nil, nil) == http.StatusOK
	}, nil)
}

// Client is a person's browser as far as HTTP goes.
type Client struct {
	url  string
	http *http.Client
}

// NewClient logs somebody in.
func NewClient(t testing.TB, url, login string) *Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	c := &Client{url, &http.Client{Jar: jar, Timeout: 10 * time.Second}}
	if code := c.Do(http.MethodPost, "/api/login", map[string]string{"login": login, "password": Password}, nil); code != http.StatusOK {
		t.Fatalf("%s can't log in: %d", login, code)
	}
	return c
}

// Do sends a request with a JSON body (nil: none), reads a JSON answer into
// out (nil: passed over) and returns the status, 0 where there was no answer.
func (c *Client) Do(method, path string, body, out any) int {
	var b []byte
	if body != nil {
		var err error
		if b, err = json.Marshal(body); err != nil {
			return 0
		}
	}
	req, err := http.NewRequestWithContext(context.Background(), method, c.url+path, bytes.NewReader(b))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Callstamp", "1")
	res, err := c.http.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	if out != nil && json.NewDecoder(res.Body).Decode(out) != nil {
		return 0
	}
	return res.StatusCode
}

// leads are those that the database does not have yet: it may be away.
type leads struct {
	mu   sync.Mutex
	left []string
	busy sync.WaitGroup
}

// lead gives the campaign a number to call, as soon as the database takes it.
func (h *House) lead(number string) {
	h.leads.mu.Lock()
	defer h.leads.mu.Unlock()
	h.leads.left = append(h.leads.left, number)
	if len(h.leads.left) > 1 {
		return // somebody is at it
	}
	h.leads.busy.Go(func() {
		for h.robots.leave.Err() == nil && h.leadNext() {
		}
	})
}

// leadNext writes the oldest number that is left; false when none is.
func (h *House) leadNext() bool {
	h.leads.mu.Lock()
	n := h.leads.left[0]
	h.leads.mu.Unlock()
	err := h.SQL.TryExec(`WITH p AS (INSERT INTO parties (organisation_id, id, number) VALUES ('proof', 'party' || $1::text, $1) ON CONFLICT DO NOTHING)
		INSERT INTO leads (organisation_id, id, campaign_id, party_id) VALUES ('proof', 'lead' || $1::text, 'spring', 'party' || $1::text) ON CONFLICT DO NOTHING`, n)
	if err != nil {
		select {
		case <-time.After(200 * time.Millisecond):
		case <-h.robots.leave.Done():
		}
		return true
	}
	h.leads.mu.Lock()
	defer h.leads.mu.Unlock()
	h.leads.left = h.leads.left[1:]
	return len(h.leads.left) > 0
}

// Sell gives the campaign a customer with a script of one's own; agent is the
// part of the seller who gets the call.
func (h *House) Sell(s phonenet.Script, agent robot.Plan) {
	c := &planned{fate: "sold by hand", out: true, number: s.Number, script: s, agent: agent}
	h.desks.add(c)
	h.seen.plan(c)
	h.Ledger.Saw(check.Note{Who: "load", What: "plan", Name: c.number, Fate: c.fate, At: time.Now().UnixMicro()})
	h.lead(c.number)
}

func (h *House) leadsLeft() int {
	h.leads.mu.Lock()
	defer h.leads.mu.Unlock()
	return len(h.leads.left)
}
