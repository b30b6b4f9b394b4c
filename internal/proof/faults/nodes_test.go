package faults_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// nodesLimit is how long after the first node's death the second's first new
// call may be answered and offered.
const nodesLimit = 5 * time.Second

// nodesSize is smaller than the other suites': two servers share the machine.
func nodesSize() size { return size{agents: 18, sellers: 6, perSecond: 5, hurry: 0.6} }

// nodesIntro says what the table is of.
const nodesIntro = `Two nodes on one Postgres and one Redis, each in a network namespace of its own; the first takes the calls, the second
waits. A carrier with both addresses offers a new call to the node that took the last one, and to the other where that is silent
or says 503; a proxy leads agents to the node that is ready. Partitions are nftables rules in the nodes' namespaces. "Lost" and
"doubled" compare the customers' own notes with the records, by number; "findings" are the independent checker's, of the
records; both journals are delivered and both nodes are stopped before anything is compared.`

func TestNodes(t *testing.T) {
	rep := suite(t, "nodes", "Two nodes", nodesIntro)
	rep.Command = fmt.Sprintf("PROOF_SEED=%d make proof-nodes", rep.Seed)
	if inside, why := rig.OwnNetwork(t); !inside {
		if why != "" {
			rep.NotRun(t, "two nodes", "network namespaces", why)
		}
		return
	}
	rep.Scenario(t, "first node killed", "SIGKILL, started again 15 s later", killedNode(rep))
	rep.Scenario(t, "first node stopped", "SIGSTOP, SIGCONT 20 s later", stoppedNode(rep))
	rep.Scenario(t, "first node unplugged", "all its packets dropped, for 15 s", unpluggedNode(rep))
	rep.Scenario(t, "first node without Postgres", "its packets to and from Postgres dropped for 15 s; it still sees all else", withoutPostgres(rep))
	rep.Scenario(t, "Postgres killed", "SIGKILL, started again 3 s later: both nodes have lost it", postgresKilled(rep))
	rep.Scenario(t, "cut both ways", "the first sees the carrier alone; the second sees all but the carrier for 12 s and the first for 28 s", cutBothWays(rep))
}

type scenario = func(t *testing.T, row *rig.Row)

func killedNode(rep *rig.Report) scenario {
	return func(t *testing.T, row *rig.Row) {
		p := openPair(t, nodesSize(), rep.Seed)
		l := p.h.Load(nodesSize().mix())
		l.For(10 * time.Second)
		killed := p.begins()
		p.h.Kill()
		l.For(15 * time.Second)
		p.back()
		l.For(5 * time.Second)
		l.Stop()
		p.settled(row)
		p.first(row, killed, nodesLimit)
		p.legs(row, killed)
	}
}

func stoppedNode(rep *rig.Report) scenario {
	return func(t *testing.T, row *rig.Row) {
		p := openPair(t, nodesSize(), rep.Seed+1)
		l := p.h.Load(nodesSize().mix())
		l.For(10 * time.Second)
		stopped := p.begins()
		p.h.Server.Signal(t, syscall.SIGSTOP)
		l.For(20 * time.Second)
		p.h.Server.Signal(t, syscall.SIGCONT)
		p.again(t, 30*time.Second)
		l.For(5 * time.Second)
		l.Stop()
		p.settled(row, "reservation outlived its offer") // a call that stood still
		p.first(row, stopped, nodesLimit)
		p.legs(row, stopped)
		p.notDialedAgain(row)
	}
}

func unpluggedNode(rep *rig.Report) scenario {
	return func(t *testing.T, row *rig.Row) {
		p := openPair(t, nodesSize(), rep.Seed+2)
		l := p.h.Load(nodesSize().mix())
		l.For(10 * time.Second)
		unplugged := p.begins()
		p.w.unplug(0)
		l.For(15 * time.Second)
		p.w.heal(0)
		p.again(t, 90*time.Second)
		l.For(5 * time.Second)
		l.Stop()
		p.settled(row)
		p.first(row, unplugged, nodesLimit)
		p.legs(row, unplugged)
		p.notDialedAgain(row)
	}
}

func withoutPostgres(rep *rig.Report) scenario {
	return func(t *testing.T, row *rig.Row) {
		p := openPair(t, nodesSize(), rep.Seed+3)
		l := p.h.Load(nodesSize().mix())
		l.For(10 * time.Second)
		cut := p.begins()
		p.w.cut(0, "tcp "+postgresAt)
		l.For(15 * time.Second)
		healed := time.Now()
		p.w.heal(0)
		p.again(t, 90*time.Second)
		l.For(5 * time.Second)
		l.Stop()
		p.settled(row)
		p.first(row, cut, 15*time.Second) // the first takes calls until its fence
		if n := p.h.SQL.Count(`SELECT count(*) FROM stamps WHERE kind = 'node.presumed_gone' AND at < $1`, healed); n > 0 {
			t.Errorf("a node that answered was presumed gone %d times", n)
		}
		one, _ := p.nodeIDs()
		if n := p.h.SQL.Count(`SELECT count(*) FROM records.calls WHERE node = $1 AND outcome = 'abnormal'`, one); n > 0 {
			t.Errorf("%d calls of the first node did not come to their own end", n)
		}
		p.notDialedAgain(row)
	}
}

// postgresKilled takes the lock from the first node without its fault: it has
// the place again when Postgres is back, and nobody notices.
func postgresKilled(rep *rig.Report) scenario {
	return func(t *testing.T, row *rig.Row) {
		p := openPair(t, nodesSize(), rep.Seed+5)
		l := p.h.Load(nodesSize().mix())
		l.For(10 * time.Second)
		p.begins()
		must(t, p.h.PG.Kill())
		l.For(3 * time.Second)
		must(t, p.h.PG.Restart(t.Context()))
		l.For(15 * time.Second)
		p.until = time.Now()
		l.Stop()
		one, _ := p.nodeIDs()
		if last := p.h.SQL.Rows(`SELECT node, epoch FROM epochs ORDER BY epoch`); len(last) != 2 || last[1]["node"] != one {
			t.Errorf("the epochs are %v, the first node is %s", last, one)
		}
		p.settled(row)
		if n := p.h.SQL.Count(`SELECT count(*) FROM records.calls WHERE outcome = 'abnormal' OR node <> $1`, one); n > 0 {
			t.Errorf("%d calls were cut, or went to the second node", n)
		}
		p.notDialedAgain(row)
	}
}

func cutBothWays(rep *rig.Report) scenario {
	return func(t *testing.T, row *rig.Row) {
		p := openPair(t, nodesSize(), rep.Seed+4)
		// Whoever is given back is dialed again at once, so that a lead which is given back too early shows.
		p.h.SQL.Exec(`UPDATE campaigns SET max_attempts = 5, retry_after_us = 1000000`)
		m := nodesSize().mix()
		m.Fates = []string{"rated", "customer ends the talk", "out, rated", "out, customer ends the talk"}
		l := p.h.Load(m)
		l.For(10 * time.Second)
		cut := p.begins()
		p.w.cut(1, "udp "+carrierNear, nodeIP(0))
		p.w.cut(0, "tcp "+postgresAt, "tcp "+redisAt, nodeIP(1), agentsIP)
		l.For(12 * time.Second)
		p.w.heal(1)
		p.w.cut(1, nodeIP(0))
		l.For(16 * time.Second)
		p.w.heal(0)
		p.w.heal(1)
		p.again(t, 90*time.Second)
		l.For(5 * time.Second)
		l.Stop()
		p.settled(row)
		_, two := p.nodeIDs()
		dialed := p.h.SQL.Count(`SELECT count(*) FROM records.calls WHERE node = $1 AND direction = 'out'`, two)
		row.Figure("%d leads dialed by the second", dialed)
		if dialed == 0 {
			t.Error("the second node has dialed nobody: nothing was put to the test")
		}
		p.legs(row, cut)
		p.notDialedAgain(row)
	}
}

// again waits until the first node has ended by itself, as one that was
// replaced does, and starts it again, as systemd would.
func (p *pair) again(t *testing.T, limit time.Duration) {
	t.Helper()
	select {
	case <-p.h.Server.Done():
	case <-time.After(limit):
		t.Errorf("the first node did not end within %s of being replaced", limit)
		p.h.Kill()
	}
	p.back()
}

// begins and back are the ends of the fault.
func (p *pair) begins() time.Time {
	p.from = time.Now()
	p.until = p.from.Add(time.Hour)
	return p.from
}

func (p *pair) back() {
	p.h.StartOnly()
	p.until = time.Now()
}

// notDialedAgain counts INVITEs by number on the carrier's side. A number may be
// dialed again when its attempt has ended without an answer, and not before.
func (p *pair) notDialedAgain(row *rig.Row) {
	p.t.Helper()
	retries := 0
	for _, number := range p.carrier.again() {
		attempts := p.h.SQL.Rows(`SELECT a.node, a.claimed_at, a.finished_at, a.result, a.presumed FROM attempts a JOIN parties q ON q.id = a.party_id
			WHERE q.number = '+' || ltrim($1, '+') ORDER BY a.claimed_at`, number)
		for i, a := range attempts[:len(attempts)-1] {
			ended, ok := a["finished_at"].(time.Time)
			if !ok || a["result"] == "connected" || a["presumed"] == true || ended.After(attempts[i+1]["claimed_at"].(time.Time)) {
				p.t.Errorf("dialed twice: %s: %v", number, attempts)
			}
		}
		if len(attempts) < 2 {
			p.t.Errorf("dialed twice in one attempt: %s: %v", number, attempts)
		}
		retries++
	}
	row.Figure("no lead dialed twice, %d tried again after an attempt without answer", retries)
}
