package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

const (
	// turnEvery is how often a node that waits asks for its turn, and one that
	// has lost it asks again.
	turnEvery = 250 * time.Millisecond
	// afterYou is how long a node that waits holds back when Postgres is there
	// again: whoever took the calls before asks first.
	afterYou = 2 * time.Second
)

// hold is for how long Postgres leaves a silent node the right to take calls:
// without another that waits, for as long as their connection stands.
func (a *app) hold() time.Duration {
	if a.config.Nodes.Standby {
		return tenureHold
	}
	return 0
}

// take asks for the right to take calls.
func (a *app) take(ctx context.Context) error {
	t, err := a.store.TakeNode(ctx, a.journal.Node(), a.hold())
	if err != nil {
		return err
	}
	a.tenure = t
	a.epoch.Store(t.Epoch)
	a.fence.hold(t, time.Now())
	return nil
}

// firstTurn takes the right at a start. Where another node has it, this one
// waits if it was made to, and else says who that is.
func (a *app) firstTurn(ctx context.Context) error {
	err := a.take(ctx)
	if err == nil || !errors.Is(err, postgres.ErrNodeTaken) {
		return err
	}
	h, herr := a.store.Holder(ctx)
	if herr != nil {
		return errors.Join(err, herr)
	}
	if !a.config.Nodes.Standby {
		return fmt.Errorf("%w: node %s at %s, since %s; to let this one wait and take over when that one is gone, set nodes.standby on both",
			err, h.Node, h.URL, h.Since.UTC().Format(time.RFC3339))
	}
	a.holder.Store(&h)
	a.waits.Store(true)
	return nil
}

// replaced reports whether another node took the calls after this one did: its
// agents have been there since.
func (a *app) replaced() bool {
	return a.tenure == nil || a.tenure.Before != "" && a.tenure.Before != a.journal.Node()
}

// awaitTurn waits until the right is free, and begins to take calls.
func (a *app) awaitTurn(ctx context.Context) {
	a.log.Info("standby", "url", a.url(), "node", a.journal.Node(), "waits_for", a.holder.Load().Node)
	away := false
	for rest(ctx, turnEvery) {
		if away && (a.db.Ping(ctx) != nil || !rest(ctx, afterYou)) {
			continue
		}
		err := a.take(ctx)
		if err == nil {
			a.open()
			return
		}
		if away = !errors.Is(err, postgres.ErrNodeTaken); away {
			a.log.Debug("standby can't ask for its turn", "err", err)
		}
	}
}

// open begins to take calls: the doors first, what another node has left open
// when they are.
func (a *app) open() {
	seq := a.node.Record(stamp.NodeTookOver{From: a.tenure.Before, Epoch: a.tenure.Epoch})
	a.began.Store(seq)
	a.waits.Store(false)
	if h := a.holder.Load(); h != nil {
		a.health.clear(standby, string(h.Node))
	}
	a.setTrunks()
	a.campaigns.resume()
	a.loops.run(a.callbacks.run)
	a.loops.run(a.keepTenure)
	a.loops.run(a.succeed)
	a.log.Info("ready", "url", a.url(), "node", a.journal.Node(), "boot", a.journal.Boot(), "epoch", a.tenure.Epoch)
}

// keepTenure takes the node's place again after a lost connection, with a new
// epoch. Meanwhile calls go on and no lead can be claimed. Where another node
// has taken over, this one stops: it finishes its calls, delivers its journal
// and ends. Whoever started it starts it again, and then it waits its turn with
// nothing left in it of the time before.
func (a *app) keepTenure(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.tenure.Lost():
		}
		a.log.Warn("the node's lock is lost, taking it again")
		a.tenure.Release()
		err := a.retake(ctx)
		if err == nil {
			a.node.Record(stamp.NodeTookOver{From: a.tenure.Before, Epoch: a.tenure.Epoch})
			continue
		}
		if ctx.Err() == nil {
			a.fail(err)
		}
		return
	}
}

// retake tries until the right is there again, or another's.
func (a *app) retake(ctx context.Context) error {
	for {
		err := a.take(ctx)
		if err == nil {
			return nil
		}
		if errors.Is(err, postgres.ErrNodeTaken) {
			a.lost(ctx)
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(turnEvery):
		}
	}
}

// lost closes the fence: another node has the right.
func (a *app) lost(ctx context.Context) {
	h, err := a.store.Holder(ctx)
	if err != nil || h.Node == a.journal.Node() { // the lock is taken, by one who has not raised the epoch yet
		h = postgres.Holder{Node: "?", Since: time.Now()}
	}
	a.fence.lose(h.Node, h.Since)
	a.setTrunks()
}

// buried reports whether another node has presumed this one gone since it took
// the calls: our customers were told BYE then, and there is no call to finish.
func (a *app) buried(ctx context.Context) bool {
	gone, err := a.store.Presumed(ctx, a.journal.Node(), a.began.Load())
	if err != nil {
		a.log.Warn("not known whether our calls were ended by another node", "err", err)
	}
	return gone
}

// watchFence stops dialing while the fence is shut, and says so.
func (a *app) watchFence(ctx context.Context) {
	tick := time.NewTicker(fenceEvery)
	defer tick.Stop()
	was := ""
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			why := a.fence.shut(now)
			if (why == "") != (was == "") {
				a.campaigns.halt(why != "", haltFenced)
				a.fenceMoved(why)
			}
			was = why
		}
	}
}

func (a *app) fenceMoved(why string) {
	switch {
	case a.waits.Load(): // it is told as standby
	case why != "":
		a.health.raise(time.Now(), fenced, "", errors.New(why))
	default:
		a.health.clear(fenced, "")
	}
}

// fenceAfter is how long this node begins calls without Postgres.
func (a *app) fenceAfter() time.Duration {
	if a.config.Nodes.Standby {
		return a.config.Nodes.FenceAfter
	}
	return 0
}

// shut reports whether no call may begin.
func (a *app) shut() bool { return a.draining.Load() || !a.fence.open() }
