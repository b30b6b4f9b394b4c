package faults_test

import (
	"fmt"
	"net"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// withLimit runs the server behind a shell that sets a limit.
func withLimit(o *rig.Options, limit string) {
	o.Wrap = func(cmd *exec.Cmd) { behindShell(cmd, limit) }
}

// behindShell has a shell do something first and become the program then.
func behindShell(cmd *exec.Cmd, first string) {
	cmd.Args = append([]string{"/bin/sh", "-c", first + ` && exec "$0" "$@"`, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
}

// short is a scenario in which something is used up while the load is on:
// calls are turned away, those in progress feel nothing, /readyz says what is
// short, and when it is over nobody is turned away.
func short(t *testing.T, row *rig.Row, want string, change func(*rig.Options), meanwhile func(h *rig.House)) {
	s := fullSize()
	o := s.options(t, rig.Seed(t))
	change(&o)
	h := rig.Open(t, o)
	h.Seat()
	shortIn(t, row, h, want, meanwhile, nil)
}

// shortIn is short in a house whose agents are seated. mend ends the shortage
// after the load; nil: it ends by itself.
func shortIn(t *testing.T, row *rig.Row, h *rig.House, want string, meanwhile func(h *rig.House), mend func()) {
	t.Helper()
	s := fullSize()
	healed := h.Fault(want+" short", rig.Excuse{Refuse: true})
	began := time.Now()
	l := h.Load(s.mix())
	rig.Within(t, 30*time.Second, "/readyz says what is short", func() bool {
		_, body := h.Server.Get("/readyz")
		return strings.Contains(body, "room_short") && strings.Contains(body, want)
	}, func() string { _, body := h.Server.Get("/readyz"); return body })
	if meanwhile != nil {
		meanwhile(h)
	}
	l.For(12 * time.Second)
	l.Stop()
	ended := time.Now()
	if mend != nil {
		mend()
	}
	h.Settle(2 * time.Minute)
	healed()
	few := s.mix()
	few.PerSecond = 1
	later := time.Now()
	l = h.Load(few)
	l.For(4 * time.Second)
	l.Stop()
	h.Settle(time.Minute)
	calls := h.Calls()
	during, _ := rig.Setups(calls, began, ended)
	refused, afterwards := rig.Refused(calls, began, ended), rig.Refused(calls, later, time.Now())
	row.Figure("%d calls in were taken (set-up p99 %.1f ms), %v refused by status", during.N, ms(during.P99), refused)
	row.Figure("of calls after it %d refused", len(afterwards))
	delete(refused, 487) // who cancelled a call gets that
	delete(afterwards, 487)
	if refused[503] == 0 || len(refused) != 1 || len(afterwards) > 0 {
		t.Errorf("refused by status: %v during, %v after", refused, afterwards)
	}
	judged(t, h, row, rig.Allow{})
}

func portsShort(t *testing.T, row *rig.Row) {
	short(t, row, "ports", func(o *rig.Options) {
		o.RTPPorts = 20
		// Pairs that rest are bound: so the ports end before calls.max does.
		o.Config = map[string]any{"calls.max": 10, "media.drain_idle": "3s"}
	}, nil)
}

func filesShort(t *testing.T, row *rig.Row) {
	var idle []net.Conn
	t.Cleanup(func() {
		for _, c := range idle {
			_ = c.Close()
		}
	})
	short(t, row, "files", func(o *rig.Options) { withLimit(o, "ulimit -n 170") }, func(h *rig.House) {
		for range 200 {
			c, err := net.Dial("tcp", strings.TrimPrefix(h.URL(), "http://"))
			if err != nil {
				t.Errorf("dial the pages: %v", err)
				continue
			}
			idle = append(idle, c)
		}
		kept := slices.DeleteFunc(slices.Clone(idle), gone)
		row.Figure("%d of %d idle connections kept", len(kept), len(idle))
		// The stores still get connections: theirs are cut, the records follow all the same.
		h.SQL.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		cut := time.Now()
		rig.Within(t, 10*time.Second, "PostgreSQL takes stamps again", func() bool {
			return h.SQL.TryCount(`SELECT count(*) FROM stamps WHERE kind = 'node.alive' AND at > $1`, cut) > 0
		}, nil)
		row.Figure("PostgreSQL's connections cut meanwhile, stamps again after %.1f s", time.Since(cut).Seconds())
		for _, c := range idle {
			_ = c.Close()
		}
	})
}

// gone reports whether the server has closed the connection.
func gone(c net.Conn) bool {
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	_, err := c.Read(make([]byte, 1))
	e, timeout := err.(net.Error)
	return !timeout || !e.Timeout()
}

// mib is an amount of memory in words.
func mib(bytes int64) string { return fmt.Sprintf("%.0f MiB", float64(bytes)/(1<<20)) }
