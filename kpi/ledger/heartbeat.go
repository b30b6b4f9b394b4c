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

	// owned by Run
	cut    stamp.Bucket // the next bucket to close
	missed stamp.Bucket // the last one that boots before stamped something in
	resume stamp.Bucket // the one in which this boot began

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
		s.cut = min(stamp.BucketAt(p.first.At), s.resume)
		if p.anyCut {
			s.cut = s.follow(p.closed)
		}
	}
	return s
}

// follow returns the bucket to close after b: the next, for a node that is down
// has buckets too, in which nothing happened. Those of a very long time out are
// left out.
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

// Run is the heartbeat: node.alive each second of the boot, and two seconds
// after every UTC quarter hour bucket.closed. Buckets that boots before left
// open are closed first; so it starts when recovery has stamped its endings.
// When ctx ends it stamps node.stopped, the last stamp of the boot, and returns.
func (s *NodeStamper) Run(ctx context.Context) {
	alive := s.clock.Now()
	for {
		now := s.clock.Now()
		for cutAt(s.cut) <= now.At {
			s.Record(stamp.BucketClosed{Bucket: s.cut})
			s.cut = s.follow(s.cut)
		}
		if !now.Before(alive) {
			s.Record(stamp.NodeAlive{})
			alive = nextBeat(alive, now)
		}
		due := min(alive.At, cutAt(s.cut)) - s.clock.Now().At
		select {
		case <-time.After(time.Duration(due) * time.Microsecond):
		case <-ctx.Done():
			s.Record(stamp.NodeStopped{})
			return
		}
	}
}

// cutAt returns when b is to be closed, µs since 1970.
func cutAt(b stamp.Bucket) int64 { return b.End() + cutAfter.Microseconds() }

// nextBeat returns the first beat after now on the grid of beats; a stall is
// not made up for.
func nextBeat(beat, now stamp.Instant) stamp.Instant {
	every := aliveEvery.Microseconds()
	return beat.Add((now.Sub(beat)/every + 1) * every)
}
