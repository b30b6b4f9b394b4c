package redis

import (
	"context"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Audit is what the live store shows beside what its source's stamps say, both
// at one Seq.
type Audit struct {
	Seq         uint64
	Differences []kpi.Difference // of counters: Rolled as shown, Folded as counted anew
	Shown       kpi.Now          // the wall as shown
	Counted     kpi.Now          // the wall as counted anew
}

// Same reports whether nothing differs.
func (a Audit) Same() bool {
	return len(a.Differences) == 0 && reflect.DeepEqual(a.Shown, a.Counted)
}

// auditWait is the pause before the source is asked again for stamps that it
// has not taken in yet.
const auditWait = 20 * time.Millisecond

// Audit reads the wall and the counters of the buckets from one up to another
// in one transaction, counts the source's stamps anew up to the very Seq that
// they show, and compares. It waits, as long as ctx does, for a source that is
// behind. ErrLost while the store is empty.
func (w *Wall) Audit(ctx context.Context, source Source, from, until stamp.Bucket) (Audit, error) {
	shown, rows, err := w.whole(ctx, from, until)
	if err != nil {
		return Audit{}, err
	}
	live, counted, err := w.recount(ctx, source, shown.Seq)
	if err != nil {
		return Audit{}, fmt.Errorf("audit live store at %d: %w", shown.Seq, err)
	}
	var own []kpi.Interval
	for k, v := range counted {
		if k.Bucket >= from && k.Bucket < until && v != 0 {
			own = append(own, kpi.Interval{Key: k, Value: v})
		}
	}
	now := live.Now()
	now.Node = w.node
	sortNow(&now)
	return Audit{Seq: shown.Seq, Differences: kpi.Compare(rows, own), Shown: shown, Counted: now}, nil
}

// whole reads wall and counters as of one Seq.
func (w *Wall) whole(ctx context.Context, from, until stamp.Bucket) (kpi.Now, []kpi.Interval, error) {
	ctx, cancel := context.WithTimeout(ctx, 25*w.store.limit) // many keys at once
	defer cancel()
	now := kpi.Now{Node: w.node, Calls: []kpi.CallNow{}, Agents: []kpi.AgentNow{}}
	var position *redis.StringCmd
	var calls, agents *redis.MapStringStringCmd
	hashes := map[stamp.Bucket]*redis.MapStringStringCmd{}
	_, err := w.store.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		position = p.HGet(ctx, w.keys.position, "seq")
		calls, agents = p.HGetAll(ctx, w.keys.calls), p.HGetAll(ctx, w.keys.agents)
		for b := from; b < until; b = stamp.Bucket(b.End()) {
			hashes[b] = p.HGetAll(ctx, w.keys.bucket(b))
		}
		return nil
	})
	if missing(err) {
		return now, nil, ErrLost
	}
	if err != nil {
		return now, nil, fmt.Errorf("read live store: %w", err)
	}
	if now.Seq, err = strconv.ParseUint(position.Val(), 10, 64); err != nil {
		return now, nil, fmt.Errorf("read live store: %w", err)
	}
	if now.Calls, err = values(calls.Val(), now.Calls); err != nil {
		return now, nil, err
	}
	if now.Agents, err = values(agents.Val(), now.Agents); err != nil {
		return now, nil, err
	}
	sortNow(&now)
	var rows []kpi.Interval
	for b, hash := range hashes {
		if rows, err = appendRows(rows, w.node, b, hash.Val()); err != nil {
			return now, nil, err
		}
	}
	return now, rows, nil
}

// recount counts the source's stamps up to seq: from its checkpoint where that
// is not beyond, else from the first stamp on.
func (w *Wall) recount(ctx context.Context, source Source, seq uint64) (*kpi.Live, map[kpi.Key]int64, error) {
	at, state, counters, err := source.Checkpoint(ctx, w.node)
	if err != nil {
		return nil, nil, err
	}
	live, sums := kpi.NewLive(), map[kpi.Key]int64{}
	if state != nil && at <= seq {
		if live, err = kpi.RestoreLive(state); err != nil {
			return nil, nil, err
		}
		for _, c := range counters {
			sums[c.Key] = c.Value
		}
	}
	for live.Seq() < seq {
		limit := int(min(seq-live.Seq(), rebuildPage))
		stamps, err := source.StampsAfter(ctx, w.node, live.Seq(), limit)
		if err != nil {
			return nil, nil, err
		}
		for _, s := range stamps {
			pulse, err := live.Apply(s)
			if err != nil {
				return nil, nil, err
			}
			for _, d := range pulse.Deltas {
				sums[d.Key] += d.Add
			}
		}
		if len(stamps) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return nil, nil, fmt.Errorf("the source is at %d: %w", live.Seq(), ctx.Err())
		case <-time.After(auditWait):
		}
	}
	return live, sums, nil
}
