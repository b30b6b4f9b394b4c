package main

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// listening is a service manager's socket.
func listening(t *testing.T) (conn *net.UnixConn, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	fine(t, err)
	t.Cleanup(func() { conn.Close() })
	return conn, path
}

// heard waits for the next message.
func heard(t *testing.T, conn *net.UnixConn, limit time.Duration) (string, bool) {
	t.Helper()
	fine(t, conn.SetReadDeadline(time.Now().Add(limit)))
	b := make([]byte, 4096)
	n, err := conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return "", false
	}
	fine(t, err)
	return string(b[:n]), true
}

func environment(of map[string]string) func(string) string {
	return func(name string) string { return of[name] }
}

// TestStuckOwnerStarvesTheWatchdog: it is fed while all move, and no more from the moment that one is known to hang.
func TestStuckOwnerStarvesTheWatchdog(t *testing.T) {
	conn, path := listening(t)
	m, err := openManager(environment(map[string]string{"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "60000", "WATCHDOG_PID": strconv.Itoa(os.Getpid())}), os.Getpid())
	fine(t, err)
	let, hang := make(chan struct{}), make(chan struct{})
	p := newPulses(time.Now(), &pulse{name: "floor", bound: nudgeEvery + 200*time.Millisecond, nudge: func(ctx context.Context) error {
		select {
		case <-hang:
			<-let // as an owner does that waits for another
		default:
		}
		return nil
	}})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go p.run(ctx)
	go m.run(ctx, func() []string { return p.stuck(time.Now()) }, func() string { return "3 calls\n2 waiting" })
	first, _ := heard(t, conn, 5*time.Second)
	if first != "WATCHDOG=1\nSTATUS=3 calls; 2 waiting" {
		t.Errorf("first heard %q", first)
	}
	for range 10 {
		if text, _ := heard(t, conn, 5*time.Second); text != "WATCHDOG=1" {
			t.Fatalf("heard %q", text)
		}
	}
	close(hang)
	for limit := time.Now().Add(10 * time.Second); ; {
		text, _ := heard(t, conn, 5*time.Second)
		if strings.HasPrefix(text, "STATUS=STUCK: floor") {
			break
		}
		if time.Now().After(limit) {
			t.Fatalf("still %q with a floor that hangs", text)
		}
	}
	if text, fed := heard(t, conn, 300*time.Millisecond); fed {
		t.Errorf("a stuck server says %q", text)
	}
	close(let)
	if text, _ := heard(t, conn, 5*time.Second); !strings.HasPrefix(text, "WATCHDOG=1") {
		t.Errorf("a server that moves again says %q", text)
	}
}

// TestNobodyWaitsForWord: without the variable there is no manager, and saying something is allowed.
func TestNobodyWaitsForWord(t *testing.T) {
	m, err := openManager(environment(nil), 1)
	if m != nil || err != nil {
		t.Errorf("%v, %v", m, err)
	}
	m.say("READY=1")
	m.run(t.Context(), nil, nil)
	fine(t, m.close())
	if _, err := openManager(environment(map[string]string{"NOTIFY_SOCKET": filepath.Join(t.TempDir(), "nobody")}), 1); err == nil {
		t.Error("a socket that is not there is connected")
	}
}

// TestAnotherProcessIsFed: a watchdog that is meant for another process is not ours to feed.
func TestAnotherProcessIsFed(t *testing.T) {
	_, path := listening(t)
	for name, row := range map[string]struct {
		env  map[string]string
		want time.Duration
	}{
		"ours":      {map[string]string{"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}, 30 * time.Second},
		"no pid":    {map[string]string{"WATCHDOG_USEC": "30000000"}, 30 * time.Second},
		"another's": {map[string]string{"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"}, 0},
		"none":      {map[string]string{}, 0},
		"nonsense":  {map[string]string{"WATCHDOG_USEC": "soon"}, 0},
	} {
		row.env["NOTIFY_SOCKET"] = path
		m, err := openManager(environment(row.env), 7)
		if err != nil || m.watchdog != row.want {
			t.Errorf("%s: %v, %v", name, m, err)
		}
		fine(t, m.close())
	}
}
