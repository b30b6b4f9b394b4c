package acd

import (
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Call-backs stand among the waiting calls on the place that their customers
// had. The agent whose turn it is is reserved, as for any line that is dialed.

// callback is who takes the agent of a call-back.
type callback struct {
	take func(call.Seat)
	lost func(call.Seat)
}

// Callback lets a customer who is not on the line wait for an agent: take is
// told once, with an agent who is reserved; lost, at most once after it, when
// that agent can't be reached any more before a call has taken them or given
// them back. Both are called from the Floor's goroutine and must post and return.
// Forget withdraws it.
func (f *Floor) Callback(w call.Waiting, take, lost func(call.Seat)) {
	w.Entry = callbackEntry
	f.box.Put(func() {
		f.waiting[place{w.Call, w.Entry}] = w
		f.callbacks[w.Call] = callback{take, lost}
	})
}

// Forget withdraws a call-back that waits; one that is not there is no error.
func (f *Floor) Forget(id stamp.ID) {
	f.box.Put(func() {
		if _, is := f.callbacks[id]; is {
			delete(f.waiting, place{id, callbackEntry})
			delete(f.callbacks, id)
		}
	})
}

// callbackEntry is the stay of a call-back, which no call has.
const callbackEntry stamp.EntryNo = -1

// give hands the agent of a call-back over; false: it is none.
func (f *Floor) give(now time.Time, p Pair) bool {
	c, is := f.callbacks[p.Waiting.Call]
	if !is || p.Waiting.Entry != callbackEntry {
		return false
	}
	delete(f.waiting, place{p.Waiting.Call, callbackEntry})
	delete(f.callbacks, p.Waiting.Call)
	if err := f.tell(p.Seat.Agent, f.clock.Of(now), Reserve{}); err != nil {
		f.log.Error("agent not reserved for a call-back", "agent_id", p.Seat.Agent, "err", err)
		f.waiting[place{p.Waiting.Call, callbackEntry}], f.callbacks[p.Waiting.Call] = p.Waiting, c
		return true
	}
	f.agents[p.Seat.Agent].lost = c.lost
	c.take(p.Seat)
	return true
}
