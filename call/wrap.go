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
func (t *turn) endPart(g *segment, phase string, by stamp.Actor) { t.partEnds(g, phase, by, false) }

// partEnds does, and moved says that the customer goes on to somebody else.
func (t *turn) partEnds(g *segment, phase string, by stamp.Actor, moved bool) {
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
	if us, needed, is := t.plan.wrapAfter(connected, moved); is {
		t.say(stamp.System, stamp.WrapStarted{
			Segment: g.no, Agent: g.seat.Agent, LimitUS: us, Required: needed,
			MostUS: t.plan.Wrap.MostUS, Code: t.plan.Wrap.Code, Pause: t.plan.Wrap.Pause,
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
	by := in.ByUS
	if most := g.wrap.most; !most.IsZero() {
		by = min(by, most.Sub(g.wrap.until))
	}
	if by <= 0 {
		return t.refuse(in, "wrap-up is as long as it may be")
	}
	t.say(stamp.Agent, stamp.WrapExtended{Segment: g.no, ByUS: by})
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
	p := Presence{Seat: g.seat, To: stamp.StateReady, Segment: g.no}
	if by == "timeout" {
		p.Pause = g.wrap.pause // nobody has shown to be there
	}
	t.say(actor, stamp.WrapEnded{Segment: g.no, Agent: g.seat.Agent, By: by})
	t.do(p)
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
		g := &t.s.segments[i]
		if due := g.wrapDue(); due.IsZero() || now.Before(due) {
			continue
		}
		if g.disposition == "" && g.wrap.code != "" && !g.wrap.most.IsZero() && !now.Before(g.wrap.most) {
			t.say(stamp.System, stamp.DispositionSet{Segment: g.no, Agent: g.seat.Agent, Code: g.wrap.code})
		}
		t.endWrap(g, "timeout")
	}
}

// wrapDue is when wrap-up ends by itself, zero if it doesn't: a mandatory
// disposition is waited for, but no longer than wrap-up may be at all.
func (g *segment) wrapDue() stamp.Instant {
	w := &g.wrap
	switch {
	case !w.open:
		return stamp.Instant{}
	case w.needed && g.disposition == "" || w.until.IsZero():
		return w.most
	case !w.most.IsZero() && w.most.Before(w.until):
		return w.most
	}
	return w.until
}
