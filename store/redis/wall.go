package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Wall reads the live pages of one node. Any goroutine may use it; readers of
// several nodes add up.
type Wall struct {
	store *Store
	node  stamp.NodeID
	keys  keys
}

// NewWall returns the reader of a node's live figures.
func NewWall(store *Store, node stamp.NodeID) *Wall {
	return &Wall{store: store, node: node, keys: keysOf(node)}
}

// Snapshot returns the calls and agents in progress as of one Seq. ErrLost
// while the store is empty.
func (w *Wall) Snapshot(ctx context.Context) (kpi.Now, error) {
	ctx, cancel := context.WithTimeout(ctx, w.store.limit)
	defer cancel()
	now := kpi.Now{Node: w.node, Calls: []kpi.CallNow{}, Agents: []kpi.AgentNow{}}
	var position *redis.StringCmd
	var calls, agents *redis.MapStringStringCmd
	_, err := w.store.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		position = p.HGet(ctx, w.keys.position, "seq")
		calls, agents = p.HGetAll(ctx, w.keys.calls), p.HGetAll(ctx, w.keys.agents)
		return nil
	})
	if missing(err) {
		return now, ErrLost
	}
	if err != nil {
		return now, fmt.Errorf("read wall: %w", err)
	}
	if now.Seq, err = strconv.ParseUint(position.Val(), 10, 64); err != nil {
		return now, fmt.Errorf("read wall: %w", err)
	}
	if now.Calls, err = values(calls.Val(), now.Calls); err != nil {
		return now, err
	}
	if now.Agents, err = values(agents.Val(), now.Agents); err != nil {
		return now, err
	}
	sortNow(&now)
	return now, nil
}

func values[T any](from map[string]string, into []T) ([]T, error) {
	for id, text := range from {
		var v T
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return nil, fmt.Errorf("read wall: %s: %w", id, err)
		}
		into = append(into, v)
	}
	return into, nil
}

// Counters returns the figures of the buckets from one up to another, without
// it, as they are now.
func (w *Wall) Counters(ctx context.Context, from, until stamp.Bucket) ([]kpi.Interval, error) {
	ctx, cancel := context.WithTimeout(ctx, w.store.limit)
	defer cancel()
	var buckets []stamp.Bucket
	for b := from; b < until; b = stamp.Bucket(b.End()) {
		buckets = append(buckets, b)
	}
	return w.store.counters(ctx, w.node, w.keys, buckets)
}

// counters reads whole buckets, in the order of their keys.
func (s *Store) counters(ctx context.Context, node stamp.NodeID, k keys, buckets []stamp.Bucket) ([]kpi.Interval, error) {
	if len(buckets) == 0 {
		return nil, nil
	}
	answers := make([]*redis.MapStringStringCmd, len(buckets))
	_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, b := range buckets {
			answers[i] = p.HGetAll(ctx, k.bucket(b))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read counters: %w", err)
	}
	var rows []kpi.Interval
	for i, b := range buckets {
		if rows, err = appendRows(rows, node, b, answers[i].Val()); err != nil {
			return nil, err
		}
	}
	sortRows(rows)
	return rows, nil
}

// appendRows adds the counters of one hash that are not zero.
func appendRows(rows []kpi.Interval, node stamp.NodeID, b stamp.Bucket, hash map[string]string) ([]kpi.Interval, error) {
	for name, value := range hash {
		if name == frozenSeq || value == "0" {
			continue
		}
		row, err := interval(node, b, name, value)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// Changes calls changed with the new Seq after each batch, until ctx ends or
// the connection breaks. What changed before the first call is not told: take a
// snapshot after subscribed was called.
func (w *Wall) Changes(ctx context.Context, subscribed func(), changed func(seq uint64)) error {
	sub := w.store.client.Subscribe(ctx, w.keys.changed)
	defer func() { _ = sub.Close() }() // it only reads
	// A read that waits for a message hears nothing of ctx.
	defer context.AfterFunc(ctx, func() { _ = sub.Close() })()
	err := w.changes(ctx, sub, subscribed, changed)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return fmt.Errorf("follow changes: %w", err)
}

func (w *Wall) changes(ctx context.Context, sub *redis.PubSub, subscribed func(), changed func(seq uint64)) error {
	if _, err := sub.Receive(ctx); err != nil {
		return err
	}
	subscribed()
	for {
		message, err := sub.ReceiveMessage(ctx)
		if err != nil {
			return err
		}
		seq, err := strconv.ParseUint(message.Payload, 10, 64)
		if err != nil {
			return err
		}
		changed(seq)
	}
}
