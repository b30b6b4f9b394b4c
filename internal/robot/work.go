package robot

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/callstamp/callstamp/api/wire"
)

// deed is one thing that a robot has planned to do.
type deed struct {
	in   time.Duration // after the one before
	what string
	do   func(ctx context.Context) error
}

// deeds is the plan under way; one timer serves it.
type deeds struct {
	list  []deed
	phase string // ring, talk, wrap: what the list belongs to
	of    string // the offer or call
}

func (r *Robot) begin(phase, of string, list ...deed) {
	r.plan.todo = deeds{list: list, phase: phase, of: of}
	r.arm()
}

func (r *Robot) arm() {
	if len(r.plan.todo.list) == 0 {
		r.due.Reset(time.Hour)
		return
	}
	r.due.Reset(r.plan.todo.list[0].in)
}

// deed does what is due.
func (r *Robot) deed(ctx context.Context) {
	if len(r.plan.todo.list) == 0 {
		return
	}
	d := r.plan.todo.list[0]
	r.plan.todo.list = r.plan.todo.list[1:]
	phase, of := r.plan.todo.phase, r.plan.todo.of
	r.arm()
	r.errands.Go(func() {
		err := d.do(ctx)
		select {
		case r.done <- deedDone{d, phase, of, err}:
		case <-r.over:
		}
	})
}

// deedDone is a deed whose command was answered.
type deedDone struct {
	deed
	phase, of string
	err       error
}

// did takes back what a server has forgotten, to be done again where it still
// makes sense. A refusal is no error: the call may have moved on.
func (r *Robot) did(d deedDone) {
	if errors.Is(d.err, errLost) && d.phase == r.plan.todo.phase && d.of == r.plan.todo.of && d.phase != "ring" {
		d.in = 0
		r.plan.todo.list = append([]deed{d.deed}, r.plan.todo.list...)
		r.arm()
	}
}

// rung decides about an offer.
func (r *Robot) rung(ctx context.Context, ring wire.Ring) {
	again := r.plan.offer == ring.Offer // shown anew after the desk was lost
	if !again {
		r.plan = plan{Plan: r.cfg.Decide(ring), call: ring.Call.Call, offer: ring.Offer}
		r.note("ringing", ring.Call, ring.Offer)
	}
	ref := wire.OfferRef{Offer: ring.Offer}
	r.errands.Go(func() { _, _ = r.link.ask(ctx, wire.TypeRinging, ref) })
	if r.plan.LetRing {
		return
	}
	what := wire.TypeAccept
	if r.plan.Decline {
		what = wire.TypeDecline
	}
	if why := r.plan.Fail; why != "" {
		r.begin("ring", ring.Offer, deed{r.plan.React, wire.TypeMediaFail, func(ctx context.Context) error {
			_, err := r.link.ask(ctx, wire.TypeMediaFail, wire.MediaFail{Reason: why, Offer: ring.Offer})
			return err
		}})
		return
	}
	r.begin("ring", ring.Offer, deed{r.plan.React, what, func(ctx context.Context) error {
		r.note(what, ring.Call, ring.Offer)
		_, err := r.link.ask(ctx, what, ref)
		return err
	}})
}

func (r *Robot) stopRinging() {
	if r.plan.todo.phase == "ring" {
		r.begin("", "")
	}
}

// inCall are the phases in which the agent's microphone is wanted.
var inCall = []string{"connecting", "talking", "held", "alone", "consulting", "conferencing"} //nolint:gochecknoglobals // read-only

// changed follows the picture of the call.
func (r *Robot) changed(c wire.Call) {
	if r.phone != nil {
		r.phone.talk.Store(slices.Contains(inCall, c.Phase) && !c.Wrap && !c.Done)
	}
	switch {
	case c.Done:
		r.note("done", c, "")
		r.begin("", "")
	case c.Wrap && !(r.plan.todo.phase == "wrap" && r.plan.todo.of == c.Call):
		r.wrap(c)
	case c.Connected > 0 && !c.Wrap && !(r.plan.todo.phase == "talk" && r.plan.todo.of == c.Call):
		r.talk(c)
	}
}

// talk plans the holds and the end of a talk that has just begun.
func (r *Robot) talk(c wire.Call) {
	r.knows(c)
	r.note("connected", c, "")
	var list []deed
	spent := time.Duration(0)
	for _, h := range r.plan.Holds {
		list = append(list, r.hold(c, true, h.After), r.hold(c, false, h.For))
		spent += h.After + h.For
	}
	for _, h := range r.plan.Pauses {
		list = append(list, r.pause(c, true, h.After), r.pause(c, false, h.For))
		spent += h.After + h.For
	}
	if r.plan.Talk > 0 {
		list = append(list, deed{max(r.plan.Talk-spent, 0), wire.TypeHangup, func(ctx context.Context) error {
			r.note("hangup", c, "")
			_, err := r.link.ask(ctx, wire.TypeHangup, wire.CallRef{Call: c.Call, Segment: c.Segment})
			return err
		}})
	}
	r.begin("talk", c.Call, list...)
}

// knows makes a plan for a call that did not ring here, as it was dialed, or
// that a former desk had.
func (r *Robot) knows(c wire.Call) {
	if r.plan.call != c.Call {
		r.plan = plan{Plan: r.cfg.Decide(wire.Ring{Call: c}), call: c.Call}
	}
}

func (r *Robot) hold(c wire.Call, on bool, in time.Duration) deed {
	what := map[bool]string{true: "hold", false: "unhold"}[on]
	return deed{in, what, func(ctx context.Context) error {
		r.note(what, c, "")
		_, err := r.link.ask(ctx, wire.TypeHold, wire.Switch{Call: c.Call, On: on})
		return err
	}}
}

// pause keeps what is said out of the recording for a while.
func (r *Robot) pause(c wire.Call, on bool, in time.Duration) deed {
	what := map[bool]string{true: "rec_pause", false: "rec_resume"}[on]
	return deed{in, what, func(ctx context.Context) error {
		r.note(what, c, "")
		_, err := r.link.ask(ctx, wire.TypeRecPause, wire.Switch{Call: c.Call, On: on})
		return err
	}}
}

// wrap plans the disposition and the end of the wrap-up.
func (r *Robot) wrap(c wire.Call) {
	r.knows(c)
	code := r.plan.Disposition
	r.begin("wrap", c.Call, deed{r.plan.Wrap, "wrap_end", func(ctx context.Context) error {
		if code != "" {
			r.note("dispose", c, "")
			d := wire.Dispose{Call: c.Call, Segment: c.Segment, Code: code}
			if _, err := r.link.ask(ctx, wire.TypeDispose, d); err != nil {
				return err
			}
		}
		r.note("wrap_end", c, "")
		_, err := r.link.ask(ctx, wire.TypeWrapEnd, wire.WrapEnd{Call: c.Call, Segment: c.Segment, Then: "ready"})
		return err
	}})
}
