package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// leg returns the call's leg n, made when first named: an agent's leg has no
// INVITE.
func (c *openCall) leg(s stamp.Stamp, n stamp.LegNo) *openLeg {
	for i := range c.Legs {
		l := &c.Legs[i].Rec
		if l.Leg != n {
			continue
		}
		if l.LastSeq = s.Seq; l.began() == 0 { // until now only observed
			l.SinceUS = c.ref(s).SinceUS
		}
		return &c.Legs[i]
	}
	c.Legs = append(c.Legs, openLeg{Rec: Leg{Ref: c.ref(s), Leg: n}})
	return &c.Legs[len(c.Legs)-1]
}

// ref is the Ref of a part of the call that begins with s.
func (c *openCall) ref(s stamp.Stamp) Ref {
	r := c.Rec.Ref
	r.SinceUS = c.LengthUS + s.Sub(c.LastAt)
	r.Evidence = Evidence{FirstSeq: s.Seq, LastSeq: s.Seq}
	return r
}

func (c *openCall) legInvited(s stamp.Stamp) {
	var n stamp.LegNo
	var trunk stamp.TrunkID
	sent := false
	switch fact := s.Fact.(type) {
	case stamp.LegInviteReceived:
		n, trunk = fact.Leg, fact.Trunk
	case stamp.LegInviteSent:
		n, trunk, sent = fact.Leg, fact.Trunk, true
	}
	l := &c.leg(s, n).Rec
	l.Trunk = trunk // of the latest, where a route advanced
	if l.InvitedAt == 0 {
		l.InvitedAt = s.At
	}
	if a := c.Attempt; a != nil && sent && n == stamp.CustomerLeg && a.InvitedAt == 0 {
		a.InvitedAt, a.LastSeq = s.At, s.Seq
	}
}

func (c *openCall) legMoved(s stamp.Stamp) {
	switch fact := s.Fact.(type) {
	case stamp.LegRinging:
		if l := &c.leg(s, fact.Leg).Rec; l.RingingAt == 0 {
			l.RingingAt = s.At
		}
	case stamp.LegAnswered:
		l := &c.leg(s, fact.Leg).Rec
		if l.AnsweredAt == 0 { // a browser that comes back joins again
			l.AnsweredAt = s.At
		}
		l.Role, l.Codec, l.Agent = fact.Role, fact.Codec, fact.Agent
		if fact.Leg == stamp.CustomerLeg && c.Rec.AnsweredAt == 0 {
			c.Rec.AnsweredAt = s.At
		}
	case stamp.LegRejected:
		l := &c.leg(s, fact.Leg).Rec
		l.Code = fact.Code
		l.ended(s)
	case stamp.LegCancelled:
		c.leg(s, fact.Leg).Rec.By = fact.By
	case stamp.LegLost:
		l := c.leg(s, fact.Leg)
		l.LostAt = s.Instant
		l.Rec.Losses++
	case stamp.LegBack:
		if l := c.leg(s, fact.Leg); !l.LostAt.IsZero() {
			l.Rec.LostUS += s.Sub(l.LostAt)
			l.LostAt = stamp.Instant{}
		}
	case stamp.LegEnded:
		l := &c.leg(s, fact.Leg).Rec
		l.By = fact.By
		l.ended(s)
	case stamp.MediaFirstRx:
		if l := &c.leg(s, fact.Leg).Rec; l.FirstRxAt == 0 {
			l.FirstRxAt = s.At
		}
	case stamp.MediaSummary:
		l := &c.leg(s, fact.Leg).Rec
		l.Rx, l.Tx, l.Lost = fact.Rx, fact.Tx, fact.Lost
		l.JitterUS, l.RTTUS, l.MOS = fact.JitterUS, fact.RTTUS, fact.MOS
	}
}

// ended keeps the first end: a rejected leg is done with, whenever it is
// cleared away.
func (l *Leg) ended(s stamp.Stamp) {
	if l.EndedAt == 0 {
		l.EndedAt = s.At
	}
}
