// Package rig is what every test stands on that looks at the product from
// outside. Each thing is there once: the binary (Binary), a process that dies
// with its test (Launch), a run of the server whose log is judged (Server), an
// installation of it (Node), its tables (SQL, Facts), its API (Client), its
// pages in Chromium (Person, Desk), waiting (Within), ports, disks, networks.
//
// House is an installation under load: with its own PostgreSQL and Redis, a
// telephone network, robots at the desks, and the witnesses around them (a
// capture of the trunk's side, a ledger written before each act, a clock that
// notices its own stalls). A scenario opens a house, puts a load on it, breaks
// something, lets it settle, and has the independent checker compare what was
// recorded with what was witnessed.
//
//	h := rig.Open(t, rig.Options{Agents: 8, Sellers: 2, Cues: rig.Cues(t)})
//	l := h.Load(rig.Mix{PerSecond: 3})
//	l.For(10 * time.Second)
//	healed := h.Fault(rig.ServerDead)
//	h.Kill()
//	h.Restart()
//	healed()
//	l.For(10 * time.Second)
//	l.Stop()
//	h.Settle(30 * time.Second)
//	r := h.Check(rig.Allow{})
//
// It imports no room of the product.
package rig
