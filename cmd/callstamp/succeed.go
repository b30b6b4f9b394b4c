package main

import (
	"context"
	"errors"
	"net/http"
	"syscall"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

const (
	// succeedEvery is how often the node that takes the calls looks after what
	// others have left open.
	succeedEvery = time.Second
	// askWait bounds the question whether another node lives.
	askWait = time.Second
	// silentFor is how long a node gives no answer before it counts as gone: its
	// customers are told BYE then, within the 35 s that a leg may outlive its
	// node, and later than a restart or a stutter takes.
	silentFor = 5 * time.Second
)

// answer is what another node makes of the question whether it lives.
type answer int

const (
	silent answer = iota // none came: cut off, frozen or gone
	lives                // it answered
	gone                 // its machine says that nobody is there
)

// heir is what this node knows of one that it looks after.
type heir struct {
	seq    uint64    // where its journal stood in Postgres
	since  time.Time // since when it is silent and its journal stands
	buried uint64    // presumed gone after this stamp
}

// succeed looks after what other nodes have left open, for as long as this one
// takes the calls: it says BYE to their customers, presumes the ends of their
// calls and gives their leads back. A node that answers is left alone, however
// cut off it is from Postgres: it finishes its calls.
func (a *app) succeed(ctx context.Context) {
	client := peerClient()
	heirs := map[stamp.NodeID]*heir{}
	tick := time.NewTicker(succeedEvery)
	defer tick.Stop()
	for {
		a.lookAfter(ctx, client, heirs)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (a *app) lookAfter(ctx context.Context, client *http.Client, heirs map[stamp.NodeID]*heir) {
	if !a.fence.open() {
		return
	}
	others, err := a.store.Neighbours(ctx, a.journal.Node())
	if err != nil {
		if ctx.Err() == nil {
			a.log.Warn("other nodes not looked after", "err", err)
		}
		return
	}
	for _, n := range others {
		if n.Presumed && n.Claimed == 0 || n.Open == 0 && n.Claimed == 0 {
			continue
		}
		h := heirs[n.Node]
		if h == nil {
			h = &heir{}
			heirs[n.Node] = h
		}
		said := silent
		if n.URL != "" && n.URL != a.address {
			said = ask(ctx, client, n)
		}
		d := h.judge(stamp.Wall(), n, said, a.config.Calls.MaxDuration)
		if d.bury {
			a.bury(ctx, n)
			h.buried = n.Seq
		}
		if d.free {
			a.free(ctx, n)
		}
	}
}

// duty is what is to be done for another node.
type duty struct {
	bury bool // BYE to its customers, and the provisional ends of its records
	free bool // give its leads back
}

// judge decides what to do for n. A node that says nothing may still be talking
// to the customers that its claims are about: its leads are not given back
// before its longest call is over, so that nobody is dialed twice.
func (h *heir) judge(now time.Time, n postgres.Neighbour, said answer, longest time.Duration) (d duty) {
	if said == lives || h.since.IsZero() || h.seq != n.Seq {
		h.seq, h.since = n.Seq, now
	}
	quiet := now.Sub(h.since)
	over := said == gone || said == silent && quiet >= silentFor
	d.bury = over && n.Open > 0 && !n.Presumed && h.buried != n.Seq
	d.free = n.Claimed > 0 && (said == gone || over && now.Sub(time.UnixMicro(n.AliveAt)) > longest)
	return d
}

// ask asks another node whether it lives.
func ask(ctx context.Context, client *http.Client, n postgres.Neighbour) answer {
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, n.URL+"/healthz", nil)
	if err != nil {
		return silent
	}
	res, err := client.Do(req)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return gone
	}
	if err != nil {
		return silent
	}
	defer res.Body.Close()
	switch res.Header.Get(nodeHeader) {
	case string(n.Node):
		return lives
	case "":
		return silent // a proxy, or whoever has the address now
	}
	return gone // another node has its place
}

// bury says BYE to the customers of a node that is gone, and then, so that
// whoever comes after a crash of ours says it again, that it is gone.
func (a *app) bury(ctx context.Context, n postgres.Neighbour) {
	dialogs, err := a.store.OpenDialogs(ctx, n.Node)
	if err != nil {
		a.log.Warn("dialogs of another node not read", "of", n.Node, "err", err)
		return
	}
	for _, d := range dialogs {
		if err := a.ua.ByeDialog(d.Data); err != nil {
			a.log.Warn("no BYE for a dialog of another node", "of", n.Node, "dialog", d.ID, "err", err)
		}
	}
	a.node.Record(stamp.NodePresumedGone{Gone: n.Node, Seq: n.Seq, AliveAt: n.AliveAt})
	a.log.Info("another node is presumed gone", "of", n.Node, "seq", n.Seq, "byes", len(dialogs), "open", n.Open)
}

func (a *app) free(ctx context.Context, n postgres.Neighbour) {
	freed, err := a.store.PresumeAttempts(ctx, n.Node, stamp.Wall())
	if err != nil {
		a.log.Warn("leads of another node not given back", "of", n.Node, "err", err)
		return
	}
	a.log.Info("leads of another node given back", "of", n.Node, "attempts", freed)
}
