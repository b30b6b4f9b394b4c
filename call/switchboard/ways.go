package switchboard

import (
	"errors"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// A number may be reached by several ways: the machine says which is tried, and
// each try has a line of its own behind the one customer's leg.

// firstLine takes the first way whose trunk has a line free; the ways before it
// were not tried and are none of this call. ErrNoLine where none has one; another
// error leaves a call without a line, which ends as failed.
func (c *conversation) firstLine(o *Outgoing) error {
	all := append([]call.Dial{o.Dial}, o.Others...)
	var full error
	for i, d := range all {
		line, err := c.board.deps.Lines.Dial(d)
		if errors.Is(err, ErrNoLine) {
			full = err
			continue
		}
		c.ways = all[i:]
		if i > 0 {
			o.First.Trunk, c.plan.Ways = d.Trunk, c.plan.Ways[i:]
			c.m = call.New(c.id, c.plan)
		}
		if err != nil {
			c.board.deps.Log.Warn("dial refused", "call_id", c.id, "trunk", d.Trunk, "err", err)
			return err
		}
		c.bind(line)
		return nil
	}
	return full
}

// bind makes the line the customer's leg. What it posts counts until it is
// forsaken.
func (c *conversation) bind(line Line) {
	c.leg, c.line = line, line
	try := c.try
	line.Bind(c.id, stamp.CustomerLeg, func(at time.Time, in call.Input) {
		c.box.Put(message{at: c.board.deps.Clock.Of(at), in: in, try: try})
	})
}

// forsake makes everything stale that the present line still says.
func (c *conversation) forsake() {
	c.try++
	c.leg, c.line = nil, nil
}

// stale reports whether a message is of a line that was forsaken.
func (c *conversation) stale(m message) bool { return m.try != 0 && m.try != c.try }

// redial takes the way that the machine chose. Its stamp is durable already.
func (c *conversation) redial(at stamp.Instant, e call.Redial) {
	line, err := c.board.deps.Lines.Dial(c.ways[e.Try-1])
	if err != nil {
		c.check(at, e, err)
		return
	}
	c.bind(line)
	line.Invite()
}
