package call

import "github.com/callstamp/callstamp/kpi/stamp"

// After-call work lives on the server: a reload lands in the same second of
// the same wrap-up.

// endSegment ends the agent's part. phase is the one that begins with it, ""
// when a later stamp of the step says it.
func (t *turn) endSegment(phase string, by stamp.Actor) {
	if g := t.s.segment(); g != nil {
		t.endPart(g, phase, by)
	}
}

// endPart ends one agent's part.
func (t *turn) endPart(g *segment, phase string, by stamp.Actor) {
	if g.holdAgent {
		t.say(by, stamp.HoldEnded{Segment: g.no, By: stamp.Agent})
	}
	if g.holdRemote {
		t.say(by, stamp.HoldEnded{Segment: g.no, By: stamp.Customer})
	}
	if g.muted {
		t.say(by, stamp.MuteEnded{Segment: g.no})
	}
	connected := !g.connected.IsZero()
	t.begin(phase, by, stamp.SegmentEnded{
		Segment: g.no, Agent: g.seat.Agent, By: by, PrePhase: t.s.phase, Connected: connected,
	})
	t.say(by, stamp.LegEnded{Leg: g.leg, By: by})
	t.do(Part{Leg: g.leg})
	next := stamp.StateReady
	if connected && (t.plan.WrapUS > 0 || t.plan.WrapNeeded) {
		t.say(stamp.System, stamp.WrapStarted{
			Segment: g.no, Agent: g.seat.Agent, LimitUS: t.plan.WrapUS, Required: t.plan.WrapNeeded,
		})
		next = stamp.StateWrap
	}
	t.do(Presence{Seat: g.seat, To: next, Segment: g.no})
}

func dispose(t *turn, in Dispose) error {
	g := t.s.segmentOf(in.Agent, in.Segment)
	if g == nil {
		return t.refuse(in, "the agent has no such part of the call")
	}
	if in.Code == "" {
		return t.refuse(in, "it has no code")
	}
	t.say(stamp.Agent, stamp.DispositionSet{Segment: g.no, Agent: in.Agent, Code: in.Code})
	return nil
}

func saveNote(t *turn, in SaveNote) error {
	g := t.s.segmentOf(in.Agent, in.Segment)
	if g == nil {
		return t.refuse(in, "the agent has no such part of the call")
	}
	t.say(stamp.Agent, stamp.NoteSaved{Segment: g.no, Note: in.Note})
	return nil
}

func extendWrap(t *turn, in ExtendWrap) error {
	g := t.s.segmentOf(in.Agent, in.Segment)
	switch {
	case g == nil || !g.wrap.open:
		return t.refuse(in, "wrap-up is not open")
	case g.wrap.until.IsZero():
		return t.refuse(in, "wrap-up has no limit")
	case in.ByUS <= 0:
		return t.refuse(in, "it must be longer than nothing")
	}
	t.say(stamp.Agent, stamp.WrapExtended{Segment: g.no, ByUS: in.ByUS})
	return nil
}

func endWrap(t *turn, in EndWrap) error {
	g := t.s.segmentOf(in.Agent, in.Segment)
	switch {
	case g == nil:
		return t.refuse(in, "the agent has no such part of the call")
	case !g.wrap.open && g.ended:
		return nil // its time was over before the click
	case !g.wrap.open:
		return t.refuse(in, "the agent still takes part in the call")
	case in.By == "agent" && g.wrap.needed && g.disposition == "":
		return t.refuse(in, "a disposition is needed first")
	}
	t.endWrap(g, in.By)
	return nil
}

func (t *turn) endWrap(g *segment, by string) {
	actor := stamp.System
	if by == "agent" {
		actor = stamp.Agent
	}
	t.say(actor, stamp.WrapEnded{Segment: g.no, Agent: g.seat.Agent, By: by})
	t.do(Presence{Seat: g.seat, To: stamp.StateReady, Segment: g.no})
}

// endWraps ends every wrap-up.
func (t *turn) endWraps(by string) {
	for i := range t.s.segments {
		if t.s.segments[i].wrap.open {
			t.endWrap(&t.s.segments[i], by)
		}
	}
}

// wrapsDue ends the wrap-ups whose time is over.
func wrapsDue(t *turn) {
	now := t.now()
	for i := range t.s.segments {
		if due := t.s.segments[i].wrapDue(); !due.IsZero() && !now.Before(due) {
			t.endWrap(&t.s.segments[i], "timeout")
		}
	}
}

// wrapDue is when wrap-up ends by itself, zero if it doesn't: a mandatory
// disposition is waited for.
func (g *segment) wrapDue() stamp.Instant {
	if !g.wrap.open || g.wrap.needed && g.disposition == "" {
		return stamp.Instant{}
	}
	return g.wrap.until
}
