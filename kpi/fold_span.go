package kpi

import (
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// place ends the open span and begins the next one, where the stamp moved the
// call to another phase, agent or queue.
func (c *openCall) place(s stamp.Stamp) {
	if s.Phase != "" {
		c.Phase = s.Phase
	}
	c.beside(s)
	open := c.open()
	if over(c.Phase) {
		c.endSpan(s)
		return
	}
	if open == nil {
		return
	}
	next := c.span(s.At)
	if open.Phase == next.Phase && open.Segment == next.Segment && open.Queue == next.Queue {
		return
	}
	c.endSpan(s)
	c.Rec.Spans = append(c.Rec.Spans, next)
	c.PhaseAt, c.Split = s.Instant, false
}

// open returns the open span, nil once the call is over.
func (c *openCall) open() *Span {
	if n := len(c.Rec.Spans); n > 0 && c.Rec.Spans[n-1].To == 0 {
		return &c.Rec.Spans[n-1]
	}
	return nil
}

// over reports whether phase no longer counts to a call's length.
func over(phase string) bool { return phase == stamp.PhaseOver || phase == stamp.PhaseClosed }

// span returns the span that the call is in now, beginning at from.
func (c *openCall) span(from int64) Span {
	sp := Span{Phase: c.Phase, From: from}
	for i := range c.Segments { // the first who takes part has the customer
		if g := &c.Segments[i]; g.Rec.EndedAt == 0 {
			sp.Segment, sp.Agent, sp.Queue = g.Rec.Segment, g.Rec.Agent, g.Rec.Queue
			return sp
		}
	}
	for _, e := range slices.Backward(c.Entries) {
		if e.Rec.ExitedAt == 0 {
			sp.Queue = e.Rec.Queue
			return sp
		}
	}
	return sp
}

// endSpan ends the open span at s and books its length. A span of no length
// leaves no trace. One that a clock step cut off may turn out to have ended
// before the step: then its length is negative and the piece before is
// shortened by it.
func (c *openCall) endSpan(s stamp.Stamp) {
	sp := c.open()
	if sp == nil {
		return
	}
	length := s.Sub(c.PhaseAt)
	sp.To = sp.From + length
	c.book(*sp, length, s.Seq)
	i := len(c.Rec.Spans) - 1
	early := length < 0 && c.Split && i > 0
	if early {
		c.Rec.Spans[i-1].To += length
	}
	if early || length == 0 {
		c.Rec.Spans = c.Rec.Spans[:i]
	}
	if early && c.Rec.Spans[i-1].Length() == 0 {
		c.Rec.Spans = c.Rec.Spans[:i-1]
	}
}

func (c *openCall) book(sp Span, length int64, seq uint64) {
	switch sp.Phase {
	case stamp.PhaseTalking:
		c.Rec.TalkUS += length
	case stamp.PhaseHeld:
		c.Rec.HoldUS += length
	case stamp.PhaseAlone:
		c.Rec.AloneUS += length
	case stamp.PhaseSurveying:
		c.Rec.SurveyUS += length
	case stamp.PhaseMenu:
		c.Rec.MenuUS += length
	case stamp.PhaseConsulting:
		c.Rec.ConsultUS += length
	case stamp.PhaseConferencing:
		c.Rec.ConferenceUS += length
	case stamp.PhaseParked:
		c.Rec.ParkedUS += length
	case stamp.PhaseOutside:
		c.Rec.OutsideUS += length
	}
	if sp.Segment == 0 {
		return
	}
	g := c.segment(sp.Segment)
	if g == nil {
		return
	}
	g.Rec.LastSeq = seq
	g.book(sp.Phase, length)
}

// split cuts the open span and the open wrap-ups at a step of the clock, and
// reports whether there were any.
func (c *openCall) split(s stamp.Stamp) bool {
	if c.LastAt.Boot == s.Boot {
		c.LengthUS += s.Sub(c.LastAt)
		c.LastAt = s.Instant
	}
	cut := false
	if open := c.open(); open != nil && c.PhaseAt.Boot == s.Boot {
		n, again := len(c.Rec.Spans), *open
		c.endSpan(s)
		c.Split = c.Split || len(c.Rec.Spans) == n
		again.From, again.Step = s.At, true
		c.Rec.Spans = append(c.Rec.Spans, again)
		c.PhaseAt = s.Instant
		cut = true
	}
	for i := range c.Segments {
		if g := &c.Segments[i]; wrapping(g.Rec) && g.At.Boot == s.Boot {
			g.splitWrap(s)
			cut = true
		} else if g.standsBeside() && g.At.Boot == s.Boot {
			g.splitBeside(s)
			cut = true
		}
	}
	if cut {
		c.Rec.LastSeq = s.Seq
	}
	return cut
}
