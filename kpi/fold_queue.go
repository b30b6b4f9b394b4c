package kpi

import (
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// DefaultTargetUS is the service-level limit of a queue that names none: 20 s,
// of the trade's "80 % in 20 seconds".
const DefaultTargetUS int64 = 20_000_000

func (c *openCall) entered(s stamp.Stamp, fact stamp.QueueEntered) {
	if c.Rec.EnteredAt == 0 {
		c.FirstAt = s.Instant
		c.Rec.EnteredAt, c.Rec.Queue, c.Rec.TargetUS = s.At, fact.Queue, fact.TargetUS
		if fact.TargetUS == 0 {
			c.Rec.TargetUS = DefaultTargetUS
		}
	}
	c.Entries = append(c.Entries, openEntry{At: s.Instant, Rec: Entry{
		Ref: c.ref(s), Entry: fact.Entry, Queue: fact.Queue, First: fact.First, EnteredAt: s.At,
	}})
}

func (c *openCall) exited(s stamp.Stamp, fact stamp.QueueExited) error {
	for i := range c.Entries {
		e := &c.Entries[i]
		if e.Rec.Entry != fact.Entry || e.Rec.ExitedAt != 0 {
			continue
		}
		e.Rec.ExitedAt, e.Rec.Reason, e.Rec.LastSeq = s.At, fact.Reason, s.Seq
		e.Rec.StayUS, e.Rec.WaitUS = s.Sub(e.At), s.Sub(c.FirstAt)
		c.Rec.Exit, c.Rec.ExitedAt = fact.Reason, s.At
		if c.Rec.ConnectedAt == 0 {
			c.Rec.WaitUS = e.Rec.WaitUS
			c.gone(s, fact.Reason)
		}
		return nil
	}
	return fmt.Errorf("entry %d is not open", fact.Entry)
}

// gone says how soon the customer gave up. A call that comes to another queue
// has not been given up.
func (c *openCall) gone(s stamp.Stamp, reason stamp.ExitReason) {
	c.Rec.Service, c.Rec.FateAt = "", 0
	if gaveUp(reason) {
		c.Rec.Service, c.Rec.FateAt = GoneLate, s.At
		if c.Rec.WaitUS <= c.Rec.TargetUS {
			c.Rec.Service = GoneWithin
		}
	}
}

// announced keeps the first estimate that was told.
func (c *openCall) announced(s stamp.Stamp, fact stamp.QueueAnnounced) error {
	for i := range c.Entries {
		e := &c.Entries[i].Rec
		if e.Entry != fact.Entry {
			continue
		}
		if e.EstAt == 0 && (fact.EstUS != 0 || fact.Position != 0) {
			e.Position, e.EstUS, e.EstAt, e.LastSeq = fact.Position, fact.EstUS, s.At, s.Seq
		}
		return nil
	}
	return fmt.Errorf("entry %d was never entered", fact.Entry)
}

func (c *openCall) offered(s stamp.Stamp, fact stamp.OfferCreated) {
	c.Offers = append(c.Offers, openOffer{At: s.Instant, Rec: Offer{
		Ref: c.ref(s), Offer: fact.Offer, Entry: fact.Entry, Queue: fact.Queue, Agent: fact.Agent,
		Session: fact.Session, CreatedAt: s.At, LimitUS: fact.LimitUS,
	}})
}

func (c *openCall) rings(s stamp.Stamp, fact stamp.OfferRingStarted) error {
	o, err := c.openOffer(fact.Offer)
	if err != nil || o.Rec.RingAt != 0 {
		return err
	}
	o.At, o.Rec.RingAt, o.Rec.LastSeq = s.Instant, s.At, s.Seq
	return nil
}

func (c *openCall) offerEnded(s stamp.Stamp, id stamp.ID, end stamp.OfferEnd) error {
	o, err := c.openOffer(id)
	if err != nil {
		return err
	}
	o.Rec.EndedAt, o.Rec.End, o.Rec.RingUS, o.Rec.LastSeq = s.At, end, s.Sub(o.At), s.Seq
	return nil
}

func (c *openCall) openOffer(id stamp.ID) (*openOffer, error) {
	for i := range c.Offers {
		if o := &c.Offers[i]; o.Rec.Offer == id && o.Rec.EndedAt == 0 {
			return o, nil
		}
	}
	return nil, fmt.Errorf("offer %s is not open", id)
}
