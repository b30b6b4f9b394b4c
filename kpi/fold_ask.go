package kpi

import (
	"fmt"
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// foldAsk folds how the call comes to somebody else.
func (c *openCall) foldAsk(s stamp.Stamp) error {
	switch fact := s.Fact.(type) {
	case stamp.ConsultStarted:
		c.askedFor(s, Ask{Ask: fact.Ask, Kind: AskConsult, Segment: fact.Segment, Agent: fact.Agent, Target: fact.Target})
	case stamp.ConsultAnswered:
		return c.onAsk(fact.Ask, func(a *Ask) { a.AnsweredAt, a.Into = s.At, fact.Segment })
	case stamp.ConsultEnded:
		return c.onAsk(fact.Ask, func(a *Ask) { a.EndedAt, a.End, a.By = s.At, string(fact.End), s.Actor })
	case stamp.TransferStarted:
		c.askedFor(s, Ask{Ask: fact.Ask, Kind: fact.How, Segment: fact.Segment, Agent: fact.Agent, Target: fact.Target})
	case stamp.TransferCompleted:
		if err := c.onAsk(fact.Ask, func(a *Ask) { a.EndedAt, a.End, a.By, a.Into = s.At, AskCompleted, s.Actor, fact.Into }); err != nil {
			return err
		}
		if g := c.segment(fact.Into); g != nil {
			g.Rec.TakenAt, g.Rec.LastSeq = s.At, s.Seq
		}
	case stamp.TransferFailed:
		return c.onAsk(fact.Ask, func(a *Ask) { a.EndedAt, a.End, a.By = s.At, string(fact.Reason), s.Actor })
	case stamp.ParkStarted:
		c.askedFor(s, Ask{Kind: AskPark, Segment: fact.Segment, Agent: fact.Agent})
	case stamp.ParkEnded:
		return c.onAsk(0, func(a *Ask) { a.EndedAt, a.End, a.By = s.At, fact.End, s.Actor })
	}
	return nil
}

func (c *openCall) askedFor(s stamp.Stamp, a Ask) {
	a.StartedAt = s.At
	if g := c.segment(a.Segment); g != nil {
		a.Queue = g.Rec.Queue
	}
	c.Rec.Asks = append(c.Rec.Asks, a)
}

// onAsk lets do change the ask that is under way; no is its number.
func (c *openCall) onAsk(no int, do func(*Ask)) error {
	for i := range slices.Backward(c.Rec.Asks) {
		if a := &c.Rec.Asks[i]; a.Ask == no && a.EndedAt == 0 {
			do(a)
			return nil
		}
	}
	return fmt.Errorf("ask %d is not under way", no)
}

// beside keeps the time of those agents' parts that the call's span is not of.
func (c *openCall) beside(s stamp.Stamp) {
	first := true
	for i := range c.Segments {
		g := &c.Segments[i]
		mode := ""
		if g.Rec.EndedAt == 0 {
			if !first {
				mode = besideOf(c.Phase, g.Rec.ConnectedAt != 0)
			}
			first = false
		}
		g.stand(s, mode)
	}
}

// besideOf is what the call's phase is to an agent who is in it besides the one
// who has the customer.
func besideOf(phase string, connected bool) string {
	switch {
	case over(phase):
		return ""
	case phase != stamp.PhaseConferencing:
		return stamp.PhaseConsulting
	case !connected:
		return stamp.PhaseConnecting
	}
	return stamp.PhaseConferencing
}

// stand ends the open piece beside and begins the next, "" for none.
func (g *openSegment) stand(s stamp.Stamp, mode string) {
	n := len(g.Rec.Beside)
	open := n > 0 && g.Rec.Beside[n-1].To == 0
	if open && g.Rec.Beside[n-1].Phase == mode || !open && mode == "" {
		return
	}
	g.Rec.LastSeq = s.Seq
	if open {
		g.endBeside(s)
	}
	if mode != "" {
		g.openBeside(s, mode)
	}
}

func (g *openSegment) openBeside(s stamp.Stamp, mode string) {
	g.Rec.Beside = append(g.Rec.Beside, Span{
		Phase: mode, From: s.At, Segment: g.Rec.Segment, Agent: g.Rec.Agent, Queue: g.Rec.Queue,
	})
	g.At, g.Split = s.Instant, false
}

func (g *openSegment) endBeside(s stamp.Stamp) {
	phase := g.Rec.Beside[len(g.Rec.Beside)-1].Phase
	g.book(phase, endPiece(&g.Rec.Beside, s.Sub(g.At), g.Split))
}

func (g *openSegment) splitBeside(s stamp.Stamp) {
	n, phase := len(g.Rec.Beside), g.Rec.Beside[len(g.Rec.Beside)-1].Phase
	g.endBeside(s)
	split := g.Split || len(g.Rec.Beside) == n
	g.openBeside(s, phase)
	g.Rec.Beside[len(g.Rec.Beside)-1].Step, g.Split = true, split
	g.Rec.LastSeq = s.Seq
}

// standsBeside reports whether a piece beside is open.
func (g *openSegment) standsBeside() bool {
	n := len(g.Rec.Beside)
	return n > 0 && g.Rec.Beside[n-1].To == 0
}

// endPiece ends the last of the pieces, which is so long, with the same care for
// a clock step as openCall.endSpan. A piece of no length is not kept.
func endPiece(pieces *[]Span, length int64, split bool) int64 {
	i := len(*pieces) - 1
	last := &(*pieces)[i]
	last.To = last.From + length
	early := length < 0 && split && i > 0
	if early {
		(*pieces)[i-1].To += length
	}
	if early || length == 0 {
		*pieces = (*pieces)[:i]
	}
	return length
}

// book counts time of the part by what it was.
func (g *openSegment) book(phase string, us int64) {
	switch phase {
	case stamp.PhaseConnecting:
		g.Rec.ConnectingUS += us
	case stamp.PhaseTalking:
		g.Rec.TalkUS += us
	case stamp.PhaseHeld:
		g.Rec.HoldUS += us
	case stamp.PhaseAlone, stamp.PhaseSilent:
		g.Rec.GapUS += us
	case stamp.PhaseConsulting:
		g.Rec.ConsultUS += us
	case stamp.PhaseConferencing:
		g.Rec.ConferenceUS += us
	}
}

// takenAt is when a transfer brought the agent the customer, 0 if none did: the
// part that begins with it, or the instant at which one that was consulted got them.
func takenAt(fact stamp.SegmentOpened, at int64) int64 {
	if fact.Via == stamp.ViaBlind {
		return at
	}
	return 0
}
