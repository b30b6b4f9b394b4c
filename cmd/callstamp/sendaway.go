package main

import (
	"context"
	"crypto/tls"
	"net/http"
	"time"

	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

const (
	sendAwayEvery = time.Second
	// peersEvery is how often the addresses of the other nodes are read, while
	// Postgres can be asked: they are needed when it can't.
	peersEvery = 2 * time.Second
	// sentAwayRest is how long an agent is left in peace who came back here:
	// nothing led the page to the other node.
	sentAwayRest = 5 * time.Minute
)

// mover sends the agents of a fenced node to the one that has taken over. It
// is owned by its loop.
type mover struct {
	app    *app
	client *http.Client
	peers  []postgres.Peer
	asked  time.Time
	sent   map[stamp.AgentID]time.Time
}

// peerClient asks other nodes about themselves. Whose answer it is, a header
// says; nothing is told to them, so that certificates of their own will do.
func peerClient() *http.Client {
	return &http.Client{Timeout: askWait, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true, //nolint:gosec // see above
	}}
}

// sendAway lets agents go who are free while this node is fenced. One who is
// ready here is needed here no more: who waits would have been offered. Those
// in a call or a wrap-up go when they are ready again.
func (a *app) sendAway(ctx context.Context) {
	m := &mover{app: a, client: peerClient(), sent: map[stamp.AgentID]time.Time{}}
	tick := time.NewTicker(sendAwayEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			m.look(ctx)
		}
	}
}

func (m *mover) look(ctx context.Context) {
	a := m.app
	switch {
	case a.waits.Load():
	case a.fence.open():
		m.learn(ctx)
	default:
		replaced := !a.fence.holding() || m.replaced(ctx)
		for id := range a.people.now.Load().users {
			m.send(ctx, id, replaced)
		}
	}
}

// learn keeps the addresses of the other nodes.
func (m *mover) learn(ctx context.Context) {
	if time.Since(m.asked) < peersEvery {
		return
	}
	m.asked = time.Now()
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	if peers, err := m.app.store.Peers(ctx, m.app.journal.Node()); err == nil {
		m.peers = peers
	}
}

// replaced reports whether another node says that it takes calls: with Postgres
// away it is the only one that knows.
func (m *mover) replaced(ctx context.Context) bool {
	for _, p := range m.peers {
		if p.URL != m.app.address && ready(ctx, m.client, p) {
			return true
		}
	}
	return false
}

func ready(ctx context.Context, client *http.Client, p postgres.Peer) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+"/readyz", nil)
	if err != nil {
		return false
	}
	res, err := client.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	return res.StatusCode == http.StatusOK && res.Header.Get(nodeHeader) == string(p.Node)
}

// send closes the page of an agent who is ready, where another node has
// replaced this one; it comes back at once, to wherever it is led. An agent who
// is unreachable may be there already: the session ends, so that nobody is
// counted at two nodes for longer than it takes to notice.
func (m *mover) send(ctx context.Context, id stamp.AgentID, replaced bool) {
	p, here, err := m.app.floor.Presence(ctx, id)
	if err != nil || !here {
		return
	}
	switch {
	case p.State == stamp.StateUnreachable:
	case p.State == stamp.StateReady && replaced && time.Since(m.sent[id]) >= sentAwayRest:
		m.sent[id] = time.Now()
		m.app.desks.Move(id)
	default:
		return
	}
	m.app.floor.Post(time.Now(), id, acd.Logout{By: "system"})
}
