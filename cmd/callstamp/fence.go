package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

const (
	// tenureHold is how long Postgres leaves the right to take calls to a node
	// that it does not hear: one that is gone is replaced within five seconds,
	// and a stutter of the network or of the machine is shorter.
	tenureHold = 3 * time.Second
	// asleepAfter is the gap between two looks from which on the process counts
	// as having been stopped: half the hold, so that a node which was replaced
	// meanwhile has to prove its right before it begins anything.
	asleepAfter = tenureHold / 2
	// fenceEvery is how often the fence looks by itself.
	fenceEvery = 250 * time.Millisecond
)

// proof tells when the right to take calls was last proved (postgres.Tenure).
type proof interface{ Proved() time.Time }

// fence decides whether this node may begin calls. Any goroutine may ask; the
// answer is from memory, so it is asked right before an INVITE is admitted or
// sent.
//
// Two clocks watch for sleep: the monotonic one sees a process that was
// stopped, the wall clock a machine that was suspended.
type fence struct {
	after time.Duration // without proof for so long: closed; 0 = no other node waits, Postgres may be away

	mu     sync.Mutex
	tenure proof     // nil: this node waits for its turn
	looked time.Time // the last look
	woke   time.Time // proofs from before say nothing any more
	holder stamp.NodeID
	taken  time.Time // when holder took over; zero = nobody has
}

func newFence(after time.Duration, now time.Time) *fence { return &fence{after: after, looked: now} }

// hold opens the fence: the right was taken.
func (f *fence) hold(t proof, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tenure, f.looked, f.woke = t, now, time.Time{}
	f.holder, f.taken = "", time.Time{}
}

// lose closes the fence for good: another node has the right.
func (f *fence) lose(to stamp.NodeID, since time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.holder, f.taken = to, since
}

// holding reports whether the right was taken, and nobody is known to have
// taken it since.
func (f *fence) holding() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.tenure != nil && f.taken.IsZero()
}

// open reports whether a call may begin now.
func (f *fence) open() bool { return f.shut(time.Now()) == "" }

// shut looks, and says why no call may begin, "" when one may.
func (f *fence) shut(now time.Time) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	slept := max(now.Sub(f.looked), now.Round(0).Sub(f.looked.Round(0)))
	f.looked = now
	if slept > asleepAfter {
		f.woke = now
	}
	switch {
	case f.tenure == nil:
		return "another node takes the calls"
	case !f.taken.IsZero():
		return fmt.Sprintf("node %s took the calls over at %s", f.holder, f.taken.UTC().Format(time.TimeOnly))
	case f.after == 0:
		return ""
	}
	proved := f.tenure.Proved()
	if !f.woke.IsZero() && !proved.After(f.woke) {
		return "the process was stopped for a while and has not proved its right since"
	}
	if age := now.Sub(proved); age > f.after {
		return fmt.Sprintf("Postgres has not confirmed for %s that no other node takes the calls", age.Round(time.Second))
	}
	return ""
}
