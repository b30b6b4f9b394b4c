package kpi

import (
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// liveCall is what counting needs to remember of a call.
type liveCall struct {
	Org       stamp.OrgID      `json:"org"`
	Direction stamp.Direction  `json:"direction"`
	Campaign  stamp.CampaignID `json:"campaign,omitempty"`
	Arrived   int64            `json:"arrived"`
	Phase     string           `json:"phase"`
	Silent    stamp.Instant    `json:"silent,omitzero"` // nothing has come from the customer since
	Open      openSpan         `json:"open"`
	Seg       stamp.SegmentNo  `json:"seg,omitempty"`   // of the open span
	Queue     stamp.QueueID    `json:"queue,omitempty"` // of the first entry
	First     stamp.Instant    `json:"first,omitzero"`  // first entry
	Target    int64            `json:"target,omitempty"`
	Stay      *liveStay        `json:"stay,omitempty"` // the open entry
	Exit      stamp.ExitReason `json:"exit,omitempty"`
	Connected stamp.AgentID    `json:"connected,omitempty"` // first
	Human     bool             `json:"human,omitempty"`
	Abandoned bool             `json:"abandoned,omitempty"` // dial.abandoned
	Invited   bool             `json:"invited,omitempty"`
	Released  bool             `json:"released,omitempty"`
	Offers    []liveOffer      `json:"offers,omitempty"` // open
	Segs      []liveSeg        `json:"segs,omitempty"`
	Asks      []liveAsk        `json:"asks,omitempty"` // transfers under way
	Surveys   []liveSurvey     `json:"surveys,omitempty"`
	Shown     CallNow          `json:"shown"`
}

type liveStay struct {
	No    stamp.EntryNo `json:"no"`
	Queue stamp.QueueID `json:"queue"`
}

type liveOffer struct {
	ID    stamp.ID      `json:"id"`
	Queue stamp.QueueID `json:"queue,omitempty"`
	Agent stamp.AgentID `json:"agent"`
	Since stamp.Instant `json:"since"` // ring started, else created
	Rings bool          `json:"rings,omitempty"`
}

type liveSeg struct {
	No        stamp.SegmentNo  `json:"no"`
	Agent     stamp.AgentID    `json:"agent"`
	Queue     stamp.QueueID    `json:"queue,omitempty"`
	Opened    stamp.Instant    `json:"opened,omitzero"`
	Connected bool             `json:"connected,omitempty"`
	Ended     bool             `json:"ended,omitempty"`
	Handled   bool             `json:"handled,omitempty"`
	Sums      map[string]int64 `json:"sums,omitempty"` // µs by phase
	Mode      string           `json:"mode,omitempty"` // what Beside is
	Beside    openSpan         `json:"beside,omitzero"`
	Wrap      openSpan         `json:"wrap"`
	WrapUS    int64            `json:"wrap_us,omitempty"`
}

func (l *Live) countCall(s stamp.Stamp) (Pulse, error) {
	id := s.Subject.ID
	c := l.state.Calls[id]
	if fact, ok := s.Fact.(stamp.CallCreated); ok && c == nil {
		c = &liveCall{Org: s.Org, Direction: fact.Direction, Campaign: fact.Campaign, Arrived: s.At, Phase: s.Phase}
		if c.Phase == "" {
			c.Phase = firstPhase(fact.Direction)
		}
		c.Open = begin(s.Instant)
		l.state.Calls[id] = c
		if fact.Direction == stamp.In {
			l.both(who{org: c.Org, campaign: c.Campaign}, s.At, s.At, MInCalls, 1)
		}
	}
	if c == nil {
		return Pulse{}, fmt.Errorf("the call was never created")
	}
	after, err := l.callFact(c, s)
	if err != nil {
		return Pulse{}, err
	}
	l.move(c, s)
	l.stand(c, s)
	after()
	if l.crossed(s) {
		l.stepCall(c)
	}
	return l.show(id, c, s), nil
}

// move ends the running span where the stamp begins another.
func (l *Live) move(c *liveCall, s stamp.Stamp) {
	phase := c.Phase
	if s.Phase != "" {
		phase = s.Phase
	}
	seg := c.activeSeg()
	if phase == c.Phase && seg == c.Seg && !c.Released {
		return
	}
	if c.Open.running() {
		c.lap(l.finish(&c.Open, s.Instant, c.timed()))
		c.Open = begin(s.Instant)
	}
	c.Phase, c.Seg = phase, seg
	if over(phase) || c.Released {
		c.Open = openSpan{}
	}
}

// takeBackSilence counts what was counted as talk or hold after the customer's
// last packet as silence, where the call was given up for that.
func (l *Live) takeBackSilence(c *liveCall, s stamp.Stamp) {
	if c.Silent.IsZero() || s.Cause == nil || s.Cause.Proto != "rtp" || s.Cause.Text != "silence" {
		return
	}
	if c.Phase != stamp.PhaseTalking && c.Phase != stamp.PhaseHeld {
		return
	}
	last := c.Silent
	if last.Before(c.Open.Begin) {
		last = c.Open.Begin
	}
	if !last.Before(s.Instant) {
		return
	}
	phase := c.Phase
	c.lap(l.finish(&c.Open, last, c.timed()))
	c.Phase, c.Open = stamp.PhaseSilent, begin(last)
	c.lap(l.finish(&c.Open, s.Instant, c.timed()))
	c.Phase, c.Open = phase, begin(s.Instant)
}

// lap books the length of the running span to its segment.
func (c *liveCall) lap(us int64) {
	if g := c.seg(c.Seg); g != nil {
		g.add(c.Phase, us)
	}
}

func (c *liveCall) activeSeg() stamp.SegmentNo {
	for _, g := range c.Segs { // the first who takes part has the customer
		if !g.Ended {
			return g.No
		}
	}
	return 0
}

func (c *liveCall) seg(n stamp.SegmentNo) *liveSeg {
	for i := range c.Segs {
		if c.Segs[i].No == n {
			return &c.Segs[i]
		}
	}
	return nil
}

// timed says what the running span is counted as.
func (c *liveCall) timed() timed {
	t := timed{who: who{org: c.Org}, orgOnly: MPhaseUS + Metric(c.Phase)}
	if g := c.seg(c.Seg); g != nil {
		t.who, t.metric = c.whoOf(g), segmentMetric(c.Phase)
	}
	return t
}

func (c *liveCall) wrapped(g *liveSeg) timed { return timed{who: c.whoOf(g), metric: MWrapUS} }

func (c *liveCall) whoOf(g *liveSeg) who {
	return who{org: c.Org, queue: g.Queue, agent: g.Agent, campaign: c.Campaign}
}

// segmentMetric is the metric of an agent's part in a phase, "" if none.
func segmentMetric(phase string) Metric {
	switch phase {
	case stamp.PhaseConnecting:
		return MConnectingUS
	case stamp.PhaseTalking:
		return MTalkUS
	case stamp.PhaseHeld:
		return MHoldUS
	case stamp.PhaseAlone, stamp.PhaseSilent:
		return MGapUS
	case stamp.PhaseConsulting:
		return MConsultUS
	case stamp.PhaseConferencing:
		return MConferenceUS
	}
	return ""
}

// show compares the call with what was shown of it last.
func (l *Live) show(id stamp.ID, c *liveCall, s stamp.Stamp) Pulse {
	if _, ok := s.Fact.(stamp.CallClosed); ok {
		delete(l.state.Calls, id)
	}
	if c.Released {
		if c.Shown.Call == "" {
			return Pulse{}
		}
		c.Shown = CallNow{}
		return Pulse{Gone: []stamp.Subject{s.Subject}}
	}
	n := CallNow{
		Org: c.Org, Call: id, Direction: c.Direction, Campaign: c.Campaign, Phase: c.Phase,
		Since: c.Shown.Since, ArrivedAt: c.Arrived,
	}
	if c.Shown.Phase != c.Phase {
		n.Since = s.At
	}
	if c.Stay != nil {
		n.Queue, n.WaitingSince = c.Stay.Queue, c.First.At
	}
	if g := c.seg(c.activeSeg()); g != nil {
		n.Queue, n.Agent = g.Queue, g.Agent
	}
	if n == c.Shown {
		return Pulse{}
	}
	c.Shown = n
	return Pulse{Calls: []CallNow{n}}
}
