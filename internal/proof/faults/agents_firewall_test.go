package faults_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// firewall drops packets of single agents, both ways, as a dead network does.
// Robots have addresses of their own; Chromium has the one that nobody else uses
// towards the server's pages.
type firewall struct {
	t *testing.T
	h *rig.House
}

// wall builds the firewall, with everything open. Only in a namespace of one's own.
func wall(t *testing.T, h *rig.House) *firewall {
	t.Helper()
	w := &firewall{t, h}
	w.nft(`flush ruleset
table inet cut {
	set dead { type ipv4_addr; }
	chain robots { type filter hook input priority 0; ip saddr @dead drop; ip daddr @dead drop; }
	chain desks { type filter hook input priority 1; }
}`)
	return w
}

// robot cuts a robot off.
func (w *firewall) robot(login string) {
	w.t.Helper()
	w.note("cut", login)
	w.nft(fmt.Sprintf("add element inet cut dead { %s }", w.h.Address(login)))
}

// healRobot lets a robot's packets through again.
func (w *firewall) healRobot(login string) {
	w.t.Helper()
	w.nft(fmt.Sprintf("delete element inet cut dead { %s }", w.h.Address(login)))
	w.note("healed", login)
}

// note tells the checker whose network is dead, and whose is not any more.
func (w *firewall) note(what string, logins ...string) {
	for _, login := range logins {
		w.h.Ledger.Saw(check.Note{At: time.Now().UnixMicro(), Who: "agent", Name: login, What: what})
	}
}

// desks cuts the people at Chromium off: their sockets, their sound, or both.
func (w *firewall) desks(socket, sound bool, logins ...string) {
	w.t.Helper()
	w.note("cut", logins...)
	var rules strings.Builder
	for _, way := range []string{"dport", "sport"} {
		if socket {
			fmt.Fprintf(&rules, "add rule inet cut desks ip saddr 127.0.0.1 ip daddr 127.0.0.1 tcp %s %d drop\n", way, w.h.Ports.HTTP)
		}
		if sound {
			fmt.Fprintf(&rules, "add rule inet cut desks ip saddr 127.0.0.1 ip daddr 127.0.0.1 udp %s %d drop\n", way, w.h.Ports.ICE)
		}
	}
	w.nft(rules.String())
}

// heal lets Chromium's packets through again.
func (w *firewall) heal(logins ...string) {
	w.t.Helper()
	w.nft("flush chain inet cut desks")
	w.note("healed", logins...)
}

func (w *firewall) nft(rules string) {
	w.t.Helper()
	cmd := exec.Command("nft", "-f", "-")
	cmd.Stdin = strings.NewReader(rules)
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("nft: %v: %s\n%s", err, out, rules)
	}
}

// tear resets the TCP connections of an address, as a proxy that restarts does.
func tear(t *testing.T, address string) {
	t.Helper()
	if out, err := exec.Command("ss", "-K", "src", address).CombinedOutput(); err != nil {
		t.Fatalf("ss -K src %s: %v: %s", address, err, out)
	}
}
