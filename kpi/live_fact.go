package kpi

import (
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// callFact counts a fact of a call. What needs the running span to have ended
// first is returned, to be done then.
func (l *Live) callFact(c *liveCall, s stamp.Stamp) (after func(), err error) {
	after = func() {}
	switch fact := s.Fact.(type) {
	case stamp.LegInviteSent:
		if fact.Leg == stamp.CustomerLeg && c.Direction == stamp.Out && !c.Invited {
			c.Invited = true
			l.tally(c, s, c.line(), MOutAttempts, 1)
		}
	case stamp.QueueEntered:
		l.countEntered(c, s, fact)
	case stamp.QueueExited:
		l.countExited(c, s, fact)
	case stamp.OfferCreated, stamp.OfferRingStarted, stamp.OfferAccepted, stamp.OfferEnded:
		err = l.countOffer(c, s)
	case stamp.ConsultStarted, stamp.TransferStarted, stamp.TransferCompleted, stamp.TransferFailed, stamp.ParkStarted:
		err = l.countAsk(c, s)
	case stamp.SegmentOpened:
		c.Segs = append(c.Segs, liveSeg{No: fact.Segment, Agent: fact.Agent, Queue: fact.Queue, Opened: s.Instant})
		if takenAt(fact, s.At) != 0 {
			l.tally(c, s, c.whoOf(&c.Segs[len(c.Segs)-1]), MTransfersIn, 1)
		}
	case stamp.SegmentConnected:
		err = l.countConnected(c, s, fact)
	case stamp.MediaRTPTimeout:
		if fact.Leg == stamp.CustomerLeg {
			c.Silent = s.Add(-fact.LastRxAgo)
		}
	case stamp.MediaResumed:
		if fact.Leg == stamp.CustomerLeg {
			c.Silent = stamp.Instant{}
		}
	case stamp.SegmentEnded:
		g := c.seg(fact.Segment)
		if g == nil {
			return nil, fmt.Errorf("segment %d was never opened", fact.Segment)
		}
		l.takeBackSilence(c, s)
		g.Ended = true
		after = func() { l.countSegment(c, g) }
	case stamp.WrapStarted, stamp.WrapEnded:
		err = l.countWrap(c, s)
	case stamp.SurveyOffered, stamp.SurveySuppressed, stamp.SurveyAsked, stamp.SurveyResponded, stamp.SurveyInvalid,
		stamp.SurveyNoInput, stamp.SurveyEnded:
		err = l.countSurvey(c, s)
	case stamp.DialHuman:
		if !c.Human {
			c.Human = true
			l.tally(c, s, c.line(), MOutHuman, 1)
			l.countHuman(c, s)
		}
	case stamp.DialAbandoned:
		if !c.Abandoned {
			c.Abandoned = true
			l.tally(c, s, c.line(), MOutAbandoned, 1)
		}
	case stamp.CallReleased:
		l.countReleased(c, s)
	case stamp.CallClosed:
		l.countClosed(c, s)
	}
	return after, err
}

// tally counts at the stamp's instant and for the call's cohort.
func (l *Live) tally(c *liveCall, s stamp.Stamp, w who, m Metric, v int64) {
	l.both(w, s.At, c.Arrived, m, v)
}

func (c *liveCall) line() who { return who{org: c.Org, campaign: c.Campaign} }

// fate is for whom a call's end in its queue counts.
func (c *liveCall) fate() who { return who{org: c.Org, queue: c.Queue, campaign: c.Campaign} }

func (l *Live) countEntered(c *liveCall, s stamp.Stamp, fact stamp.QueueEntered) {
	if c.First.IsZero() {
		c.First, c.Queue, c.Target = s.Instant, fact.Queue, fact.TargetUS
		if c.Target == 0 {
			c.Target = DefaultTargetUS
		}
		if c.Direction == stamp.In {
			l.tally(c, s, c.fate(), MInOffered, 1)
		}
	}
	c.Stay = &liveStay{fact.Entry, fact.Queue}
	l.tally(c, s, who{org: c.Org, queue: fact.Queue}, MEntered, 1)
}

func (l *Live) countExited(c *liveCall, s stamp.Stamp, fact stamp.QueueExited) {
	c.Stay, c.Exit = nil, fact.Reason
	l.tally(c, s, who{org: c.Org, queue: fact.Queue}, MExited+Metric(fact.Reason), 1)
	if c.Direction != stamp.In || c.Connected != "" {
		return
	}
	switch fact.Reason {
	case stamp.ExitAbandoned, stamp.ExitAbandonedAtOffer, stamp.ExitAbandonedAtWhisper:
		l.tally(c, s, c.fate(), MInAbandoned, 1)
		l.tally(c, s, c.fate(), MInAbandonedUS, s.Sub(c.First))
	case stamp.ExitAbandonedShort:
		l.tally(c, s, c.fate(), MInAbandonedSoon, 1)
	default:
		return
	}
	if s.Sub(c.First) <= c.Target {
		l.tally(c, s, c.fate(), MInGoneWithin, 1)
	}
}

func (l *Live) countOffer(c *liveCall, s stamp.Stamp) error {
	switch fact := s.Fact.(type) {
	case stamp.OfferCreated:
		o := liveOffer{ID: fact.Offer, Queue: fact.Queue, Agent: fact.Agent, Since: s.Instant}
		c.Offers = append(c.Offers, o)
		l.tally(c, s, c.rung(o), MOffers, 1)
	case stamp.OfferRingStarted:
		for i := range c.Offers {
			if o := &c.Offers[i]; o.ID == fact.Offer && !o.Rings {
				o.Since, o.Rings = s.Instant, true
			}
		}
	case stamp.OfferAccepted:
		o, err := c.takeOffer(fact.Offer)
		if err != nil {
			return err
		}
		l.tally(c, s, c.rung(o), MOfferEnd+Metric(stamp.OfferAcceptedEnd), 1)
		l.tally(c, s, c.rung(o), MAnswerUS, s.Sub(o.Since))
	case stamp.OfferEnded:
		o, err := c.takeOffer(fact.Offer)
		if err != nil {
			return err
		}
		l.tally(c, s, c.rung(o), MOfferEnd+Metric(fact.End), 1)
	}
	return nil
}

func (c *liveCall) rung(o liveOffer) who {
	return who{org: c.Org, queue: o.Queue, agent: o.Agent, campaign: c.Campaign}
}

func (c *liveCall) takeOffer(id stamp.ID) (liveOffer, error) {
	for i, o := range c.Offers {
		if o.ID == id {
			c.Offers = append(c.Offers[:i], c.Offers[i+1:]...)
			return o, nil
		}
	}
	return liveOffer{}, fmt.Errorf("offer %s is not open", id)
}

func (l *Live) countConnected(c *liveCall, s stamp.Stamp, fact stamp.SegmentConnected) error {
	g := c.seg(fact.Segment)
	if g == nil {
		return fmt.Errorf("segment %d was never opened", fact.Segment)
	}
	if !g.Connected {
		g.Connected = true
		l.tally(c, s, c.whoOf(g), MSegments, 1)
	}
	if c.Connected != "" {
		return nil
	}
	c.Connected = g.Agent
	l.countHuman(c, s)
	if c.Direction != stamp.In || c.First.IsZero() {
		return nil
	}
	w := c.fate()
	w.agent = g.Agent
	l.tally(c, s, w, MInConnected, 1)
	wait := s.Sub(c.First)
	l.tally(c, s, w, MInWaitUS, wait)
	l.tally(c, s, w, MInPickupUS, g.Opened.Sub(c.First))
	if wait <= c.Target {
		l.tally(c, s, w, MInWithin, 1)
	}
	return nil
}

func (l *Live) countHuman(c *liveCall, s stamp.Stamp) {
	if c.Human && c.Connected != "" {
		w := c.line()
		w.agent = c.Connected
		l.tally(c, s, w, MOutConnected, 1)
	}
}

// countSegment counts the whole lengths of a segment for its cohort; by event
// they were counted as they passed.
func (l *Live) countSegment(c *liveCall, g *liveSeg) {
	for _, phase := range []string{stamp.PhaseConnecting, stamp.PhaseTalking, stamp.PhaseHeld, stamp.PhaseAlone, stamp.PhaseSilent, stamp.PhaseConsulting, stamp.PhaseConferencing} {
		l.add(c.whoOf(g), Cohort, stamp.BucketAt(c.Arrived), segmentMetric(phase), g.Sums[phase])
	}
}

func (l *Live) countWrap(c *liveCall, s stamp.Stamp) error {
	switch fact := s.Fact.(type) {
	case stamp.WrapStarted:
		g := c.seg(fact.Segment)
		if g == nil || g.Wrap.running() {
			return fmt.Errorf("segment %d can't begin its wrap-up", fact.Segment)
		}
		g.Wrap = begin(s.Instant)
	case stamp.WrapEnded:
		g := c.seg(fact.Segment)
		if g == nil || !g.Wrap.running() {
			return fmt.Errorf("segment %d is not in wrap-up", fact.Segment)
		}
		g.WrapUS += l.finish(&g.Wrap, s.Instant, c.wrapped(g))
		l.add(c.whoOf(g), Cohort, stamp.BucketAt(c.Arrived), MWrapUS, g.WrapUS)
		l.countHandled(c, s, g)
	}
	return nil
}

func (l *Live) countHandled(c *liveCall, s stamp.Stamp, g *liveSeg) {
	if !g.Connected || g.Handled {
		return
	}
	g.Handled = true
	w := c.whoOf(g)
	l.tally(c, s, w, MHandled, 1)
	l.tally(c, s, w, MHandledConnectingUS, g.Sums[stamp.PhaseConnecting])
	l.tally(c, s, w, MHandledTalkUS, g.Sums[stamp.PhaseTalking])
	l.tally(c, s, w, MHandledHoldUS, g.Sums[stamp.PhaseHeld])
	l.tally(c, s, w, MHandledWrapUS, g.WrapUS)
	l.tally(c, s, w, MHandledConsultUS, g.Sums[stamp.PhaseConsulting])
	l.tally(c, s, w, MHandledConferenceUS, g.Sums[stamp.PhaseConferencing])
}

func (l *Live) countReleased(c *liveCall, s stamp.Stamp) {
	c.Released = true
	if c.Direction == stamp.In && !c.First.IsZero() && c.Connected == "" && c.Exit != stamp.ExitAbandonedShort {
		l.tally(c, s, c.fate(), MInMissed, 1)
	}
}

// countClosed counts the segments that had no wrap-up as handled.
func (l *Live) countClosed(c *liveCall, s stamp.Stamp) {
	for i := range c.Segs {
		l.countHandled(c, s, &c.Segs[i])
	}
}
