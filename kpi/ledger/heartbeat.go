package ledger

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// None of these can be configured: the checker, the golden journals and what
// figures promise ("an end is known to the second") are made for them.
const (
	// aliveEvery bounds the error of every end that a crash leaves to be
	// estimated.
	aliveEvery = time.Second
	// cutAfter is how long after a quarter hour its bucket is closed: stamps of
	// its last moments are in by then.
	cutAfter = 2 * time.Second
	// longDown is the longest time out whose buckets are all closed: a month,
	// 3000 stamps.
	longDown = 31 * 24 * time.Hour
)

// NodeStamper stamps the process itself. Its subject is the node and the boot;
// N counts from 1 in each boot. Record may be called from any goroutine; Run is
// the heartbeat's own.
type NodeStamper struct {
	j       *Journal
	clock   *stamp.Clock
	subject stamp.Subject
	stepped func(us int64)

	// owned by Run
	cut    stamp.Bucket // the next bucket to close
	missed stamp.Bucket // the last one that was stamped in before the clock's last gap: a time out, a step
	resume stamp.Bucket // the one in which the time after it began

	mu sync.Mutex
	n  uint64 // of the last stamp
}

// NewNodeStamper returns the stamper of j's boot. clock must be of that boot.
func NewNodeStamper(j *Journal, clock *stamp.Clock) *NodeStamper {
	s := &NodeStamper{
		j: j, clock: clock,
		subject: stamp.Subject{Kind: stamp.SubjectNode, ID: stamp.ID(fmt.Sprintf("%s.%d", j.Node(), j.Boot()))},
	}
	s.resume = stamp.BucketAt(clock.Now().At)
	s.cut, s.missed = s.resume, s.resume
	if p := j.past; p.seq > 0 {
		s.missed = stamp.BucketAt(p.last.At)
		s.cut = stamp.BucketAt(p.first.At)
		if p.anyCut {
			s.cut = s.follow(p.closed)
		}
		s.cut = min(s.cut, s.resume) // the clock may have been set back meanwhile
	}
	return s
}

// OnStep has f called, from the heartbeat, after each step of the wall clock.
// It must be set before Run.
func (s *NodeStamper) OnStep(f func(us int64)) { s.stepped = f }

// follow returns the bucket to close after b: the next, for a node that is down
// has buckets too, in which nothing happened, and so have hours that the clock
// leapt over. Those of a very long gap are left out.
func (s *NodeStamper) follow(b stamp.Bucket) stamp.Bucket {
	next := stamp.Bucket(b.End())
	if next > s.missed && s.resume.Start()-next.Start() > longDown.Microseconds() {
		return s.resume
	}
	return next
}

// Record stamps fact now and returns its Seq.
func (s *NodeStamper) Record(fact stamp.Fact) uint64 {
	s.mu.Lock() // until Append: N, At and Seq ascend together
	defer s.mu.Unlock()
	s.n++
	return s.j.Append([]stamp.Stamp{{
		Subject: s.subject, N: s.n, Instant: s.clock.Now(), Actor: stamp.System, Fact: fact,
	}}, nil)
}

// Started stamps node.started: the first stamp of a boot, before recovery
// closes what the last one left open.
func (s *NodeStamper) Started(version string) uint64 {
	return s.Record(stamp.NodeStarted{Version: version, Format: stamp.FormatVersion})
}

// Run is the heartbeat: node.alive each second of the boot, clock.step where the
// wall clock was set meanwhile, and two seconds after every UTC quarter hour
// bucket.closed. Buckets that boots before left open are closed first; so it
// starts when recovery has stamped its endings. When ctx ends it stamps
// node.stopped, the last stamp of the boot, and returns.
func (s *NodeStamper) Run(ctx context.Context) {
	alive := s.clock.Now()
	for {
		s.followWall()
		now := s.clock.Now()
		for cutAt(s.cut) <= now.At {
			s.Record(stamp.BucketClosed{Bucket: s.cut})
			s.cut = s.follow(s.cut)
		}
		if !now.Before(alive) {
			s.Record(stamp.NodeAlive{})
			alive = nextBeat(alive, now)
		}
		now = s.clock.Now()
		due := min(alive.Sub(now), cutAt(s.cut)-now.At) // a beat is due by the monotonic clock
		select {
		case <-time.After(time.Duration(due) * time.Microsecond):
		case <-ctx.Done():
			s.Record(stamp.NodeStopped{})
			return
		}
	}
}

// followWall stamps a step of the wall clock and turns the calendar of cuts to
// it. The buckets that a step forward leaps over are closed at once. Those that
// a step back returns to are closed again at their next end, with what they got
// by then: each bucket.closed says what its bucket came to at that Seq, and the
// last one counts.
func (s *NodeStamper) followWall() {
	us := s.rebase()
	if us == 0 {
		return
	}
	now := s.clock.Now().At
	s.missed, s.resume = stamp.BucketAt(now-us), stamp.BucketAt(now)
	s.cut = min(s.cut, s.resume)
	if s.stepped != nil {
		s.stepped(us)
	}
}

// rebase stamps clock.step where the wall clock was set, BEFORE anything else
// can be stamped with the new wall, and returns new wall − old wall in µs.
func (s *NodeStamper) rebase() (us int64) {
	s.mu.Lock() // BEFORE the clock's lock, as in Record
	defer s.mu.Unlock()
	s.clock.Rebase(func(at stamp.Instant, stepUS int64) {
		us = stepUS
		s.n++
		s.j.Append([]stamp.Stamp{{
			Subject: s.subject, N: s.n, Instant: at, Actor: stamp.System, Fact: stamp.ClockStep{StepUS: us},
		}}, nil)
	})
	return us
}

// cutAt returns when b is to be closed, µs since 1970.
func cutAt(b stamp.Bucket) int64 { return b.End() + cutAfter.Microseconds() }

// nextBeat returns the first beat after now on the grid of beats; a stall is
// not made up for.
func nextBeat(beat, now stamp.Instant) stamp.Instant {
	every := aliveEvery.Microseconds()
	return beat.Add((now.Sub(beat)/every + 1) * every)
}
