package acd

import (
	"slices"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// The queues' doors: who may come in, and who need not go on waiting.

// Admit says whether a call may enter a queue and, if so, keeps it a place
// until Enqueue or Dequeue, so that two calls never get the last one
// (switchboard.Agents).
func (f *Floor) Admit(k call.Knock) {
	at := time.Now()
	f.box.Put(func() { f.admit(at, k) })
}

func (f *Floor) admit(at time.Time, k call.Knock) {
	in := call.Admitted{Entry: k.Entry, Queue: k.Queue}
	switch {
	case !f.staffed(k.Queue, k.Join):
		in.Refused = stamp.RefusedEmpty
	case k.MaxSize > 0 && f.size(k.Queue) >= k.MaxSize:
		in.Refused = stamp.RefusedFull
	default:
		f.admitted[place{k.Call, k.Entry}] = k.Queue
	}
	if !f.calls.Post(k.Call, at, in) {
		delete(f.admitted, place{k.Call, k.Entry})
	}
}

// size is how many calls stand in a queue: those that wait, those that an agent
// is being rung for, and those that have been let in and are on the way.
func (f *Floor) size(queue stamp.QueueID) int {
	n := 0
	for _, w := range f.waiting {
		if w.Queue == queue && w.Entry > 0 {
			n++
		}
	}
	rung := map[stamp.ID]bool{}
	for _, a := range f.agents {
		if a.held == nil || a.held.waiting.Queue != queue {
			continue
		}
		if _, counted := f.waiting[place{a.held.call, a.held.waiting.Entry}]; !counted { // one that rings all waits on
			rung[a.held.call] = true
		}
	}
	for _, q := range f.admitted {
		if q == queue {
			n++
		}
	}
	return n + len(rung)
}

// staffed reports whether those of the queue's agents are there whom a call
// needs.
func (f *Floor) staffed(queue stamp.QueueID, need call.Staff) bool {
	if need == "" {
		return true
	}
	for _, a := range f.agents {
		m := a.machine
		there := need != call.Reachable || m.state != stamp.StatePaused && m.state != stamp.StateUnreachable
		if there && m.state != stamp.StateOffline && slices.Contains(m.queues, queue) {
			return true
		}
	}
	return false
}

// desert tells calls that nobody is there any more whom they wait for. One that
// is told does not wait for an agent until it comes back.
func (f *Floor) desert(at time.Time) {
	for p, w := range f.waiting {
		if !f.staffed(w.Queue, w.Stay) {
			delete(f.waiting, p)
			f.calls.Post(w.Call, at, call.Deserted{Entry: w.Entry})
		}
	}
}
