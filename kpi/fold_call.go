package kpi

import (
	"fmt"
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// foldCall folds a stamp of a call. Its handler changes the call's parts; then
// the call is placed into its phase, which ends a span where one ends.
func (f *Folder) foldCall(s stamp.Stamp) (Changes, error) {
	c, err := f.callOf(s)
	if err != nil {
		return Changes{}, err
	}
	if err := c.apply(s); err != nil {
		return Changes{}, fmt.Errorf("%s: stamp %d (%s): %w", s.Subject, s.N, s.Kind(), err)
	}
	c.N = s.N
	c.LengthUS += s.Sub(c.LastAt)
	c.LastAt = s.Instant
	c.place(s)
	c.Rec.LastSeq = s.Seq
	switch fact := s.Fact.(type) {
	case stamp.CallReleased:
		c.released(s, fact)
	case stamp.CallClosed:
		c.closed(s, fact)
	}
	if step, crossed := f.beforeStep(s); crossed {
		c.split(step)
	}
	ch := Changes{Records: c.touched(s.Seq)}
	f.state.Calls[s.Subject.ID] = c
	if c.Rec.Closed {
		delete(f.state.Calls, s.Subject.ID)
	}
	return ch, nil
}

// callOf returns the open call of s, or a new one for call.created.
func (f *Folder) callOf(s stamp.Stamp) (*openCall, error) {
	c, open := f.state.Calls[s.Subject.ID]
	if open {
		return c, inOrder(s, c.N)
	}
	if err := inOrder(s, 0); err != nil {
		return nil, err
	}
	fact, ok := s.Fact.(stamp.CallCreated)
	if !ok {
		return nil, fmt.Errorf("%s: begins with %s, not call.created", s.Subject, s.Kind())
	}
	return newCall(s, fact), nil
}

func newCall(s stamp.Stamp, fact stamp.CallCreated) *openCall {
	ref := Ref{
		Org: s.Org, Node: s.Node, Call: s.Subject.ID, Direction: fact.Direction, Campaign: fact.Campaign,
		ArrivedAt: s.At, Evidence: Evidence{FirstSeq: s.Seq, LastSeq: s.Seq},
	}
	phase := s.Phase
	if phase == "" {
		phase = firstPhase(fact.Direction)
	}
	c := &openCall{
		LastAt: s.Instant, Phase: phase, PhaseAt: s.Instant,
		Rec: Call{
			Ref: ref, Trunk: fact.Trunk, Route: fact.Route, Party: fact.Party, Lead: fact.Lead, Attempt: fact.Attempt,
			Spans: []Span{{Phase: phase, From: s.At}},
		},
	}
	if fact.Attempt != "" {
		c.Attempt = &Attempt{Ref: ref, Attempt: fact.Attempt, Lead: fact.Lead}
	}
	return c
}

func firstPhase(d stamp.Direction) string {
	if d == stamp.Out {
		return stamp.PhaseDialing
	}
	return stamp.PhaseArriving
}

// released ends what is measured of the call itself.
func (c *openCall) released(s stamp.Stamp, fact stamp.CallReleased) {
	c.endSpan(s)
	r := &c.Rec
	r.ReleasedAt, r.EndedBy, r.PrePhase, r.Estimated = s.At, fact.EndedBy, fact.PrePhase, fact.Estimated
	r.LengthUS = c.LengthUS
	r.Missed = r.Direction == stamp.In && r.EnteredAt != 0 && r.ConnectedAt == 0 && r.Exit != stamp.ExitAbandonedShort
	if fact.Estimated {
		c.estimate(s)
	}
}

// estimate marks the parts that recovery ended together with the call.
func (c *openCall) estimate(s stamp.Stamp) {
	mark := func(e *Evidence, ended int64) {
		if ended == s.At {
			e.Estimated, e.LastSeq = true, s.Seq
		}
	}
	for i := range c.Legs {
		mark(&c.Legs[i].Rec.Evidence, c.Legs[i].Rec.EndedAt)
	}
	for i := range c.Entries {
		mark(&c.Entries[i].Rec.Evidence, c.Entries[i].Rec.ExitedAt)
	}
	for i := range c.Offers {
		mark(&c.Offers[i].Rec.Evidence, c.Offers[i].Rec.EndedAt)
	}
	for i := range c.Segments {
		mark(&c.Segments[i].Rec.Evidence, c.Segments[i].Rec.EndedAt)
	}
}

// closed makes every part of the call final.
func (c *openCall) closed(s stamp.Stamp, fact stamp.CallClosed) {
	c.Rec.ClosedAt, c.Rec.Outcome, c.Rec.Closed = s.At, fact.Outcome, true
	final := func(e *Evidence) { e.Closed, e.LastSeq = true, s.Seq }
	for i := range c.Legs {
		final(&c.Legs[i].Rec.Evidence)
	}
	for i := range c.Entries {
		final(&c.Entries[i].Rec.Evidence)
	}
	for i := range c.Offers {
		final(&c.Offers[i].Rec.Evidence)
	}
	for i := range c.Segments {
		g := &c.Segments[i].Rec
		final(&g.Evidence)
		if g.ConnectedAt != 0 && g.HandledAt == 0 {
			g.HandledAt = s.At
		}
	}
	for i := range c.Surveys {
		final(&c.Surveys[i].Evidence)
	}
	for i := range c.Answers {
		final(&c.Answers[i].Evidence)
	}
	if c.Attempt != nil {
		final(&c.Attempt.Evidence)
	}
}

// touched copies the call's records that the stamp seq changed.
func (c *openCall) touched(seq uint64) Records {
	call := c.Rec
	call.Spans, call.Asks = slices.Clone(call.Spans), slices.Clone(call.Asks)
	call.LegCount, call.EntryCount, call.OfferCount = len(c.Legs), len(c.Entries), len(c.Offers)
	call.SegmentCount, call.SurveyCount, call.AnswerCount = len(c.Segments), len(c.Surveys), len(c.Answers)
	r := Records{Calls: []Call{call}}
	for _, l := range c.Legs {
		if l.Rec.LastSeq == seq {
			r.Legs = append(r.Legs, l.Rec)
		}
	}
	for _, e := range c.Entries {
		if e.Rec.LastSeq == seq {
			r.Entries = append(r.Entries, e.Rec)
		}
	}
	for _, o := range c.Offers {
		if o.Rec.LastSeq == seq {
			r.Offers = append(r.Offers, o.Rec)
		}
	}
	for _, g := range c.Segments {
		if g.Rec.LastSeq == seq {
			g.Rec.Wrap, g.Rec.Beside = slices.Clone(g.Rec.Wrap), slices.Clone(g.Rec.Beside)
			r.Segments = append(r.Segments, g.Rec)
		}
	}
	for _, v := range c.Surveys {
		if v.LastSeq == seq {
			r.Surveys = append(r.Surveys, v)
		}
	}
	for _, a := range c.Answers {
		if a.LastSeq == seq {
			r.Answers = append(r.Answers, a)
		}
	}
	if c.Attempt != nil && c.Attempt.LastSeq == seq {
		r.Attempts = append(r.Attempts, *c.Attempt)
	}
	return r
}
