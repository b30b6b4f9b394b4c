package faults_test

import (
	"os/exec"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// What is promised to an agent and to the customer (docs/protocol.md, Sound).
const (
	backWithin  = 3 * time.Second         // both are heard again after a reload, or after the network heals
	musicWithin = 3500 * time.Millisecond // … and the customer hears music instead of nothing
	knownWithin = 35 * time.Second        // an agent who is gone is unreachable
	cutLength   = 10 * time.Second
)

// The load before the faults under load, and after them.
const (
	running = 6 * time.Second
	ending  = 15 * time.Second
)

// TestFaultsAgents takes agents' networks, pages and sockets away, in calls and
// between them: the same call goes on, the gap is no talk, and nobody is offered
// to an empty desk more than once.
func TestFaultsAgents(t *testing.T) {
	if !rig.Full() {
		t.Skip("a suite of minutes: make proof-faults-agents")
	}
	inside, why := rig.OwnNetwork(t)
	if !inside && why == "" {
		return // it has run in a process of its own
	}
	if _, err := exec.LookPath("nft"); inside && err != nil {
		inside, why = false, "no nft (Debian: nftables)"
	}
	rep := suite(t, "agents", "Faults: agents", "Agents' networks are cut by nftables in a network namespace, their pages reloaded, their browsers killed, "+
		"their WebSockets torn. In real Chromium, sound is judged by the tone at the other side: the agent's 1000 Hz at the customer's telephone, the "+
		"customer's 440 Hz in the page's stream; figures are p50/p95/max. Robots (the same protocol, without a browser) are cut under 10 calls a second of "+
		"all fates. The independent checker looks at every call afterwards.")
	for _, s := range agentFaults() {
		if !inside {
			rep.NotRun(t, s.fault, s.how, why)
			continue
		}
		rep.Scenario(t, s.fault, s.how, func(t *testing.T, row *rig.Row) { s.run(t, rep.Seed, row) })
		rep.Write(t) // as far as it has come
	}
}

// agentFault is one row of the suite.
type agentFault struct {
	fault, how string
	run        func(t *testing.T, seed uint64, row *rig.Row)
}

func agentFaults() []agentFault {
	return []agentFault{
		{"page reloaded in a call", "30 times F5 in Chromium", reloads},
		{"network cut in a call", "10 s without a packet for three Chromium desks, four times", deskCuts},
		{"sound cut, socket alive", "8 s without UDP for a Chromium desk in a call, twice", soundCuts},
		{"socket cut, sound alive", "10 s without TCP for a Chromium desk in a call", socketCut},
		{"browser killed", "SIGKILL of Chromium, idle and in a call", killedBrowsers},
		{"networks cut under load", "10 s without a packet for one robot after the other, at 10 calls/s", robotCuts},
		{"sockets torn under load", "100 WebSockets reset (ss -K) in 40 s at 10 calls/s, a restart of the server in between", flaps},
		{"agents gone under load", "robots vanish in the middle of whatever they do, and come back, at 10 calls/s", crashes},
		{"agent lost while a line rings", "the seller's network cut from the first ringing on", lostSellers},
	}
}
