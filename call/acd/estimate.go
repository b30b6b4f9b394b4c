package acd

import (
	"cmp"
	"slices"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

const (
	// paceCalls is how many of the last acceptances an estimate looks at: enough to
	// forget one long call, few enough to follow a change of shift.
	paceCalls = 20
	// paceLeast is how many intervals there must be: of fewer nothing can be said.
	paceLeast = 3
	// estStepUS is what estimates are rounded up to: nobody needs them finer, and
	// each new one is a stamp.
	estStepUS = 10_000_000
)

// Pace is how fast a queue's calls are taken while others wait: the times between
// acceptances, µs, the latest last.
type Pace struct {
	gaps []int64
	last stamp.Instant // of the acceptance that began a gap; zero: nobody waited then
}

// Accepted counts an acceptance; left is how many wait on. The time until the
// next one is a gap only if somebody waited all the while: else it tells when
// calls come, not when agents do.
func (p *Pace) Accepted(at stamp.Instant, left int) {
	if !p.last.IsZero() {
		p.gaps = append(p.gaps, at.Sub(p.last))
		p.gaps = p.gaps[max(0, len(p.gaps)-paceCalls):]
	}
	p.last = stamp.Instant{}
	if left > 0 {
		p.last = at
	}
}

// Estimate is how long the call at the position, from 1, is likely to wait from
// now on, µs: position × mean gap, rounded up to 10 s; 0 = unknown.
func (p *Pace) Estimate(position int) int64 {
	if len(p.gaps) < paceLeast {
		return 0
	}
	sum := int64(0)
	for _, g := range p.gaps {
		sum += g
	}
	us := sum * int64(position) / int64(len(p.gaps))
	return max((us+estStepUS-1)/estStepUS, 1) * estStepUS
}

const (
	// standEvery is how often calls are told where they stand.
	standEvery = time.Second
	// standRarely is how often those are whose place is beyond standNear, or of whom
	// the estimate alone is another: each telling is a stamp.
	standRarely = 10 * time.Second
	standNear   = 10
)

// told is what a call was told last.
type told struct {
	position int
	us       int64
	at       time.Time
}

// shift says that calls may stand at other places than they know. They are told
// a moment later: who is taken within it need not know.
func (f *Floor) shift(now time.Time) {
	if !f.moved {
		f.moved, f.standAt = true, now.Add(standEvery)
	}
}

// stand tells the waiting calls where they stand, if that is due.
func (f *Floor) stand(now time.Time) {
	if !f.moved || now.Before(f.standAt) {
		return
	}
	f.moved = false
	lines := f.lines()
	here := map[place]bool{}
	for queue, line := range lines {
		for i, w := range line {
			p := place{w.Call, w.Entry}
			here[p] = true
			if _, waits := f.waiting[p]; !waits || w.Entry < 0 {
				continue // it rings, or it is a call-back and nobody hears it
			}
			if was := f.told[p]; f.tellPlace(now, p, was, told{i + 1, f.paceOf(queue).Estimate(i + 1), now}) {
				f.shift(now)
			}
		}
	}
	for p := range f.told {
		if !here[p] {
			delete(f.told, p)
		}
	}
}

// tellPlace tells one call, or says that it is told later.
func (f *Floor) tellPlace(now time.Time, p place, was, is told) (later bool) {
	if was.position == is.position && was.us == is.us {
		return false
	}
	near := is.position <= standNear && was.position != is.position
	if !was.at.IsZero() && !near && now.Sub(was.at) < standRarely {
		return true
	}
	f.told[p] = is
	f.calls.Post(p.call, now, call.Standing{Entry: p.entry, Position: is.position, WaitUS: is.us})
	return false
}

// lines are the calls of each queue in the order of their places: those that
// wait, and those that ring somewhere.
func (f *Floor) lines() map[stamp.QueueID][]call.Waiting {
	lines, seen := map[stamp.QueueID][]call.Waiting{}, map[place]bool{}
	add := func(w call.Waiting) {
		p := place{w.Call, w.Entry}
		if w.Entry != 0 && !seen[p] { // entry 0: an agent seeks another one
			seen[p] = true
			lines[w.Queue] = append(lines[w.Queue], w)
		}
	}
	for _, w := range f.waiting {
		add(w)
	}
	for _, a := range f.agents {
		if a.held != nil {
			add(a.held.waiting)
		}
	}
	for queue, line := range lines {
		q := f.policy.Queues[queue]
		slices.SortFunc(line, func(a, b call.Waiting) int {
			return cmp.Or(cmp.Compare(Place(&a, &q), Place(&b, &q)), cmp.Compare(a.Call, b.Call))
		})
	}
	return lines
}

func (f *Floor) paceOf(q stamp.QueueID) *Pace {
	p := f.paces[q]
	if p == nil {
		p = &Pace{}
		f.paces[q] = p
	}
	return p
}
