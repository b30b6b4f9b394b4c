package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// serviceManager is who started the process and waits for word of it: systemd, or who
// speaks its protocol (sd_notify(3)). Nil where nobody does.
type serviceManager struct {
	conn     *net.UnixConn
	watchdog time.Duration // how long it goes without being fed; 0: it has none
}

// openManager connects to the socket that the environment names.
func openManager(env func(string) string, pid int) (*serviceManager, error) {
	path := env("NOTIFY_SOCKET")
	if path == "" {
		return nil, nil // nobody waits for word: the methods know
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"}) // a leading @ is an abstract name
	if err != nil {
		return nil, fmt.Errorf("tell the service manager: %w", err)
	}
	m := &serviceManager{conn: conn}
	us, err := strconv.ParseInt(env("WATCHDOG_USEC"), 10, 64)
	if owner := env("WATCHDOG_PID"); err == nil && us > 0 && (owner == "" || owner == strconv.Itoa(pid)) {
		m.watchdog = time.Duration(us) * time.Microsecond
	}
	return m, nil
}

// say sends assignments, READY=1 for one. What the manager does not take it has
// no use for.
func (m *serviceManager) say(words ...string) {
	if m != nil {
		_, _ = m.conn.Write([]byte(strings.Join(words, "\n")))
	}
}

const (
	// statusEvery is how often the line of `systemctl status` is made anew.
	statusEvery = 5 * time.Second
	// feedings is how often the watchdog is fed in the time that it waits: one
	// may be late, the next is in time.
	feedings = 3
)

// run feeds the watchdog for as long as the owners live, and says how it goes,
// until ctx ends.
func (m *serviceManager) run(ctx context.Context, stuck func() []string, status func() string) {
	if m == nil {
		return
	}
	every := statusEvery
	if m.watchdog > 0 {
		every = min(every, m.watchdog/feedings)
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	last := ""
	for {
		var words []string
		hang := stuck()
		if len(hang) == 0 && m.watchdog > 0 {
			words = append(words, "WATCHDOG=1")
		}
		if now := oneLine(hang, status); now != last {
			words, last = append(words, "STATUS="+now), now
		}
		if len(words) > 0 {
			m.say(words...)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func oneLine(stuck []string, status func() string) string {
	if len(stuck) > 0 {
		return "STUCK: " + strings.Join(stuck, ", ")
	}
	return strings.ReplaceAll(status(), "\n", "; ")
}

// status is the line of `systemctl status`.
func (a *app) status() string {
	words := []string{fmt.Sprintf("%d calls", a.board.Talking())}
	if a.draining.Load() {
		words[0] += ", draining"
	}
	for _, d := range a.health.list() {
		if d.ID != draining {
			words = append(words, strings.TrimSuffix(d.ID+":"+d.Name, ":"))
		}
	}
	return strings.Join(words, ", ")
}

// close lets go of the socket.
func (m *serviceManager) close() error {
	if m == nil {
		return nil
	}
	if err := m.conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("leave the service manager: %w", err)
	}
	return nil
}
