package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// How often the wall is drawn anew.
const (
	drawEvery = time.Second            // though nothing changed: the page sees that we live
	drawGap   = 200 * time.Millisecond // at least, between two pictures
	// staleAfter is how long the journal may stand still: a node stamps its
	// life once a second.
	staleAfter = 3 * time.Second
	reconnect  = time.Second
)

// wall is the live store of one node (redis.Wall).
type wall interface {
	Snapshot(ctx context.Context) (kpi.Now, error)
	Counters(ctx context.Context, from, until stamp.Bucket) ([]kpi.Interval, error)
	Changes(ctx context.Context, subscribed func(), changed func(seq uint64)) error
}

// past is what the wall shows of the records (postgres.Reader).
type past interface {
	Balance(ctx context.Context) (bucket stamp.Bucket, equal, known bool, err error)
	Numbers(ctx context.Context, calls []stamp.ID) (map[stamp.ID]string, error)
	Pacing(ctx context.Context) ([]stamp.DialPacing, error)
	Organisation(ctx context.Context) (postgres.Organisation, error)
}

// teams says which queues there are, who works for which, and which campaigns
// run.
type teams interface {
	Queues() []wire.Named
	QueuesOf(agent stamp.AgentID) []wire.Named
	Running() []wire.Named
}

// state says what is not as it should be (degraded). It answers from memory:
// the wall shows it though the live store is away.
type state interface {
	list() []wire.Degraded
	rebuiltAt(now time.Time) int64
}

// liveDeps are the neighbours of the live pictures.
type liveDeps struct {
	org   stamp.OrgID
	wall  wall
	past  past
	names names
	teams teams
	clock interface{ Now() stamp.Instant } // the node's
	state state
	log   *slog.Logger
}

// liveWall is api.Live: pictures of the floor for whoever watches. run draws
// them.
type liveWall struct {
	deps liveDeps

	// owned by run
	today  today
	beside beside
	last   wire.Live
	moved  stamp.Instant // when the journal was last seen to have moved on
	quiet  bool          // that the store is away has been logged

	changed chan struct{} // capacity 1

	mu       sync.Mutex
	watchers map[chan wire.Live]struct{}
}

var _ api.Live = (*liveWall)(nil)

func newLiveWall(w wall, p *people, clock *stamp.Clock, s state, log *slog.Logger) *liveWall {
	return watchWall(liveDeps{
		org: p.store.Org(), wall: w, past: p.store.Reader(), names: labels{p}, teams: labels{p}, clock: clock, state: s, log: log,
	})
}

func watchWall(d liveDeps) *liveWall {
	return &liveWall{
		deps: d, moved: d.clock.Now(), last: blank(), beside: beside{past: d.past, zone: time.UTC},
		changed: make(chan struct{}, 1), watchers: map[chan wire.Live]struct{}{},
	}
}

// Watch implements api.Live: the channel has the newest picture only and is
// closed when ctx ends.
func (l *liveWall) Watch(ctx context.Context) <-chan wire.Live {
	pictures := make(chan wire.Live, 1)
	l.mu.Lock()
	l.watchers[pictures] = struct{}{}
	l.mu.Unlock()
	context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.watchers, pictures)
		close(pictures)
	})
	l.poke()
	return pictures
}

// publish gives the picture to everybody; one that was not taken yet is
// replaced.
func (l *liveWall) publish(p wire.Live) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.watchers {
		select {
		case <-c:
		default:
		}
		c <- p
	}
}

func (l *liveWall) watched() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.watchers) > 0
}

// poke asks for a picture; it never blocks.
func (l *liveWall) poke() {
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// run draws pictures until ctx ends, while anybody watches.
func (l *liveWall) run(ctx context.Context) {
	var following sync.WaitGroup
	following.Go(func() { l.follow(ctx) })
	defer following.Wait()
	tick := time.NewTicker(drawEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.changed:
		case <-tick.C:
		}
		if !l.watched() {
			continue
		}
		l.publish(l.draw(ctx))
		tick.Reset(drawEvery)
		if !rest(ctx, drawGap) {
			return
		}
	}
}

// follow is told of changes for as long as the live store is there, and comes
// back when it was away.
func (l *liveWall) follow(ctx context.Context) {
	for ctx.Err() == nil {
		// The error says that the store is away; draw says so on the page.
		_ = l.deps.wall.Changes(ctx, l.poke, func(uint64) { l.poke() })
		if !rest(ctx, reconnect) {
			return
		}
	}
}

// rest waits; false when ctx ended first.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// draw makes the picture of this moment, or shows the last one as what it is.
func (l *liveWall) draw(ctx context.Context) wire.Live {
	now := l.deps.clock.Now()
	p, err := l.picture(ctx, now.At)
	if err == nil {
		if p.Seq != l.last.Seq {
			l.moved = now
		}
		l.last, l.quiet = p, false
	} else if !l.quiet && ctx.Err() == nil {
		l.deps.log.Warn("live figures are away", "err", err)
		l.quiet = true
	}
	shown := l.last
	shown.Stale = now.Sub(l.moved) > staleAfter.Microseconds()
	shown.Now, shown.Degraded, shown.Rebuilt = now.At, l.deps.state.list(), l.deps.state.rebuiltAt(time.Now())
	return shown
}

func (l *liveWall) picture(ctx context.Context, at int64) (wire.Live, error) {
	now, err := l.deps.wall.Snapshot(ctx)
	if err != nil {
		return wire.Live{}, err
	}
	l.beside.read(ctx, now.Calls)
	counters, err := l.today.read(ctx, l.deps.wall, time.UnixMicro(at).In(l.beside.zone))
	if err != nil {
		return wire.Live{}, err
	}
	v := view{liveDeps: l.deps, at: at, now: now, counters: counters, beside: &l.beside}
	return v.picture(), nil
}
