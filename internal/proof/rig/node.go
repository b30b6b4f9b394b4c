package rig

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Node is an installation of the product: a folder with its configuration,
// doors, and the runs of the binary there.
type Node struct {
	Dir    string // its own
	Ports  Ports
	DSN    string  // of its PostgreSQL, past any relay
	Server *Server // the present run, or the last one; nil before the first

	// What a start takes from here.
	Tags []string        // further build tags of the binary
	Env  []string        // of the process, beside PATH and HOME
	Wrap func(*exec.Cmd) // changes how it is run: ulimits, cgroup, namespace; nil = nothing

	t        testing.TB
	servers  []*Server
	expected []string
}

// NewNode is a node whose configuration is still to be written (Configure).
func NewNode(t testing.TB, dir string, p Ports) *Node { return &Node{t: t, Dir: dir, Ports: p} }

// Configure writes callstamp.yaml.
func (n *Node) Configure(text []byte) {
	n.t.Helper()
	must(n.t, os.WriteFile(n.ConfigFile(), text, 0o600))
}

// ConfigFile is the server's configuration.
func (n *Node) ConfigFile() string { return filepath.Join(n.Dir, "callstamp.yaml") }

// URL is where the server's pages are.
func (n *Node) URL() string { return fmt.Sprintf("http://127.0.0.1:%d", n.Ports.HTTP) }

// SIPAddr is where the server takes calls.
func (n *Node) SIPAddr() string { return fmt.Sprintf("127.0.0.1:%d", n.Ports.SIP) }

// readyLimit is how long a start may take on a machine that does other things,
// too. What a start should take is for the scenario to judge.
const readyLimit = 30 * time.Second

// StartOnly runs the server and does not wait for it.
func (n *Node) StartOnly() {
	n.t.Helper()
	cmd := exec.Command(Binary(n.t, n.Tags...), "serve", "--config", n.ConfigFile())
	cmd.Env = append([]string{"HOME=" + n.Dir}, n.Env...)
	if n.Wrap != nil {
		n.Wrap(cmd)
	}
	n.Server = Serve(n.t, n.URL(), cmd)
	n.Server.Expect(n.expected...)
	n.servers = append(n.servers, n.Server)
}

// Start runs the server, again where it has ended, and returns how long it
// took to be ready.
func (n *Node) Start() time.Duration {
	n.t.Helper()
	n.StartOnly()
	return n.Server.AwaitReady(n.t, readyLimit)
}

// Kill ends the server as a crash would (SIGKILL).
func (n *Node) Kill() {
	n.t.Helper()
	n.Server.Kill(n.t)
}

// StopWell ends the server as systemd would; it must end within limit with 0.
func (n *Node) StopWell(limit time.Duration) {
	n.t.Helper()
	n.Server.StopWell(n.t, limit)
}

// Expect says that the log of every run, past and to come, may have errors that
// match one of the patterns.
func (n *Node) Expect(patterns ...string) {
	n.expected = append(n.expected, patterns...)
	for _, s := range n.servers {
		s.Expect(patterns...)
	}
}

// Command runs another command of the binary on the node's configuration, with
// PostgreSQL at dsn ("": the node's), to its end.
func (n *Node) Command(dsn string, args ...string) (code int, stdout, stderr string) {
	n.t.Helper()
	env := []string{"CALLSTAMP_POSTGRES_DSN=" + cmp.Or(dsn, n.DSN)}
	return Command(n.t, env, Binary(n.t, n.Tags...), append([]string{"--config", n.ConfigFile()}, args...)...)
}

// Balanced asks the product's own check, which must be content, and returns
// how many calls it looked at. With --live it asks the running server, which
// compares its live counters too, whatever is in flight.
func (n *Node) Balanced(flags ...string) (calls int, err error) {
	code, out, bad := n.Command("", append([]string{"check", "--json"}, flags...)...)
	var report struct {
		Balanced bool
		Calls    int
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != 0 || !report.Balanced {
		return report.Calls, fmt.Errorf("callstamp check %v ended with %d (%v): %.600s%s", flags, code, err, out, bad)
	}
	return report.Calls, nil
}
