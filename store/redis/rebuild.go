package redis

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Source is what lasts when the live store is emptied: the truth.
type Source interface {
	// Checkpoint returns what was last stored for the node: counters and state
	// as of stamp seq. Without any, seq is 0 and state nil.
	Checkpoint(ctx context.Context, node stamp.NodeID) (seq uint64, state []byte, counters []kpi.Interval, err error)
	// StampsAfter returns, in order, up to limit stamps of the node after seq,
	// as far as it has them; the journal has the rest.
	StampsAfter(ctx context.Context, node stamp.NodeID, seq uint64, limit int) ([]stamp.Stamp, error)
	// StoreCheckpoint keeps a checkpoint in place of the one before. Counters
	// are those that changed since then; the others stand.
	StoreCheckpoint(ctx context.Context, node stamp.NodeID, seq uint64, state []byte, counters []kpi.Interval) error
	// StoreRolled keeps what the live store counted for a bucket up to its cut,
	// all rows of the basis.
	StoreRolled(ctx context.Context, node stamp.NodeID, b stamp.Bucket, basis kpi.Basis, seq uint64, rows []kpi.Interval) error
}

// checkpoint is what the live store keeps of its last cut until Roll has
// stored it: in its key the field seq, and body with the rest.
type checkpoint struct {
	Seq      uint64          `json:"-"`
	State    json.RawMessage `json:"state"`
	Counters []kpi.Interval  `json:"counters"`
}

// checkpoint writes down the counters that changed since the last one, right
// after a cut and before any other stamp. Where the process dies first, they
// stay marked as touched and go into the next.
func (f *LiveFollower) checkpoint(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 4*f.store.limit) // so many exchanges
	defer cancel()
	c := f.store.client
	names, err := c.SMembers(ctx, f.keys.touched).Result()
	if err != nil {
		return fmt.Errorf("read touched buckets: %w", err)
	}
	buckets := make([]stamp.Bucket, len(names))
	for i, name := range names {
		if _, err := fmt.Sscan(name, (*int64)(&buckets[i])); err != nil {
			return fmt.Errorf("touched bucket %q: %w", name, err)
		}
	}
	// One that Roll has not stored yet is carried along.
	old, err := f.store.readCheckpoint(ctx, f.keys)
	if err != nil {
		return err
	}
	counters, err := f.store.counters(ctx, f.node, f.keys, withBuckets(buckets, old.Counters))
	if err != nil {
		return err
	}
	state, err := f.live.State()
	if err != nil {
		return err
	}
	text, err := jsonText(checkpoint{State: state, Counters: counters})
	if err != nil {
		return err
	}
	_, err = c.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.HSet(ctx, f.keys.checkpoint, "seq", f.applied, "body", text)
		p.Del(ctx, f.keys.touched)
		return nil
	})
	if err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	return nil
}

func withBuckets(buckets []stamp.Bucket, rows []kpi.Interval) []stamp.Bucket {
	seen := map[stamp.Bucket]bool{}
	for _, b := range buckets {
		seen[b] = true
	}
	for _, r := range rows {
		if !seen[r.Bucket] {
			seen[r.Bucket] = true
			buckets = append(buckets, r.Bucket)
		}
	}
	return buckets
}

func (s *Store) readCheckpoint(ctx context.Context, k keys) (c checkpoint, err error) {
	fields, err := s.client.HGetAll(ctx, k.checkpoint).Result()
	if err != nil {
		return c, fmt.Errorf("read checkpoint: %w", err)
	}
	if len(fields) == 0 {
		return c, nil
	}
	if _, err := fmt.Sscan(fields["seq"], &c.Seq); err != nil {
		return c, fmt.Errorf("read checkpoint: %w", err)
	}
	if err := json.Unmarshal([]byte(fields["body"]), &c); err != nil {
		return c, fmt.Errorf("read checkpoint: %w", err)
	}
	return c, nil
}

// rebuildPage is how many stamps are counted at once in a rebuild.
const rebuildPage = 5000

// Rebuild makes the node's keys anew: the source's checkpoint, and the stamps
// after it as far as the source has them; the journal's feed brings the rest.
// The position is written last, so that a rebuild that dies is begun again.
func (f *LiveFollower) Rebuild(ctx context.Context) error {
	seq, state, counters, err := f.source.Checkpoint(ctx, f.node)
	if err != nil {
		return fmt.Errorf("rebuild live store: %w", err)
	}
	live := kpi.NewLive()
	if state != nil {
		if live, err = kpi.RestoreLive(state); err != nil {
			return fmt.Errorf("rebuild live store: %w", err)
		}
	}
	if live.Seq() != seq {
		return fmt.Errorf("rebuild live store: checkpoint %d has a state of %d", seq, live.Seq())
	}
	if err := f.restore(ctx, live, counters); err != nil {
		return fmt.Errorf("rebuild live store: %w", err)
	}
	for {
		stamps, err := f.source.StampsAfter(ctx, f.node, f.live.Seq(), rebuildPage)
		if err != nil {
			return fmt.Errorf("rebuild live store: %w", err)
		}
		if len(stamps) == 0 {
			return nil
		}
		if err := f.count(ctx, stamps); err != nil {
			return err
		}
	}
}

// restore writes a checkpoint into the empty store.
func (f *LiveFollower) restore(ctx context.Context, live *kpi.Live, counters []kpi.Interval) error {
	// Many small commands at once: the limit of a single one is not theirs.
	ctx, cancel := context.WithTimeout(ctx, 25*f.store.limit)
	defer cancel()
	state, err := live.State()
	if err != nil {
		return err
	}
	k, now := f.keys, live.Now()
	_, err = f.store.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Del(ctx, k.position, k.state, k.calls, k.agents, k.touched, k.cuts, k.checkpoint)
		known := map[stamp.Bucket]bool{}
		for _, c := range counters {
			if !known[c.Bucket] {
				known[c.Bucket] = true
				p.Del(ctx, k.bucket(c.Bucket))
			}
			p.HSet(ctx, k.bucket(c.Bucket), field(c.Key), c.Value)
		}
		for b := range known {
			p.Expire(ctx, k.bucket(b), keep)
		}
		for _, c := range now.Calls {
			text, err := jsonText(c)
			if err != nil {
				return err
			}
			p.HSet(ctx, k.calls, string(c.Call), text)
		}
		for _, a := range now.Agents {
			text, err := jsonText(a)
			if err != nil {
				return err
			}
			p.HSet(ctx, k.agents, string(a.Session), text)
		}
		p.Set(ctx, k.state, state, 0)
		p.HSet(ctx, k.position, "seq", live.Seq(), "state_seq", live.Seq())
		return nil
	})
	if err != nil {
		return err
	}
	f.live, f.applied, f.saved = live, live.Seq(), saved{live.Seq(), len(state)}
	return nil
}
