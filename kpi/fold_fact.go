package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// apply lets a fact change the parts of the call. It looks up what the fact
// names before it changes anything, so an error leaves the call as it was.
func (c *openCall) apply(s stamp.Stamp) error {
	switch fact := s.Fact.(type) {
	case stamp.LegInviteReceived, stamp.LegInviteSent:
		c.legInvited(s)
	case stamp.LegRinging, stamp.LegAnswered, stamp.LegRejected, stamp.LegCancelled, stamp.LegLost,
		stamp.LegBack, stamp.LegEnded, stamp.MediaFirstRx, stamp.MediaSummary:
		c.legMoved(s)
	case stamp.MediaRTPTimeout, stamp.MediaResumed:
		c.quiet(s)
	case stamp.QueueEntered:
		c.entered(s, fact)
	case stamp.QueueExited:
		return c.exited(s, fact)
	case stamp.QueueRefused:
		c.Rec.Refused = fact.Reason
	case stamp.QueueAnnounced:
		return c.announced(s, fact)
	case stamp.OfferCreated:
		c.offered(s, fact)
	case stamp.OfferRingStarted:
		return c.rings(s, fact)
	case stamp.OfferAccepted:
		return c.offerEnded(s, fact.Offer, stamp.OfferAcceptedEnd)
	case stamp.OfferEnded:
		return c.offerEnded(s, fact.Offer, fact.End)
	case stamp.SegmentOpened:
		c.segmentOpened(s, fact)
	case stamp.SegmentConnected:
		return c.segmentConnected(s, fact)
	case stamp.SegmentEnded:
		return c.segmentEnded(s, fact)
	case stamp.ConsultStarted, stamp.ConsultAnswered, stamp.ConsultEnded, stamp.TransferStarted, stamp.TransferCompleted,
		stamp.TransferFailed, stamp.ParkStarted, stamp.ParkEnded:
		return c.foldAsk(s)
	case stamp.MediaVoice:
		return c.voiced(s, fact)
	case stamp.MediaMicSilent:
		return c.onSegment(s, fact.Segment, func(g *Segment) { g.MicSilences++ })
	case stamp.WrapStarted:
		return c.wrapStarted(s, fact)
	case stamp.WrapEnded:
		return c.wrapEnded(s, fact)
	case stamp.DispositionSet:
		return c.onSegment(s, fact.Segment, func(g *Segment) { g.Disposition = fact.Code })
	case stamp.NoteSaved:
		return c.onSegment(s, fact.Segment, func(g *Segment) { g.Note = fact.Note })
	case stamp.SurveyOffered, stamp.SurveySuppressed, stamp.SurveyAccepted, stamp.SurveyDeclined, stamp.SurveyAsked,
		stamp.SurveyResponded, stamp.SurveyInvalid, stamp.SurveyNoInput, stamp.SurveyEnded:
		return c.surveyed(s)
	case stamp.DialAttemptStarted, stamp.DialReassigned, stamp.DialHuman, stamp.DialAbandoned, stamp.DialResult:
		c.dialed(s)
	}
	return nil
}

// dialed keeps what the dialer says of the call's line.
func (c *openCall) dialed(s stamp.Stamp) {
	switch fact := s.Fact.(type) {
	case stamp.DialAttemptStarted:
		c.attempt(s, fact.Attempt).Reserved = fact.Agent
	case stamp.DialReassigned:
		c.attempt(s, fact.Attempt).Reserved = fact.Agent
	case stamp.DialHuman:
		if a := c.attempt(s, fact.Attempt); a.HumanAt == 0 {
			a.HumanAt, c.Rec.HumanAt = s.At, s.At
			c.attemptConnected(s)
		}
	case stamp.DialAbandoned:
		if a := c.attempt(s, fact.Attempt); a.AbandonedAt == 0 {
			a.AbandonedAt, a.Announced = s.At, fact.Announced
		}
	case stamp.DialResult:
		a := c.attempt(s, fact.Attempt)
		a.EndedAt, a.Result, a.Code = s.At, fact.Result, fact.Code
	}
}

// attempt returns the call's attempt, made here if call.created named none.
func (c *openCall) attempt(s stamp.Stamp, id stamp.ID) *Attempt {
	if c.Attempt == nil {
		c.Attempt = &Attempt{Ref: c.ref(s), Attempt: id, Lead: c.Rec.Lead}
		c.Rec.Attempt = id
	}
	c.Attempt.LastSeq = s.Seq
	return c.Attempt
}

// attemptConnected notes the first instant at which a human was known and
// connected, in whichever order the two came.
func (c *openCall) attemptConnected(s stamp.Stamp) {
	if a := c.Attempt; a != nil && a.ConnectedAt == 0 && a.HumanAt != 0 && c.Rec.ConnectedAt != 0 {
		a.ConnectedAt, a.Agent, a.LastSeq = s.At, c.Rec.Agent, s.Seq
	}
}
