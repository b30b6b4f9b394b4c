package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// puppet is a live store whose journal moves when the test says so; the rules
// of time are tested on it. What a real store gives is tested in
// live_stores_test.go.
type puppet struct {
	mu        sync.Mutex
	seq       uint64
	away      bool
	snapshots []time.Time
	follows   []time.Time
	changed   func(uint64)
}

var errAway = errors.New("connection refused")

func (p *puppet) Snapshot(context.Context) (kpi.Now, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.away {
		return kpi.Now{}, errAway
	}
	p.snapshots = append(p.snapshots, time.Now())
	return kpi.Now{Seq: p.seq}, nil
}

func (p *puppet) Counters(context.Context, stamp.Bucket, stamp.Bucket) ([]kpi.Interval, error) {
	return nil, nil
}

func (p *puppet) Changes(ctx context.Context, subscribed func(), changed func(uint64)) error {
	p.mu.Lock()
	p.follows = append(p.follows, time.Now())
	away := p.away
	p.changed = changed
	p.mu.Unlock()
	if away {
		return errAway
	}
	subscribed()
	<-ctx.Done()
	return ctx.Err()
}

// move appends a stamp to the journal.
func (p *puppet) move() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seq++
	if p.changed != nil && !p.away {
		p.changed(p.seq)
	}
}

func (p *puppet) leave(away bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = away
}

// blankPast has no records.
type blankPast struct{}

func (blankPast) Balance(context.Context) (stamp.Bucket, bool, bool, error) {
	return 0, false, false, nil
}
func (blankPast) Numbers(context.Context, []stamp.ID) (map[stamp.ID]string, error) {
	return nil, errAway
}
func (blankPast) Pacing(context.Context) ([]stamp.DialPacing, error) { return nil, errAway }
func (blankPast) Organisation(context.Context) (postgres.Organisation, error) {
	return postgres.Organisation{}, errAway
}

type oneTeam struct{}

func (oneTeam) Queues() []wire.Named                      { return []wire.Named{{ID: "q1", Name: "Support"}} }
func (oneTeam) QueuesOf(agent stamp.AgentID) []wire.Named { return oneTeam{}.Queues() }
func (oneTeam) Running() []wire.Named                     { return []wire.Named{{ID: "c1", Name: "Renewal"}} }

// show runs a wall over a puppet and does do while somebody watches.
func showWall(t *testing.T, do func(t *testing.T, p *puppet, l *liveWall, pictures <-chan wire.Live, log *bytes.Buffer)) {
	synctest.Test(t, func(t *testing.T) {
		p, log := &puppet{}, &bytes.Buffer{}
		l := watchWall(liveDeps{
			org: acme, wall: p, past: blankPast{}, names: titled{}, teams: oneTeam{},
			clock: stamp.NewClock(time.Now(), 1), state: newDegraded(slog.Default(), nil), log: slog.New(slog.NewTextHandler(log, nil)),
		})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { l.run(ctx) })
		do(t, p, l, l.Watch(ctx), log)
		cancel()
		running.Wait()
	})
}

// A change is shown at once, but five times a second at most.
func TestWallIsDrawnAtOnceButNotTooOften(t *testing.T) {
	showWall(t, func(t *testing.T, p *puppet, _ *liveWall, pictures <-chan wire.Live, _ *bytes.Buffer) {
		<-pictures
		<-pictures // of the subscription
		time.Sleep(500 * time.Millisecond)
		changed := time.Now()
		p.move()
		if got := <-pictures; time.Since(changed) != 0 || got.Seq != 1 {
			t.Errorf("after %s: picture of %d", time.Since(changed), got.Seq)
		}
		for range 1000 {
			p.move()
			time.Sleep(time.Millisecond)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		since := 0
		for i, at := range p.snapshots[1:] {
			if gap := at.Sub(p.snapshots[i]); gap < drawGap {
				t.Errorf("a picture after %s", gap)
			}
			if !at.Before(changed) {
				since++
			}
		}
		if since < 5 || since > 6 {
			t.Errorf("%d pictures of a busy second", since)
		}
	})
}

// A page sees that the server lives though nothing changes.
func TestWallIsDrawnEverySecond(t *testing.T) {
	showWall(t, func(t *testing.T, _ *puppet, _ *liveWall, pictures <-chan wire.Live, _ *bytes.Buffer) {
		<-pictures
		last := (<-pictures).At // of the subscription
		for range 5 {
			at := (<-pictures).At
			if at-last != drawEvery.Microseconds() {
				t.Errorf("after %d µs", at-last)
			}
			last = at
		}
	})
}

// A journal that stands still makes the picture stale: with the store there,
// for then the follower is stuck, and with the store away, whose last picture
// stays as it was.
func TestWallIsStale(t *testing.T) {
	for name, away := range map[string]bool{"the store is away": true, "the follower is stuck": false} {
		t.Run(name, func(t *testing.T) {
			showWall(t, func(t *testing.T, p *puppet, _ *liveWall, pictures <-chan wire.Live, log *bytes.Buffer) {
				p.move()
				fresh := <-pictures
				for fresh.Seq != 1 {
					fresh = <-pictures
				}
				moved := time.Now() // as far as the wall knows
				p.leave(away)
				for got := range pictures {
					if old := time.Since(moved) > staleAfter; got.Stale != old {
						t.Fatalf("stale %v after %s", got.Stale, time.Since(moved))
					}
					if away && got.At > fresh.At+drawEvery.Microseconds() || got.Seq != 1 {
						t.Fatalf("the last picture became %+v", got)
					}
					if got.Stale {
						break
					}
				}
				p.leave(false)
				p.move()
				back := time.Now()
				for got := range pictures {
					if !got.Stale {
						break
					}
					if time.Since(back) > 2*drawEvery {
						t.Fatal("stale for ever")
					}
				}
				if n := strings.Count(log.String(), "live figures are away"); n > 1 || (n == 1) != away {
					t.Errorf("told %d times:\n%s", n, log)
				}
			})
		})
	}
}

// What is degraded, and how old the figures are, is told though the store is away.
func TestWallTellsWhatIsDegraded(t *testing.T) {
	showWall(t, func(t *testing.T, p *puppet, l *liveWall, pictures <-chan wire.Live, _ *bytes.Buffer) {
		p.move()
		well := <-pictures
		for well.Seq != 1 {
			well = <-pictures
		}
		if len(well.Degraded) != 0 || well.Degraded == nil || well.Rebuilt != 0 || well.Now != well.At {
			t.Errorf("all is well, and the wall has %+v", well)
		}
		p.leave(true)
		state := l.deps.state.(*degraded)
		state.raise(time.Now(), redisAway, "", errAway)
		state.made(time.Now())
		time.Sleep(5 * time.Second)
		<-pictures
		got := <-pictures
		if len(got.Degraded) != 1 || got.Degraded[0].ID != redisAway || got.Rebuilt == 0 || !got.Stale {
			t.Errorf("the store is away, and the wall has %+v", got)
		}
		if age := got.Now - got.At; age < 5e6 || got.Seq != 1 {
			t.Errorf("the picture of %d is told to be %d µs old", got.Seq, age)
		}
	})
}

// The subscription is made again each second until the store is back.
func TestWallComesBackToItsStore(t *testing.T) {
	showWall(t, func(t *testing.T, p *puppet, l *liveWall, _ <-chan wire.Live, _ *bytes.Buffer) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		q := &puppet{away: true}
		other := watchWall(liveDeps{wall: q, past: blankPast{}, names: titled{}, teams: oneTeam{}, clock: l.deps.clock, state: l.deps.state, log: l.deps.log})
		var following sync.WaitGroup
		following.Go(func() { other.follow(ctx) })
		time.Sleep(3500 * time.Millisecond)
		q.leave(false)
		time.Sleep(10 * time.Second)
		cancel()
		following.Wait()
		if n := len(q.follows); n != 5 || q.follows[4].Sub(q.follows[3]) != reconnect {
			t.Errorf("subscribed at %v", q.follows)
		}
		_ = p
	})
}

// Whoever does not read holds nobody up, has the newest picture only, and no
// channel after the end.
func TestWatchersHaveTheNewestPicture(t *testing.T) {
	showWall(t, func(t *testing.T, p *puppet, l *liveWall, pictures <-chan wire.Live, _ *bytes.Buffer) {
		ctx, leave := context.WithCancel(t.Context())
		slow := l.Watch(ctx)
		for range 10 {
			p.move()
			time.Sleep(drawGap)
		}
		synctest.Wait()
		if got := <-slow; got.Seq != 10 {
			t.Errorf("the slow one has picture %d", got.Seq)
		}
		leave()
		synctest.Wait()
		if _, open := <-slow; open {
			t.Error("its channel is open")
		}
		if got := <-pictures; got.Seq != 10 {
			t.Errorf("the other one has picture %d", got.Seq)
		}
	})
}

// The store is left alone while nobody watches.
func TestNobodyWatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &puppet{}
		l := watchWall(liveDeps{wall: p, past: blankPast{}, names: titled{}, teams: oneTeam{}, clock: stamp.NewClock(time.Now(), 1), state: newDegraded(slog.Default(), nil), log: slog.Default()})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { l.run(ctx) })
		time.Sleep(time.Minute)
		if len(p.snapshots) != 0 {
			t.Errorf("%d snapshots", len(p.snapshots))
		}
		watching, leave := context.WithCancel(ctx)
		if got := <-l.Watch(watching); got.Lines[0].State != "running" || got.Queues[0].Name != "Support" {
			t.Errorf("%+v", got)
		}
		leave()
		synctest.Wait()
		before := len(p.snapshots)
		time.Sleep(time.Minute)
		if len(p.snapshots) != before {
			t.Error("drawn for nobody")
		}
		cancel()
		running.Wait()
	})
}

// Dialed calls are counted by campaign, those of a stopped one too.
func TestLines(t *testing.T) {
	v := view{
		liveDeps: liveDeps{names: titled{}, teams: oneTeam{}}, beside: &beside{because: map[stamp.CampaignID]string{"c1": "2 ready agents"}},
		now: kpi.Now{Calls: []kpi.CallNow{
			{Direction: stamp.Out, Campaign: "c1", Phase: stamp.PhaseDialing}, {Direction: stamp.Out, Campaign: "c1", Phase: stamp.PhaseTalking},
			{Direction: stamp.Out, Campaign: "c1", Phase: stamp.PhaseHeld}, {Direction: stamp.Out, Campaign: "c0", Phase: stamp.PhaseDialing},
			{Direction: stamp.In, Phase: stamp.PhaseTalking}, {Direction: stamp.Out, Campaign: "c1", Phase: stamp.PhaseSurveying},
		}},
	}
	want := []wire.LiveLine{
		{Campaign: wire.Named{ID: "c1", Name: "Renewal"}, State: "running", Dialing: 1, Talking: 2, Because: "2 ready agents"},
		{Campaign: wire.Named{ID: "c0", Name: "name of c0"}, State: "stopped", Dialing: 1},
	}
	if got := v.lines(); !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
