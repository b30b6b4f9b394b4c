package switchboard

import (
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Outside parties: lines that a call opens besides the customer's.

// signalParty does the effects on an outside party's line, and reports whether
// it was one.
func (c *conversation) signalParty(at stamp.Instant, e call.Effect) bool {
	switch e := e.(type) {
	case call.Open:
		c.check(at, e, c.openParty(e))
		return true
	case call.Invite:
		if line := c.parties[e.Leg]; line != nil {
			line.Invite()
		}
		return e.Leg != stamp.CustomerLeg
	case call.Release:
		if line := c.parties[e.Leg]; line != nil {
			line.Release(e.Code)
		}
		return e.Leg != stamp.CustomerLeg
	}
	return false
}

// openParty prepares the line.
func (c *conversation) openParty(e call.Open) error {
	d := e.Dial
	d.RingUS = c.m.Plan().ReturnUS + partyGuardUS
	line, err := c.board.deps.Lines.Dial(d)
	if err != nil {
		return err
	}
	c.parties[e.Leg] = line
	line.Bind(c.id, e.Leg, c.post)
	return nil
}

// partyGuardUS is how much later than the machine the line itself gives up
// ringing, should the conversation have died.
const partyGuardUS = 2_000_000

// releaseParties lets go of every outside party of a call that is given up.
func (c *conversation) releaseParties() {
	for _, line := range c.parties {
		line.Release(0)
	}
}
