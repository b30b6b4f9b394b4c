package switchboard

import (
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// A panic of one call ends that call, in order where that can be, and nothing
// else.

// guarded serves a message so that a fault of one call is that call's alone.
func (c *conversation) guarded(m message) {
	defer func() {
		if r := recover(); r != nil {
			c.fault(m.at, r)
			if m.reply != nil {
				m.reply <- fmt.Errorf("call %s failed: %v", c.id, r)
			}
		}
	}()
	c.handle(m)
}

// guardedly carries out one effect; if it panics, the step's other effects are
// still carried out, and then the call is ended.
func (c *conversation) guardedly(at stamp.Instant, h head, e call.Effect) {
	defer func() {
		if r := recover(); r != nil {
			c.complain(r)
			c.abort(at)
		}
	}()
	c.carryOut(at, h, e)
}

func (c *conversation) complain(reason any) {
	c.board.deps.Log.Error("call failed", "call_id", c.id, "panic", fmt.Sprint(reason), "stack", string(debug.Stack()))
}

// abort ends the call because of a fault of ours.
func (c *conversation) abort(at stamp.Instant) {
	c.box.Put(message{at: at, in: call.Abort{By: stamp.System, Cause: stamp.Cause{Text: "fault"}}})
}

// fault ends a call whose step has panicked. The machine is made anew from what
// was recorded, since the step that broke may have left it half moved.
func (c *conversation) fault(at stamp.Instant, reason any) {
	c.faults++
	c.complain(reason)
	c.later, c.dialogue = nil, nil
	m, err := call.Replay(c.plan, c.stamps)
	if c.faults > 1 || err != nil {
		c.giveUp(at)
		return
	}
	c.m = m
	c.abort(at)
}

// giveUp closes a call that can't even be ended in order: the customer's leg is
// released, the missing stamps are those of a crash.
func (c *conversation) giveUp(at stamp.Instant) {
	c.done = true
	defer func() {
		if r := recover(); r != nil {
			c.board.deps.Log.Error("call abandoned to recovery", "call_id", c.id, "panic", fmt.Sprint(r))
		}
	}()
	if c.leg != nil && !c.released {
		c.released = true
		c.leg.Release(500)
	}
	c.releaseParties()
	c.board.deps.Voice.Forget(c.id)
	bound := c.bound()
	stamps, err := call.GiveUp(c.stamps, at)
	if err != nil {
		c.board.deps.Log.Error("call can't be closed", "call_id", c.id, "err", err)
	} else if len(stamps) > 0 {
		c.record(stamps)
	}
	n := uint64(len(c.stamps))
	for _, seat := range bound {
		c.move(head{at, n}, call.Presence{Seat: seat, To: stamp.StateReady})
	}
}

// bound are the agents whom the recorded call still binds; one whose part is
// over may be in another call by now.
func (c *conversation) bound() []call.Seat {
	m, err := call.Replay(c.plan, c.stamps)
	if err != nil {
		return c.m.Seats()
	}
	return slices.DeleteFunc(m.Seats(), func(s call.Seat) bool { return m.View(s.Agent).Done })
}
