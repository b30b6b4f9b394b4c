package ledger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

// Follower is a store that takes in a journal. Its position and the effect of a
// batch are written in one transaction or script, so that whatever dies every
// stamp has its effect once.
type Follower interface {
	// Position returns the Seq of the last stamp applied, 0 for none.
	Position(ctx context.Context) (uint64, error)
	// Apply takes in entries, which follow each other. It must refuse with an
	// error, and no effect, where they don't follow the store's position.
	Apply(ctx context.Context, entries []Entry) error
}

// ErrAhead says that a store has applied stamps which the journal does not
// have: the journal was lost or put back to an older state.
var ErrAhead = errors.New("store is ahead of the journal")

// FeedOptions says how a follower is fed. Name is needed, the rest has defaults.
type FeedOptions struct {
	Name  string        // for the log: live, ledger
	Batch int           // most entries at once: 512, a few ms in either store
	First time.Duration // first pause after an error: 50 ms, doubled each time
	Most  time.Duration // longest pause: 5 s, so that a store that is back is fed soon
	Log   *slog.Logger  // slog.Default()
}

// Lag is how far a follower is behind what is durable.
type Lag struct {
	Stamps uint64
	Age    time.Duration // since the oldest stamp not yet applied was made; 0: none, or not yet read
}

// Feed brings a journal to one follower. One goroutine runs it, any may ask.
type Feed struct {
	j        *Journal
	follower Follower
	opts     FeedOptions

	mu       sync.Mutex
	position uint64
	oldest   int64 // At of the first entry being applied, µs; 0: none
	failing  error
}

// NewFeed makes a feed; Run it.
func NewFeed(j *Journal, f Follower, opts FeedOptions) *Feed {
	setDefault(&opts.Batch, 512)
	setDefault(&opts.First, 50*time.Millisecond)
	setDefault(&opts.Most, 5*time.Second)
	setDefault(&opts.Log, slog.Default())
	return &Feed{j: j, follower: f, opts: opts}
}

// Follow runs a new feed: see Feed.Run.
func Follow(ctx context.Context, j *Journal, f Follower, opts FeedOptions) error {
	return NewFeed(j, f, opts).Run(ctx)
}

// Run feeds the follower until ctx ends, or the journal is closed and all of it
// applied; both return nil. While the store is away it tries again and again.
// It gives up with ErrAhead or ErrForked, with ErrPruned where the store wants stamps that
// are deleted, and with a *Fault where the files are damaged.
func (f *Feed) Run(ctx context.Context) error {
	for attempt := 0; ; attempt++ {
		before := f.Position()
		err := f.session(ctx)
		switch {
		case ctx.Err() != nil || errors.Is(err, ErrClosed):
			return nil //nolint:nilerr // both are the wished end
		case hopeless(err):
			return fmt.Errorf("feed %s: %w", f.opts.Name, err)
		case f.Position() != before:
			attempt = 0
		}
		f.note(err)
		pause := f.pause(attempt)
		f.opts.Log.Warn("journal: follower failed", "follower", f.opts.Name, "error", err, "position", f.Position(), "again_in", pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil
		}
	}
}

func hopeless(err error) bool {
	var damaged *Fault
	return errors.Is(err, ErrAhead) || errors.Is(err, ErrForked) || errors.Is(err, ErrPruned) || errors.As(err, &damaged)
}

// session asks the store for its position and feeds it from there until
// something fails.
func (f *Feed) session(ctx context.Context) error {
	position, err := f.follower.Position(ctx)
	if err != nil {
		return fmt.Errorf("read position: %w", err)
	}
	if durable := f.j.Durable(); position > durable {
		return fmt.Errorf("%w: store at %d, journal of %s at %d", ErrAhead, position, f.j.Node(), durable)
	}
	r, err := f.j.Reader(position + 1)
	if err != nil {
		return err
	}
	defer r.Close()
	f.applied(position)
	for {
		entries, err := r.Read(f.opts.Batch)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			if err := r.Wait(ctx); err != nil {
				return err
			}
			continue
		}
		f.reading(entries[0].Stamp.At)
		if err := f.follower.Apply(ctx, entries); err != nil {
			return fmt.Errorf("apply %d to %d: %w", entries[0].Seq, entries[len(entries)-1].Seq, err)
		}
		f.applied(entries[len(entries)-1].Seq)
	}
}

// pause doubles with each attempt; half of it is chance, so that two followers
// of a store that comes back don't knock together.
func (f *Feed) pause(attempt int) time.Duration {
	full := min(f.opts.First<<min(attempt, 20), f.opts.Most)
	return full/2 + rand.N(full/2+1)
}

func (f *Feed) applied(position uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.position, f.oldest, f.failing = position, 0, nil
}

func (f *Feed) reading(at int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.oldest = at
}

func (f *Feed) note(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failing = err
}

// Position returns the Seq of the last stamp that the store is known to have.
func (f *Feed) Position() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.position
}

// Failing returns why the store was last not fed; nil: it is being fed.
func (f *Feed) Failing() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failing
}

// Lag returns how far the store is behind.
func (f *Feed) Lag() Lag {
	durable := f.j.Durable()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.position >= durable {
		return Lag{}
	}
	l := Lag{Stamps: durable - f.position}
	if f.oldest != 0 {
		l.Age = max(time.Since(time.UnixMicro(f.oldest)), 0)
	}
	return l
}
