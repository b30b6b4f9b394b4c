package faults_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/proof/tunnel"
)

// caughtUpWithin bounds how long after PostgreSQL's return it has everything.
const caughtUpWithin = 30 * time.Second

// postgresAway are the faults of PostgreSQL. Ten minutes of SIGSTOP are a minute
// here: what would differ is the journal's length, which the catch-up of
// 200,000 stamps stands for.
func postgresAway() []away {
	restart := func(t *testing.T, h *rig.House) { must(t, h.PG.Restart(t.Context())) }
	tun := new(*tunnel.Tunnel)
	return []away{
		{fault: "PostgreSQL stopped at once", how: "immediate stop, restarted after 10 s", last: 10 * time.Second,
			hurt: func(t *testing.T, h *rig.House) { must(t, h.PG.Immediate()) }, mend: restart, told: "ostgre", measure: caughtUp},
		{fault: "PostgreSQL frozen", how: "SIGSTOP of the server and all its sessions for 60 s", last: time.Minute,
			hurt: func(t *testing.T, h *rig.House) { must(t, h.PG.Freeze()) },
			mend: func(t *testing.T, h *rig.House) { must(t, h.PG.Thaw()) }, told: "ostgre", measure: caughtUp},
		{fault: "PostgreSQL slow", how: "each request 200 ms late for 20 s (a relay)", last: 20 * time.Second,
			build: func(t *testing.T, o *rig.Options) { o.Stores = postgresTunnel(t, tun) },
			hurt:  func(*testing.T, *rig.House) { (*tun).Late(200 * time.Millisecond) },
			mend:  func(*testing.T, *rig.House) { (*tun).Late(0) }, measure: caughtUp},
		{fault: "PostgreSQL restarted", how: "fast shutdown, started again at once",
			hurt: func(t *testing.T, h *rig.House) { must(t, h.PG.Halt()) }, mend: restart, measure: caughtUp},
	}
}

// postgresTunnel puts a tunnel between the server and PostgreSQL's socket.
func postgresTunnel(t *testing.T, tun **tunnel.Tunnel) func(pg, redis string) (string, string) {
	return func(pg, redis string) (string, string) {
		u, err := url.Parse(pg)
		must(t, err)
		*tun, err = tunnel.Open("unix", u.Query().Get("host")+"/.s.PGSQL.5432")
		must(t, err)
		t.Cleanup(func() { must(t, (*tun).Close()) })
		u.Host = (*tun).Addr()
		u.RawQuery = "sslmode=disable"
		return u.String(), redis
	}
}

// caughtUp waits until PostgreSQL has what was stamped until it came back, and
// notes how much that was and how long it took, the follower's pause included.
func caughtUp(t *testing.T, h *rig.House, row *rig.Row, broken, mended time.Time) {
	t.Helper()
	rig.Within(t, caughtUpWithin, "PostgreSQL has caught up", func() bool { return h.CaughtUp(mended) }, func() string {
		return strings.TrimSpace(h.Server.Log())
	})
	took := time.Since(mended)
	held := h.SQL.Count(`SELECT count(*) FROM stamps WHERE at >= $1 AND at < $2`, broken, mended)
	row.Figure("%d stamps held back, caught up after %.1f s", held, took.Seconds())
}
