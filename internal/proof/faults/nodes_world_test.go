package faults_test

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// world is the network of a two-node house, below the test's own namespace,
// which is the hub: the stores, the carrier with its customers and the agents
// are there, each node has a namespace of its own on a pair of virtual
// interfaces.
//
//	node 0  10.99.10.2 ── 10.99.10.1 ┐
//	                                 hub  10.99.0.1  stores, carrier, agents
//	node 1  10.99.11.2 ── 10.99.11.1 ┘
type world struct {
	t      *testing.T
	spaces [2]*rig.Process // they hold the nodes' namespaces
}

const (
	hubIP = "10.99.0.1"
	// agentsIP is where agents and their proxy come from, as the first node sees them.
	agentsIP = "10.99.10.1"
)

func nodeIP(i int) string { return fmt.Sprintf("10.99.1%d.2", i) }

// newWorld makes it; it is gone with the test's process.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	must(t, os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0))
	w.run("ip addr replace " + hubIP + "/32 dev lo")
	for i := range w.spaces {
		w.spaces[i] = rig.Launch(t, exec.Command("unshare", "--net", "sleep", "infinity"))
		w.awaitSpace(i)
		w.run(fmt.Sprintf("ip link add node%d type veth peer name eth0 netns %d", i, w.spaces[i].PID))
		w.run(fmt.Sprintf("ip addr add 10.99.1%d.1/24 dev node%d", i, i))
		w.run(fmt.Sprintf("ip link set node%d up", i))
		for _, line := range []string{
			"ip link set lo up", fmt.Sprintf("ip addr add %s/24 dev eth0", nodeIP(i)), "ip link set eth0 up",
			fmt.Sprintf("ip route add default via 10.99.1%d.1", i),
			"nft add table inet cut", "nft add chain inet cut in { type filter hook input priority 0 ; }",
			"nft add chain inet cut out { type filter hook output priority 0 ; }",
		} {
			w.inside(i, line)
		}
		t.Cleanup(func() { _ = exec.Command("ip", "link", "del", fmt.Sprint("node", i)).Run() })
	}
	return w
}

// awaitSpace waits until the holder has left the hub's namespace.
func (w *world) awaitSpace(i int) {
	w.t.Helper()
	own, err := os.Readlink("/proc/self/ns/net")
	must(w.t, err)
	for {
		its, err := os.Readlink(w.space(i))
		must(w.t, err)
		if its != own {
			return
		}
	}
}

func (w *world) space(i int) string { return fmt.Sprintf("/proc/%d/ns/net", w.spaces[i].PID) }

func (w *world) run(line string) {
	w.t.Helper()
	words := strings.Fields(line)
	if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
		w.t.Fatalf("%s: %v: %s", line, err, out)
	}
}

// inside runs a command in a node's namespace.
func (w *world) inside(i int, line string) {
	w.t.Helper()
	w.run("nsenter --net=" + w.space(i) + " " + line)
}

// enter lets cmd run in a node's namespace, under its own process id.
func (w *world) enter(i int) func(*exec.Cmd) {
	return func(cmd *exec.Cmd) {
		path, err := exec.LookPath("nsenter")
		must(w.t, err)
		cmd.Args = append([]string{"nsenter", "--net=" + w.space(i), cmd.Path}, cmd.Args[1:]...)
		cmd.Path = path
	}
}

// cut drops what a node sends to and gets from others: peers of the form
// "10.99.0.1" or "tcp 10.99.0.1:5432".
func (w *world) cut(i int, peers ...string) {
	w.t.Helper()
	for _, p := range peers {
		to, from := "ip daddr "+p, "ip saddr "+p
		if proto, addr, ok := strings.Cut(p, " "); ok {
			a := netip.MustParseAddrPort(addr)
			to = fmt.Sprintf("ip daddr %s %s dport %d", a.Addr(), proto, a.Port())
			from = fmt.Sprintf("ip saddr %s %s sport %d", a.Addr(), proto, a.Port())
		}
		w.inside(i, "nft add rule inet cut out "+to+" drop")
		w.inside(i, "nft add rule inet cut in "+from+" drop")
	}
}

// heal takes all cuts of a node away.
func (w *world) heal(i int) {
	w.t.Helper()
	w.inside(i, "nft flush chain inet cut in")
	w.inside(i, "nft flush chain inet cut out")
}

// unplug and plug take a node's cable out and put it back: nothing tells either
// end.
func (w *world) unplug(i int) {
	w.t.Helper()
	w.cut(i, "0.0.0.0/0")
}
