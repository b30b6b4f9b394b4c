package rig

import (
	"cmp"
	"net/http"
	"sync"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
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
	Eventually(h.t, "the campaign starts", func() bool {
		return boss.Do(http.MethodPost, "/api/campaigns/spring/start", nil, nil) == http.StatusOK
	}, nil)
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
	h.announce(&planned{fate: "sold by hand", out: true, number: s.Number, script: s, agent: agent})
	h.lead(s.Number)
}

func (h *House) leadsLeft() int {
	h.leads.mu.Lock()
	defer h.leads.mu.Unlock()
	return len(h.leads.left)
}
