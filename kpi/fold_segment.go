package kpi

import (
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

func (c *openCall) segment(n stamp.SegmentNo) *openSegment {
	for i := range c.Segments {
		if c.Segments[i].Rec.Segment == n {
			return &c.Segments[i]
		}
	}
	return nil
}

// onSegment lets do change the record of segment n.
func (c *openCall) onSegment(s stamp.Stamp, n stamp.SegmentNo, do func(*Segment)) error {
	g := c.segment(n)
	if g == nil {
		return fmt.Errorf("segment %d was never opened", n)
	}
	g.Rec.LastSeq = s.Seq
	do(&g.Rec)
	return nil
}

func (c *openCall) segmentOpened(s stamp.Stamp, fact stamp.SegmentOpened) {
	c.Segments = append(c.Segments, openSegment{Rec: Segment{
		Ref: c.ref(s), Segment: fact.Segment, Agent: fact.Agent, Session: fact.Session, Leg: fact.Leg,
		Offer: fact.Offer, Queue: fact.Queue, OpenedAt: s.At, Via: fact.Via, FromSegment: fact.From, TakenAt: takenAt(fact, s.At),
	}})
}

func (c *openCall) segmentConnected(s stamp.Stamp, fact stamp.SegmentConnected) error {
	return c.onSegment(s, fact.Segment, func(g *Segment) {
		if g.ConnectedAt == 0 {
			g.ConnectedAt = s.At
		}
		if c.Rec.ConnectedAt != 0 {
			return
		}
		c.Rec.ConnectedAt, c.Rec.Agent = s.At, g.Agent
		if c.Rec.EnteredAt != 0 {
			c.Rec.WaitUS = s.Sub(c.FirstAt)
			c.Rec.PickupUS = g.SinceUS - c.Entries[0].Rec.SinceUS
			c.Rec.Within = c.Rec.WaitUS <= c.Rec.TargetUS
			c.Rec.Service, c.Rec.FateAt = AnsweredLate, s.At
			if c.Rec.Within {
				c.Rec.Service = AnsweredWithin
			}
		}
		c.attemptConnected(s)
	})
}

func (c *openCall) segmentEnded(s stamp.Stamp, fact stamp.SegmentEnded) error {
	return c.onSegment(s, fact.Segment, func(g *Segment) {
		c.cutSilence(s)
		g.EndedAt, g.By, g.PrePhase = s.At, fact.By, fact.PrePhase
	})
}

func (c *openCall) wrapStarted(s stamp.Stamp, fact stamp.WrapStarted) error {
	g := c.segment(fact.Segment)
	if g == nil || g.Rec.WrapStartedAt != 0 {
		return fmt.Errorf("segment %d can't begin its wrap-up", fact.Segment)
	}
	g.stand(s, "") // the part ended with the stamp before
	g.At, g.Split, g.Rec.WrapStartedAt, g.Rec.LastSeq = s.Instant, false, s.At, s.Seq
	g.openWrap(s)
	return nil
}

func (c *openCall) wrapEnded(s stamp.Stamp, fact stamp.WrapEnded) error {
	g := c.segment(fact.Segment)
	if g == nil || !wrapping(g.Rec) {
		return fmt.Errorf("segment %d is not in wrap-up", fact.Segment)
	}
	g.endWrap(s)
	g.Rec.WrapEndedAt, g.Rec.WrapBy, g.Rec.LastSeq = s.At, fact.By, s.Seq
	c.Rec.WrapUS += g.Rec.WrapUS
	if g.Rec.ConnectedAt != 0 {
		g.Rec.HandledAt = s.At
	}
	return nil
}

func (g *openSegment) openWrap(s stamp.Stamp) {
	g.Rec.Wrap = append(g.Rec.Wrap, Span{
		Phase: stamp.StateWrap, From: s.At, Segment: g.Rec.Segment, Agent: g.Rec.Agent, Queue: g.Rec.Queue,
	})
	g.At = s.Instant
}

// endWrap ends the open piece of the wrap-up, with the same care for a clock
// step as openCall.endSpan. A wrap-up of no length keeps no piece.
func (g *openSegment) endWrap(s stamp.Stamp) {
	g.Rec.WrapUS += endPiece(&g.Rec.Wrap, s.Sub(g.At), g.Split)
}

func (g *openSegment) splitWrap(s stamp.Stamp) {
	n := len(g.Rec.Wrap)
	g.endWrap(s)
	g.Split = g.Split || len(g.Rec.Wrap) == n
	g.openWrap(s)
	g.Rec.Wrap[len(g.Rec.Wrap)-1].Step = true
	g.Rec.LastSeq = s.Seq
}
