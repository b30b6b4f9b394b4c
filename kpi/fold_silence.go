package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// quiet notes since when nothing has come from the customer.
func (c *openCall) quiet(s stamp.Stamp) {
	switch fact := s.Fact.(type) {
	case stamp.MediaRTPTimeout:
		if fact.Leg == stamp.CustomerLeg {
			c.SilentAt = s.Add(-fact.LastRxAgo)
		}
	case stamp.MediaResumed:
		if fact.Leg == stamp.CustomerLeg {
			c.SilentAt = stamp.Instant{}
		}
	}
}

// gaveUpSilent reports whether a part of the call ends since nothing came from
// the customer any more.
func gaveUpSilent(s stamp.Stamp) bool {
	return s.Cause != nil && s.Cause.Proto == "rtp" && s.Cause.Text == "silence"
}

// cutSilence tells the end of the agent's part in hindsight: what came after the
// customer's last packet was neither talk nor hold. It goes no further back
// than the open span.
func (c *openCall) cutSilence(s stamp.Stamp) {
	open := c.open()
	if open == nil || c.SilentAt.IsZero() || !gaveUpSilent(s) || open.Phase != stamp.PhaseTalking && open.Phase != stamp.PhaseHeld {
		return
	}
	cut := s
	if cut.Instant = c.SilentAt; cut.Before(c.PhaseAt) {
		cut.Instant = c.PhaseAt
	}
	if !cut.Before(s.Instant) {
		return
	}
	silent, again := *open, *open
	silent.Phase, silent.From = stamp.PhaseSilent, open.From+cut.Sub(c.PhaseAt)
	silent.Step = open.Step && cut.Instant == c.PhaseAt
	c.endSpan(cut)
	c.Rec.Spans = append(c.Rec.Spans, silent)
	c.PhaseAt, c.Split = cut.Instant, false
	c.endSpan(s)
	again.From, again.Step = s.At, false
	c.Rec.Spans = append(c.Rec.Spans, again)
	c.PhaseAt = s.Instant
}
