package switchboard

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/ivr"
	"github.com/callstamp/callstamp/internal/mailbox"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// conversation is one call at work: it gives inputs to the machine, records
// what became true and carries out what is to be done. Its goroutine ends when
// the call is closed.
type conversation struct {
	// given at start
	board *Switchboard
	id    stamp.ID
	plan  call.Plan
	leg   Leg         // the customer's; nil: no line could be opened, or recovered
	line  Line        // the same, outbound
	ways  []call.Dial // outbound: to the number, from the one that was tried first

	opened  bool                // run has been started
	settled func(result string) // outbound: tells the dialer that the line is free; nil when told
	box     *mailbox.Box[message]

	// owned by run
	m        *call.Machine
	stamps   []stamp.Stamp        // all that was recorded: what the machine is made of
	sides    []stamp.Side         // to be recorded with the next stamps
	seq      uint64               // journal position of the last stamps
	parties  map[stamp.LegNo]Line // outside parties, from the dialing on
	later    []func()             // what a step's effects caused, done after them
	released bool                 // the leg is released: what waits for the disk is void
	over     bool                 // said so to the board
	try      int                  // counts outbound lines, from 1
	stopping bool                 // the node stops: nothing but a wrap-up may stay open
	done     bool
	faults   int

	dialogue speaker            // nil: none
	talked   bool               // it is not the first
	said     int                // playlists of those before, at most
	shown    map[call.Seat]bool // desks that show the call

	// out
	picture atomic.Pointer[Status]
}

// message is what may come into the mailbox: an input, asked or posted, or
// something to do in the conversation's own goroutine.
type message struct {
	at    stamp.Instant
	in    call.Input
	try   int // of the line that posted it; 0: not an outbound line
	reply chan<- error
	do    func(c *conversation, at stamp.Instant)
}

func newConversation(s *Switchboard, id stamp.ID, m *call.Machine, plan call.Plan, sides []stamp.Side) *conversation {
	c := &conversation{
		board: s, id: id, plan: plan, m: m, sides: sides,
		try: 1, box: mailbox.New[message](), shown: map[call.Seat]bool{}, parties: map[stamp.LegNo]Line{},
	}
	c.picture.Store(&Status{Call: id})
	return c
}

// post is what the leg posts to.
func (c *conversation) post(at time.Time, in call.Input) {
	c.box.Put(message{at: c.board.deps.Clock.Of(at), in: in})
}

// open gives the first input and starts the goroutine.
func (c *conversation) open(at time.Time, first call.Input) {
	begins := message{at: c.board.deps.Clock.Of(at), in: first}
	c.opened = true
	go c.run(&begins)
}

// unopened forgets a call whose leg has panicked before the call could begin.
func (c *conversation) unopened() {
	if !c.opened {
		c.leave()
		c.board.running.Done()
	}
}

// run is the conversation's goroutine. first comes before anything that the leg
// may already have posted; nil for a call that is taken up again.
func (c *conversation) run(first *message) {
	defer c.board.running.Done()
	defer c.leave()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	if first != nil {
		c.guarded(*first)
	}
	for !c.done {
		c.arm(timer)
		select {
		case <-c.box.C():
			c.serve()
		case <-timer.C:
			c.serve() // what was seen before the deadline comes before it
			c.guarded(message{at: c.board.deps.Clock.Now(), do: (*conversation).tick})
		}
	}
}

func (c *conversation) serve() {
	for _, m := range c.box.Take() {
		c.guarded(m)
	}
}

// arm sets the one timer to the earlier deadline of machine and dialogue.
func (c *conversation) arm(timer *time.Timer) {
	due, armed := c.m.Deadline()
	if c.dialogue != nil {
		if d, ok := c.dialogue.Deadline(); ok && (!armed || d.Before(due)) {
			due, armed = d, true
		}
	}
	if !armed {
		timer.Stop()
		return
	}
	timer.Reset(time.Until(c.board.deps.Clock.Time(due)))
}

func (c *conversation) tick(at stamp.Instant) {
	if c.dialogue != nil {
		c.hear(at, ivr.Tick{})
	}
	c.take(at, call.Tick{}) //nolint:errcheck // a tick is never refused
}

// handle serves one message.
func (c *conversation) handle(m message) {
	if m.do != nil {
		m.do(c, m.at)
		c.settle()
		return
	}
	if c.stale(m) {
		return
	}
	err := c.input(m.at, m.in)
	c.settle()
	if m.reply != nil {
		m.reply <- err
	} else if err != nil {
		c.board.deps.Log.Debug("input refused", "call_id", c.id, "err", err)
	}
}

// settle does what the effects of the last step have caused, in order.
func (c *conversation) settle() {
	for len(c.later) > 0 {
		next := c.later[0]
		c.later = c.later[1:]
		next()
	}
	if c.m.Over() && !c.over {
		c.over = true
		c.board.over()
		c.board.deps.Voice.Forget(c.id)
	}
	if talks := c.m.Phase() == stamp.PhaseTalking || c.m.Phase() == stamp.PhaseHeld; talks || c.over {
		c.tellSettled()
	}
	c.done = c.done || c.m.Closed() || c.stopping && len(c.m.Wraps()) > 0
}

func (c *conversation) tellSettled() {
	if c.settled != nil {
		c.settled(c.m.Result())
		c.settled = nil
	}
}

// input gives digits and prompts of the dialogue to it, and the rest to the
// machine, which counts digits too.
func (c *conversation) input(at stamp.Instant, in call.Input) error {
	switch in := in.(type) {
	case call.PlayDone:
		if in.Play < 0 {
			c.hear(at, ivr.PlayDone{Play: -in.Play - c.said})
			return nil
		}
	case call.RecordEnded:
		err := c.take(at, in)
		c.hear(at, ivr.SpeechOver{})
		return err
	case call.Digit:
		err := c.take(at, in)
		if in.Leg == stamp.CustomerLeg {
			c.hear(at, ivr.Key{Digit: in.Digit})
		}
		return err
	}
	return c.take(at, in)
}

// take is one step: record first, then carry out.
func (c *conversation) take(at stamp.Instant, in call.Input) error {
	stamps, effects, err := c.m.Step(at, in)
	if err != nil {
		return err
	}
	if len(stamps) > 0 {
		c.record(stamps)
	}
	head := c.headAfter(at, stamps)
	for _, e := range effects {
		c.guardedly(at, head, e)
	}
	if len(stamps) > 0 {
		c.show()
	}
	return nil
}

func (c *conversation) record(stamps []stamp.Stamp) {
	c.seq = c.board.deps.Sink.Record(stamps, c.sides)
	c.sides = nil
	c.stamps = append(c.stamps, stamps...)
}

// headAfter is the stamp that a step's moves of agents name as their cause: the
// step's last one, or the call's where the step had none.
func (c *conversation) headAfter(at stamp.Instant, stamps []stamp.Stamp) head {
	last, n := c.m.Head()
	if len(stamps) == 0 && last.Before(at) {
		last = at
	} else if len(stamps) > 0 {
		last = stateChange(stamps, last)
	}
	return head{last, n}
}

type head struct {
	at stamp.Instant
	n  uint64
}

// stateChange is the instant of the step's last stamp that is no observation.
func stateChange(stamps []stamp.Stamp, last stamp.Instant) stamp.Instant {
	for _, s := range slices.Backward(stamps) {
		switch s.Fact.(type) {
		case stamp.MediaFirstRx, stamp.DTMF, stamp.MediaSummary, stamp.MediaVoice:
		default:
			return s.Instant
		}
	}
	return last
}

// stop ends the conversation of a node that stops. A customer's leg that is
// still not confirmed as gone counts as gone; open wrap-ups stay open. A call
// without one is closed as soon as its sound is accounted for.
func (c *conversation) stop(at stamp.Instant) {
	if !c.m.Over() {
		c.take(at, call.LegGone{Leg: stamp.CustomerLeg, By: stamp.System}) //nolint:errcheck // never refused while the leg lives
	}
	c.stopping = true
}

// leave is the goroutine's end: nothing reaches the call any more, and who
// still waits for it is told.
func (c *conversation) leave() {
	if !c.over {
		c.over = true
		c.board.over()
	}
	c.tellSettled()
	c.board.remove(c.id)
	for _, m := range c.box.Close() {
		at, n := c.m.Head()
		switch in := m.in.(type) {
		case call.Found:
			c.move(head{at, n}, call.Presence{Seat: in.Seat, To: stamp.StateReady, Offer: in.Offer, End: stamp.OfferWithdrawn})
		case call.Matched:
			c.move(head{at, n}, call.Presence{Seat: in.Seat, To: stamp.StateReady, Offer: in.Offer, End: stamp.OfferCustomerGone})
		case call.Admitted:
			c.board.deps.Agents.Dequeue(c.id, in.Entry)
		case call.Reassign:
			if in.Seat != (call.Seat{}) {
				c.move(head{at, n}, call.Presence{Seat: in.Seat, To: stamp.StateReady})
			}
		}
	}
}
