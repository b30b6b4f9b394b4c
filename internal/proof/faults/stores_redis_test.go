package faults_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/proof/tunnel"
)

// rightWithin is how soon the live counters must be right again.
const rightWithin = 10 * time.Second

// redisAway are the faults of Redis.
func redisAway() []away {
	right := func(t *testing.T, h *rig.House, row *rig.Row, _, mended time.Time) { countersRight(t, h, row, mended) }
	restart := func(t *testing.T, h *rig.House) { must(t, h.Redis.Restart(t.Context())) }
	tun := new(*tunnel.Tunnel)
	return []away{
		{fault: "Redis killed", how: "SIGKILL, restarted after 5 s with its append-only file", last: 5 * time.Second,
			build: func(_ *testing.T, o *rig.Options) { o.Redis = private.RedisOptions{AppendOnly: true} },
			hurt:  func(t *testing.T, h *rig.House) { must(t, h.Redis.Kill()) }, mend: restart, told: "edis", measure: right},
		{fault: "Redis stopped", how: "SIGSTOP for 10 s", last: 10 * time.Second,
			hurt: func(t *testing.T, h *rig.House) { must(t, h.Redis.Freeze()) },
			mend: func(t *testing.T, h *rig.House) { must(t, h.Redis.Thaw()) }, told: "edis", measure: right},
		{fault: "Redis slow", how: "each command 1 s late for 20 s (a relay)", last: 20 * time.Second,
			build: func(t *testing.T, o *rig.Options) { o.Stores = redisTunnel(t, tun) },
			hurt:  func(*testing.T, *rig.House) { (*tun).Late(time.Second) },
			mend:  func(*testing.T, *rig.House) { (*tun).Late(0) }, measure: right},
		{fault: "Redis flushed", how: "FLUSHALL",
			hurt: func(t *testing.T, h *rig.House) { flush(t, h) }, mend: func(*testing.T, *rig.House) {}, measure: right},
		{fault: "Redis restarted empty", how: "stopped, and started 2 s later without its data", last: 2 * time.Second,
			hurt: func(t *testing.T, h *rig.House) { must(t, h.Redis.Halt()) }, mend: restart, measure: right},
	}
}

// redisTunnel puts a tunnel between the server and Redis.
func redisTunnel(t *testing.T, tun **tunnel.Tunnel) func(pg, redis string) (string, string) {
	return func(pg, redis string) (string, string) {
		var err error
		*tun, err = tunnel.Open("unix", redis)
		must(t, err)
		t.Cleanup(func() { must(t, (*tun).Close()) })
		return pg, (*tun).Addr()
	}
}

// flush forgets everything in Redis.
func flush(t *testing.T, h *rig.House) {
	t.Helper()
	client := redis.NewClient(&redis.Options{Network: h.Redis.Network(), Addr: h.Redis.Addr()})
	defer client.Close()
	must(t, client.FlushAll(context.Background()).Err())
}

// countersRight waits until the running server, asked for its own counters at
// one position of the journal, finds them right, and notes how long after the
// instant that was.
func countersRight(t *testing.T, h *rig.House, row *rig.Row, since time.Time) {
	t.Helper()
	var last error
	rig.Within(t, 2*rightWithin, "the live counters are right", func() bool {
		_, last = h.Balanced("--live")
		return last == nil
	}, func() string { return last.Error() })
	took := time.Since(since)
	row.Figure("counters right after %.1f s", took.Seconds())
	if took > rightWithin {
		t.Errorf("the live counters are right after %s, want %s", took, rightWithin)
	}
}

func contains(body, part string) bool { return strings.Contains(body, part) }
