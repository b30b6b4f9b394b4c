// Package siptest has far sides for tests of package sip: SIPp with a scenario, and Peer, a small scripted telephone for
// what SIPp does badly. It knows SIP from the RFC alone and shares no code with package sip.
package siptest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// SIPp is one run of the program.
type SIPp struct {
	Port int // of its SIP socket on 127.0.0.1

	cmd  *exec.Cmd
	out  bytes.Buffer
	dir  string
	done chan error
}

// Start runs a scenario file against target (host:port), or as a server when target is empty: then it listens on Port
// of 127.0.0.1 by the time Start returns. The run ends by itself after limit.
func Start(t *testing.T, scenario, target string, limit time.Duration, args ...string) *SIPp {
	t.Helper()
	path, err := exec.LookPath("sipp")
	if err != nil {
		t.Fatal("SIPp is not installed (Debian: sip-tester)")
	}
	file, err := filepath.Abs(scenario)
	if err != nil {
		t.Fatal(err)
	}
	s := &SIPp{Port: FreePort(t), dir: t.TempDir(), done: make(chan error, 1)}
	all := []string{"-sf", file, "-i", "127.0.0.1", "-p", strconv.Itoa(s.Port), "-mp", strconv.Itoa(FreePort(t)), "-m", "1", "-nostdin",
		"-timeout", fmt.Sprintf("%ds", int(limit.Seconds())), "-timeout_error", "-trace_err", "-error_file", "errors.log",
		"-trace_msg", "-message_file", "messages.log"}
	all = append(all, args...)
	if target != "" {
		all = append(all, target)
	}
	s.cmd = exec.Command(path, all...)
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = s.dir, &s.out, &s.out
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("start SIPp: %v", err)
	}
	go func() { s.done <- s.cmd.Wait() }()
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("SIPp: %s\n%s\n%s", s.read("errors.log"), s.Messages(), s.out.String())
		}
	})
	if target == "" {
		s.awaitPort(t)
	}
	return s
}

// awaitPort waits until SIPp has its port: a request that came earlier would be lost. It looks into the system's table,
// as an attempt to bind the port could take it away from SIPp.
func (s *SIPp) awaitPort(t *testing.T) {
	t.Helper()
	entry := fmt.Sprintf(" 0100007F:%04X ", s.Port)
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		for _, table := range []string{"/proc/net/udp", "/proc/net/tcp"} {
			sockets, err := os.ReadFile(table)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(sockets), entry) {
				return
			}
		}
		select {
		case err := <-s.done:
			s.done <- err
			return // it ran and ended already
		case <-time.After(5 * time.Millisecond):
		}
	}
	t.Fatal("SIPp did not open its port")
}

// Wait waits for the end and fails the test unless every call of the scenario succeeded.
func (s *SIPp) Wait(t *testing.T) {
	t.Helper()
	err := <-s.done
	s.done <- err
	if err != nil {
		t.Fatalf("SIPp: %v\n%s\n%s\n%s", err, s.read("errors.log"), s.Messages(), s.out.String())
	}
}

// Messages is what SIPp sent and received, as text.
func (s *SIPp) Messages() string { return s.read("messages.log") }

func (s *SIPp) read(name string) string {
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		return ""
	}
	return string(text)
}

func (s *SIPp) kill() {
	_ = s.cmd.Process.Kill() // it has usually ended
	s.done <- <-s.done
}

// FreePort returns a UDP port of 127.0.0.1 that nobody has at the moment, nor the three after it. They lie below those
// that the system gives to sockets without a number, so that no such socket takes them before their user does.
func FreePort(t *testing.T) int {
	t.Helper()
	const lowest, highest = 10240, 32000
	for range 1000 {
		port := lowest + 4*rand.IntN((highest-lowest)/4)
		if free(port) && free(port+1) && free(port+2) && free(port+3) {
			return port
		}
	}
	t.Fatal("no free UDP port")
	return 0
}

func free(port int) bool {
	conn, err := net.ListenPacket("udp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
