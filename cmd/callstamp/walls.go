package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/redis"
)

// neighboursEvery is how often the wall asks which other nodes there are.
const neighboursEvery = 10 * time.Second

// walls are the live figures of all nodes as one: counters add up; calls and
// agents are shown of those nodes whose journal moves, since those of a node
// that is gone are not there any more.
type walls struct {
	own    wall
	of     func(stamp.NodeID) wall
	others func(context.Context) ([]stamp.NodeID, error)

	mu    sync.Mutex
	asked time.Time
	rest  []*otherWall
}

var _ wall = (*walls)(nil)

// otherWall is that of another node.
type otherWall struct {
	wall

	node  stamp.NodeID
	seq   uint64
	moved time.Time // zero: not since we look
}

func wallsOf(live *redis.Store, store *postgres.Store, own stamp.NodeID) *walls {
	return &walls{
		own: redis.NewWall(live, own), of: func(n stamp.NodeID) wall { return redis.NewWall(live, n) },
		others: func(ctx context.Context) ([]stamp.NodeID, error) {
			return store.NodesSince(ctx, own, stamp.Wall().Add(-48*time.Hour))
		},
	}
}

// Snapshot implements wall. Its Seq is the own node's.
func (w *walls) Snapshot(ctx context.Context) (kpi.Now, error) {
	now, err := w.own.Snapshot(ctx)
	if err != nil {
		return now, err
	}
	for _, o := range w.known(ctx) {
		n, err := o.Snapshot(ctx)
		if err != nil {
			continue // it has none, or not any more
		}
		if w.moves(o, n.Seq) {
			now.Calls, now.Agents = append(now.Calls, n.Calls...), append(now.Agents, n.Agents...)
		}
	}
	return now, nil
}

// moves reports whether the node's journal has moved on lately.
func (w *walls) moves(o *otherWall, seq uint64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if o.seq != seq && o.seq != 0 {
		o.moved = time.Now()
	}
	o.seq = seq
	return time.Since(o.moved) < staleAfter
}

// Counters implements wall.
func (w *walls) Counters(ctx context.Context, from, until stamp.Bucket) ([]kpi.Interval, error) {
	rows, err := w.own.Counters(ctx, from, until)
	if err != nil {
		return nil, err
	}
	for _, o := range w.known(ctx) {
		more, err := o.Counters(ctx, from, until)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// Changes implements wall: the own node's; the other's are drawn with the next.
func (w *walls) Changes(ctx context.Context, subscribed func(), changed func(seq uint64)) error {
	return w.own.Changes(ctx, subscribed, changed)
}

// known returns the other nodes. With Postgres away it is those of before.
func (w *walls) known(ctx context.Context) []*otherWall {
	w.mu.Lock()
	due := time.Since(w.asked) >= neighboursEvery
	w.mu.Unlock()
	if due {
		w.ask(ctx)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.rest)
}

func (w *walls) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, besideWait)
	defer cancel()
	ids, err := w.others(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = time.Now()
	if err != nil {
		return
	}
	var rest []*otherWall
	for _, id := range ids {
		i := slices.IndexFunc(w.rest, func(o *otherWall) bool { return o.node == id })
		if i >= 0 {
			rest = append(rest, w.rest[i])
		} else {
			rest = append(rest, &otherWall{wall: w.of(id), node: id})
		}
	}
	w.rest = rest
}
