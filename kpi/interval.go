package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// Intervals computes every figure of one bucket from records, in the order of
// their keys. What is open counts up to the wall instant now or the bucket's
// end: as a rule that has passed, but a clock that was set back can come upon
// buckets that were closed already. A record concerns the bucket if its call
// arrived before the bucket's end and was not closed before its start; the same
// for sessions. Records may come from several nodes.
func Intervals(r Records, b stamp.Bucket, now int64) []Interval {
	t := tally{bucket: b, now: now, sums: map[Key]int64{}}
	for i := range r.Calls {
		t.call(&r.Calls[i])
	}
	for i := range r.Legs {
		t.leg(&r.Legs[i])
	}
	for i := range r.Entries {
		t.entry(&r.Entries[i])
	}
	for i := range r.Offers {
		t.offer(&r.Offers[i])
	}
	for i := range r.Segments {
		t.segment(&r.Segments[i])
	}
	for i := range r.Surveys {
		t.survey(&r.Surveys[i])
	}
	for i := range r.Answers {
		t.answer(&r.Answers[i])
	}
	for i := range r.Attempts {
		t.attempt(&r.Attempts[i])
	}
	for i := range r.Agents {
		t.agent(&r.Agents[i])
	}
	return sortIntervals(t.sums)
}

// tally sums the figures of one bucket.
type tally struct {
	bucket stamp.Bucket
	now    int64
	sums   map[Key]int64
}

// group is for whom a record counts.
type group struct {
	node     stamp.NodeID
	org      stamp.OrgID
	queue    stamp.QueueID
	agent    stamp.AgentID
	campaign stamp.CampaignID
}

func (t *tally) add(g group, basis Basis, m Metric, v int64) {
	if v == 0 {
		return
	}
	k := Key{Node: g.node, Org: g.org, Bucket: t.bucket, Basis: basis, Metric: m}
	k.Dim = Dim{DimOrg, string(g.org)}
	t.sums[k] += v
	if g.queue != "" {
		k.Dim = Dim{DimQueue, string(g.queue)}
		t.sums[k] += v
	}
	if g.agent != "" {
		k.Dim = Dim{DimAgent, string(g.agent)}
		t.sums[k] += v
	}
	if g.campaign != "" {
		k.Dim = Dim{DimCampaign, string(g.campaign)}
		t.sums[k] += v
	}
}

// at counts v, which became known at the instant when (0 = never), in both
// bases.
func (t *tally) at(r *Ref, g group, when int64, m Metric, v int64) {
	if when == 0 {
		return
	}
	if stamp.BucketAt(when) == t.bucket {
		t.add(g, Event, m, v)
	}
	t.arrived(r, g, m, v)
}

// arrived counts v in the cohort of the record's call.
func (t *tally) arrived(r *Ref, g group, m Metric, v int64) {
	if stamp.BucketAt(r.ArrivedAt) == t.bucket {
		t.add(g, Cohort, m, v)
	}
}

// within returns the part of from → to that lies in the bucket; to = 0 is open.
func (t *tally) within(from, to int64) int64 {
	if to == 0 {
		to = max(from, min(t.bucket.End(), t.now))
	}
	clip := func(at int64) int64 { return min(max(at, t.bucket.Start()), t.bucket.End()) }
	return clip(to) - clip(from)
}

func (r *Ref) group(queue stamp.QueueID, agent stamp.AgentID) group {
	return group{node: r.Node, org: r.Org, queue: queue, agent: agent, campaign: r.Campaign}
}

func (t *tally) call(c *Call) {
	t.spans(c)
	t.asks(c)
	if c.Direction != stamp.In {
		return
	}
	fate := c.group(c.Queue, "")
	t.at(&c.Ref, c.group("", ""), c.ArrivedAt, MInCalls, 1)
	t.at(&c.Ref, fate, c.EnteredAt, MInOffered, 1)
	if c.Missed {
		t.at(&c.Ref, fate, c.ReleasedAt, MInMissed, 1)
	}
	if c.ConnectedAt != 0 {
		if c.EnteredAt == 0 {
			return
		}
		served := c.group(c.Queue, c.Agent)
		t.at(&c.Ref, served, c.ConnectedAt, MInConnected, 1)
		t.at(&c.Ref, served, c.ConnectedAt, MInWaitUS, c.WaitUS)
		t.at(&c.Ref, served, c.ConnectedAt, MInPickupUS, c.PickupUS)
		if c.Within {
			t.at(&c.Ref, served, c.ConnectedAt, MInWithin, 1)
		}
		return
	}
	if c.Service == GoneWithin {
		t.at(&c.Ref, fate, c.FateAt, MInGoneWithin, 1)
	}
	switch c.Exit {
	case stamp.ExitAbandoned, stamp.ExitAbandonedAtOffer, stamp.ExitAbandonedAtWhisper:
		t.at(&c.Ref, fate, c.ExitedAt, MInAbandoned, 1)
		t.at(&c.Ref, fate, c.ExitedAt, MInAbandonedUS, c.WaitUS)
	case stamp.ExitAbandonedShort:
		t.at(&c.Ref, fate, c.ExitedAt, MInAbandonedSoon, 1)
	}
}

// spans counts the call's passing time, for the organisation by phase and for
// the agent's part by what it is to the agent.
func (t *tally) spans(c *Call) {
	for _, s := range c.Spans {
		us := t.within(s.From, s.To)
		if us == 0 {
			continue
		}
		t.add(group{node: c.Node, org: c.Org}, Event, MPhaseUS+Metric(s.Phase), us)
		if s.Segment == 0 {
			continue
		}
		if m := segmentMetric(s.Phase); m != "" {
			t.add(c.group(s.Queue, s.Agent), Event, m, us)
		}
	}
}

// asks counts by what the call came to somebody else, for who let it go.
func (t *tally) asks(c *Call) {
	for _, a := range c.Asks {
		g := c.group(a.Queue, a.Agent)
		switch {
		case a.Kind == AskConsult:
			t.at(&c.Ref, g, a.StartedAt, MConsults, 1)
		case a.Kind == AskPark:
			t.at(&c.Ref, g, a.StartedAt, MParks, 1)
		case a.End == AskCompleted:
			t.at(&c.Ref, g, a.EndedAt, MTransfersOut+Metric(a.Kind), 1)
		case a.End != "":
			t.at(&c.Ref, g, a.EndedAt, MTransferFailed, 1)
		}
	}
}

func (t *tally) leg(l *Leg) {
	if l.Leg == stamp.CustomerLeg && l.Direction == stamp.Out {
		t.at(&l.Ref, l.group("", ""), l.InvitedAt, MOutAttempts, 1)
	}
}

func (t *tally) entry(e *Entry) {
	g := group{node: e.Node, org: e.Org, queue: e.Queue}
	t.at(&e.Ref, g, e.EnteredAt, MEntered, 1)
	t.at(&e.Ref, g, e.ExitedAt, MExited+Metric(e.Reason), 1)
}

func (t *tally) offer(o *Offer) {
	g := o.group(o.Queue, o.Agent)
	t.at(&o.Ref, g, o.CreatedAt, MOffers, 1)
	t.at(&o.Ref, g, o.EndedAt, MOfferEnd+Metric(o.End), 1)
	if o.End == stamp.OfferAcceptedEnd {
		t.at(&o.Ref, g, o.EndedAt, MAnswerUS, o.RingUS)
	}
}

func (t *tally) segment(s *Segment) {
	g := s.group(s.Queue, s.Agent)
	t.at(&s.Ref, g, s.ConnectedAt, MSegments, 1)
	for _, w := range s.Wrap {
		t.add(g, Event, MWrapUS, t.within(w.From, w.To))
	}
	for _, b := range s.Beside {
		t.add(g, Event, segmentMetric(b.Phase), t.within(b.From, b.To))
	}
	t.at(&s.Ref, g, s.TakenAt, MTransfersIn, 1)
	if s.EndedAt != 0 {
		t.arrived(&s.Ref, g, MConnectingUS, s.ConnectingUS)
		t.arrived(&s.Ref, g, MTalkUS, s.TalkUS)
		t.arrived(&s.Ref, g, MHoldUS, s.HoldUS)
		t.arrived(&s.Ref, g, MGapUS, s.GapUS)
		t.arrived(&s.Ref, g, MConsultUS, s.ConsultUS)
		t.arrived(&s.Ref, g, MConferenceUS, s.ConferenceUS)
	}
	if s.WrapEndedAt != 0 {
		t.arrived(&s.Ref, g, MWrapUS, s.WrapUS)
	}
	t.at(&s.Ref, g, s.HandledAt, MHandled, 1)
	t.at(&s.Ref, g, s.HandledAt, MHandledConnectingUS, s.ConnectingUS)
	t.at(&s.Ref, g, s.HandledAt, MHandledTalkUS, s.TalkUS)
	t.at(&s.Ref, g, s.HandledAt, MHandledHoldUS, s.HoldUS)
	t.at(&s.Ref, g, s.HandledAt, MHandledWrapUS, s.WrapUS)
	t.at(&s.Ref, g, s.HandledAt, MHandledConsultUS, s.ConsultUS)
	t.at(&s.Ref, g, s.HandledAt, MHandledConferenceUS, s.ConferenceUS)
}

func (t *tally) attempt(a *Attempt) {
	line := a.group("", "")
	t.at(&a.Ref, line, a.HumanAt, MOutHuman, 1)
	t.at(&a.Ref, line, a.AbandonedAt, MOutAbandoned, 1)
	t.at(&a.Ref, a.group("", a.Agent), a.ConnectedAt, MOutConnected, 1)
}

func (t *tally) agent(a *AgentInterval) {
	g := group{node: a.Node, org: a.Org, agent: a.Agent}
	t.add(g, Event, MAgentUS+Metric(a.State), t.within(a.From, a.To))
}
