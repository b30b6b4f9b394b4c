package faults_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestFaultsProcess kills, stops and starves the process itself, sets its clock
// and ends it under load.
func TestFaultsProcess(t *testing.T) {
	rep := suite(t, "process", "Faults: the process", "The server is killed twenty times, stopped, starved of RTP ports, file descriptors, memory and processor time, "+
		"its wall clock is set and crosses a change to winter time, and it is ended under load; each under 10 calls a second of all fates with 40 agents. Every "+
		"call has its record once, whatever happened to it; ready, closed and last leg are measured from the SIGKILL on. "+
		"Durations are judged by the ledger proof; here they may be off by 500 ms. Set-up is from the INVITE to the first 18x or 200 as the customer sees it.")
	rep.Scenario(t, "killed 20 times", "SIGKILL, started again at once", killed)
	rep.Scenario(t, "killed with 100,000 calls behind it", "SIGKILL with 100 calls open; 100,000 calls and their stamps in PostgreSQL", killedLate)
	rep.Scenario(t, "stopped for 5 s", "SIGSTOP, SIGCONT", frozen)
	rep.Scenario(t, "clock set an hour forward", "the wall clock of a build with tag wallfile", clockForward)
	rep.Scenario(t, "clock set an hour back", "the same, and forward again after 15 s", clockBack)
	rep.Scenario(t, "winter time begins", "the same: from 30 s before 2025-11-02 06:00 UTC in New York on, then set right", winterTime)
	rep.Scenario(t, "RTP ports used up", "a range of 20 ports for 10 calls a second", portsShort)
	rep.Scenario(t, "file descriptors used up", "ulimit -n 170, and 200 idle connections to the pages", filesShort)
	rep.Scenario(t, "memory limit", "a cgroup of 512 MiB, then GOMEMLIMIT below what the load needs", memoryShort)
	rep.Scenario(t, "a third of a processor", "a cgroup with 33 % of one core for 10 s", starved)
	rep.Scenario(t, "ended under load", "SIGTERM, drain.timeout 8 s, started again", drained)
}

// calm is the stretch before a fault, and the one after it.
const calm = 8 * time.Second

// loaded is a house under load.
func loaded(t *testing.T, change func(*rig.Options)) (*rig.House, *rig.Load) {
	t.Helper()
	s := fullSize()
	o := s.options(t, rig.Seed(t))
	if change != nil {
		change(&o)
	}
	h := rig.Open(t, o)
	l := h.Load(s.mix())
	l.For(warmUp)
	return h, l
}

// judged lets the checker judge. Durations are the ledger proof's: here they may
// be late.
func judged(t *testing.T, h *rig.House, row *rig.Row, a rig.Allow) {
	t.Helper()
	if a.Finding == nil {
		a.Finding = rig.Late(late)
	}
	r := h.Check(a)
	row.Take(r)
	for _, s := range r.Spreads {
		if s.Name == "all" {
			row.Figure("durations off by p50 %.1f, p99 %.1f ms", float64(s.P50)/1000, float64(s.P99)/1000)
		}
	}
}
