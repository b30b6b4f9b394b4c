package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// openMortal is a house without a survey whose Postgres can be killed: it is its own.
func openMortal(t *testing.T, agents ...string) (*house, *private.Postgres) {
	t.Helper()
	pg := private.TestServer(t)
	h := open(t, func(p *plan) {
		p.Survey, p.Postgres, p.Agents = false, pg.DSN("postgres"), agents
	})
	h.Expect(`.`) // it may complain of its stores in any words
	return h, pg
}

// TestStoresAway takes Postgres and Redis away in a call: the customer notices nothing, a new call is served, and when
// the stores are back everything stands in them, each call once.
func TestStoresAway(t *testing.T) {
	t.Parallel()
	h, pg := openMortal(t, "lan")
	h.robot(t, "lan", robot.Plan{React: 100 * time.Millisecond, Disposition: "other"})
	first := h.served(t)

	must(t, pg.Kill())
	must(t, h.redis.Kill())
	rig.Eventually(t, "the server says what is away", func() bool {
		status, _ := h.Server.Get("/readyz")
		return status == http.StatusServiceUnavailable
	}, nil)
	h.farHears(t, rig.AgentHz)
	first.hangUp()
	second := h.served(t)
	second.hangUp()

	must(t, pg.Restart(t.Context()))
	must(t, h.redis.Restart(t.Context()))
	var connected int64
	rig.Within(t, 30*time.Second, "both calls stand in Postgres", func() bool {
		connected = h.SQL.TryCount(`SELECT count(*) FROM records.calls WHERE closed AND outcome = 'answered'`)
		return connected == 2
	}, func() string { return fmt.Sprintf("%d do", connected) })
	if calls := h.SQL.Count(`SELECT count(*) FROM records.calls`); calls != 2 {
		t.Errorf("%d calls in Postgres, want 2", calls)
	}
	if seqs := h.SQL.One(`SELECT count(*) AS n, max(seq) AS last FROM stamps`); seqs["n"] != seqs["last"] {
		t.Errorf("%v stamps up to %v: the journal is gap-free", seqs["n"], seqs["last"])
	}
	rig.Eventually(t, "the server is ready again", func() bool {
		status, _ := h.Server.Get("/readyz")
		return status == http.StatusOK
	}, nil)
	rig.Within(t, 10*time.Second, "the live counters are rebuilt", func() bool {
		return h.counters(t)["event in.connected org"] == 2
	}, func() string { return fmt.Sprint(h.counters(t)) })
	h.balanced(t)
}
