package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// ErrLost says that the store no longer has what this follower put there: it
// was flushed, or put back. Position makes it anew.
var ErrLost = errors.New("live store was emptied or put back")

var _ ledger.Follower = (*LiveFollower)(nil)

// LiveFollower takes a node's journal into the live store: counters, wall and
// position by one script per batch, so that whatever dies, each stamp counts
// once. It belongs to the one goroutine that feeds it.
type LiveFollower struct {
	store  *Store
	source Source
	node   stamp.NodeID
	keys   keys

	live    *kpi.Live // nil: to be read from the store
	applied uint64    // position in the store; the live state may be behind it
	saved   saved

	rebuilding atomic.Bool // Rebuild is at work, or failed and will be tried again
	rebuilt    atomic.Uint64
}

// Rebuilds says how often the store was made anew since the start, but for what
// the journal's feed then brings, and whether that is being done. Any goroutine
// may ask.
func (f *LiveFollower) Rebuilds() (done uint64, now bool) {
	return f.rebuilt.Load(), f.rebuilding.Load()
}

// saved is the state that the store has.
type saved struct {
	seq  uint64
	size int
}

// A state is saved with each batch while it is small, and else only once in
// a while: stamps between it and the position are then counted again in
// memory, without effect, after a restart.
const (
	smallState = 64 << 10 // bytes
	stateEvery = 1000     // stamps
)

func (s saved) due(seq uint64) bool { return s.size <= smallState || seq-s.seq >= stateEvery }

// NewLiveFollower returns the follower of one node's journal. source is where
// an emptied store is made anew from.
func NewLiveFollower(store *Store, source Source, node stamp.NodeID) *LiveFollower {
	return &LiveFollower{store: store, source: source, node: node, keys: keysOf(node)}
}

// Position returns the Seq up to which the journal need not be read again. An
// empty store is rebuilt first, which may take seconds.
func (f *LiveFollower) Position(ctx context.Context) (uint64, error) {
	err := f.load(ctx)
	lost := errors.Is(err, ErrLost)
	if lost {
		f.rebuilding.Store(true)
		err = f.Rebuild(ctx)
	}
	if err != nil {
		return 0, fmt.Errorf("read position of the live follower: %w", err)
	}
	if lost {
		f.rebuilt.Add(1)
	}
	f.rebuilding.Store(false)
	return f.live.Seq(), nil
}

// load reads position and state.
func (f *LiveFollower) load(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, f.store.limit)
	defer cancel()
	f.live = nil
	fields, err := f.store.client.HGetAll(ctx, f.keys.position).Result()
	if err != nil {
		return err
	}
	seq, err := strconv.ParseUint(fields["seq"], 10, 64)
	if err != nil || fields["state_seq"] == "" {
		return ErrLost
	}
	state, err := f.store.client.Get(ctx, f.keys.state).Bytes()
	if missing(err) {
		return ErrLost
	}
	if err != nil {
		return err
	}
	live, err := kpi.RestoreLive(state)
	if err != nil {
		return err
	}
	f.live, f.applied, f.saved = live, seq, saved{live.Seq(), len(state)}
	return nil
}

// Apply counts a batch. Stamps at or before the position are passed over. After
// an error the store is as it was, or the whole batch up to a cut is in it.
func (f *LiveFollower) Apply(ctx context.Context, entries []ledger.Entry) error {
	stamps := make([]stamp.Stamp, len(entries))
	for i, e := range entries {
		stamps[i] = e.Stamp
	}
	return f.count(ctx, stamps)
}

func (f *LiveFollower) count(ctx context.Context, stamps []stamp.Stamp) error {
	err := f.counted(ctx, stamps)
	if err != nil {
		f.live = nil // it may have counted what the store has not
		return fmt.Errorf("count stamps of node %s: %w", f.node, err)
	}
	return nil
}

func (f *LiveFollower) counted(ctx context.Context, stamps []stamp.Stamp) error {
	if f.live == nil {
		if err := f.load(ctx); err != nil {
			return err
		}
	}
	b := newBatch()
	for _, s := range stamps {
		pulse, err := f.live.Apply(s)
		if err != nil {
			return err
		}
		if pulse.Seq <= f.applied || pulse.Seq != s.Seq {
			continue // its effect is in the store already
		}
		if err := b.add(pulse); err != nil {
			return err
		}
		// A cut ends its batch: the copy is taken exactly at its Seq.
		for _, cut := range cutsOf(pulse) {
			if err := f.run(ctx, b, cut); err != nil {
				return err
			}
			b = newBatch()
			if err := f.checkpoint(ctx); err != nil {
				return err
			}
		}
	}
	if b.seq == 0 {
		return nil
	}
	return f.run(ctx, b, Cut{})
}

// run gives one batch to the script.
func (f *LiveFollower) run(ctx context.Context, b *batch, cut Cut) error {
	state := []byte(nil)
	if f.saved.due(b.seq) {
		var err error
		if state, err = f.live.State(); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, f.store.limit)
	defer cancel()
	keys, args := b.script(f.keys, cut, f.applied, state)
	answer, err := f.store.apply.Run(ctx, f.store.client, keys, args...).Text()
	if err != nil {
		return fmt.Errorf("run script: %w", err)
	}
	if answer != "ok" {
		return fmt.Errorf("%w: its position is %q, this follower's %d", ErrLost, answer, f.applied)
	}
	f.applied = b.seq
	if state != nil {
		f.saved = saved{b.seq, len(state)}
	}
	return nil
}

func jsonText(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
