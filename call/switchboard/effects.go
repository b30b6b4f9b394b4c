package switchboard

import (
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/ivr"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// carryOut does one effect. None waits: what comes of it is posted. One that
// fails comes back as an input after the step's other effects.
func (c *conversation) carryOut(at stamp.Instant, h head, e call.Effect) {
	d := &c.board.deps
	switch e := e.(type) {
	case call.Durably:
		c.durably(func(at stamp.Instant) { c.carryOut(at, h, e.Effect) })
	case call.Presence:
		c.move(h, e)
	case call.Enqueue:
		p := c.m.Plan()
		d.Agents.Enqueue(call.Waiting{
			Call: c.id, Entry: e.Entry, Queue: e.Queue, Since: e.Since, Stay: e.Stay, OfferUS: p.OfferUS,
			HeadStartUS: p.Head, VIP: p.VIP, Prefer: p.Prefer,
		})
	case call.Admit:
		d.Agents.Admit(call.Knock{Call: c.id, Entry: e.Entry, Queue: e.Queue, MaxSize: e.MaxSize, Join: e.Join})
	case call.Seek:
		d.Agents.Seek(call.Sought{Call: c.id, Ask: e.Ask, Agent: e.Agent, Queue: e.Queue, Since: e.Since, OfferUS: e.LimitUS})
	case call.Unseek:
		d.Agents.Dequeue(c.id, 0)
	case call.Dequeue:
		d.Agents.Dequeue(c.id, e.Entry)
	case call.RingDesk:
		c.ring(e.Seat, e.Offer, untilOf(h.at, e.LimitUS))
	case call.Unring:
		d.Desk.Unring(e.Seat, e.Offer, e.End)
	case call.Mix:
		c.check(at, e, d.Voice.Mix(c.id, e.Ears))
	case call.Music:
		c.check(at, e, d.Voice.Music(c.id, e.Leg, e.Name))
	case call.Play:
		c.check(at, e, d.Voice.Play(c.id, e.Leg, e.Play, e.Language, e.Prompts))
	case call.Part:
		d.Voice.Part(c.id, e.Leg)
	case call.StartDialogue:
		c.later = append(c.later, func() { c.startDialogue(at, e) })
	case call.StartMenu:
		c.later = append(c.later, func() { c.startMenu(at, e) })
	case call.StopDialogue:
		c.dialogue = nil
	default:
		if !c.recording(at, e) {
			c.signal(at, e)
		}
	}
}

// recording does the effects on what is recorded; false: e is none of them.
func (c *conversation) recording(at stamp.Instant, e call.Effect) bool {
	d := c.board.deps.Recorder
	switch e := e.(type) {
	case call.Announce:
		c.check(at, e, d.Announce(c.id, e.Play, e.Language, e.Prompts))
	case call.Record:
		err := d.Record(c.id, e)
		if c.check(at, e, err); err != nil && e.Kind == stamp.RecordingAnswer {
			c.later = append(c.later, func() { c.hear(at, ivr.SpeechOver{}) })
		}
	case call.PauseRecord:
		d.PauseRecord(c.id, e.No, e.On)
	case call.StopRecord:
		d.StopRecord(c.id, e.No, e.Why)
	default:
		return false
	}
	return true
}

// signal does the effects on the lines.
func (c *conversation) signal(at stamp.Instant, e call.Effect) {
	if again, ok := e.(call.Redial); ok {
		c.redial(at, again)
		return
	}
	if c.signalParty(at, e) {
		return
	}
	if c.leg == nil {
		c.withoutLeg(at, e)
		return
	}
	switch e := e.(type) {
	case call.Forsake:
		c.forsake()
	case call.Ring:
		c.leg.Ring()
	case call.Answer:
		c.leg.Answer()
	case call.Invite:
		c.line.Invite()
	case call.SignalHold:
		c.leg.Hold(e.On)
	case call.Release:
		c.released = true
		c.leg.Release(e.Code)
	}
}

// withoutLeg answers for a line that could not be opened: it can't be sent, and
// released it is gone.
func (c *conversation) withoutLeg(at stamp.Instant, e call.Effect) {
	switch e := e.(type) {
	case call.Invite:
		c.failed(at, e, "no line")
	case call.Release:
		c.released = true
		c.takeLater(at, call.LegGone{Leg: stamp.CustomerLeg, By: stamp.System})
	}
}

// durably does something once all that was recorded is fsynced, and not at all
// once the leg is released. The mailbox is served meanwhile.
func (c *conversation) durably(do func(at stamp.Instant)) {
	c.board.deps.Sink.Durable(c.seq, func() {
		c.box.Put(message{at: c.board.deps.Clock.Now(), do: func(c *conversation, at stamp.Instant) {
			if !c.released {
				do(at)
			}
		}})
	})
}

// check brings a failure back as an input.
func (c *conversation) check(at stamp.Instant, e call.Effect, err error) {
	if err != nil {
		c.failed(at, e, err.Error())
	}
}

func (c *conversation) failed(at stamp.Instant, e call.Effect, why string) {
	c.board.deps.Log.Warn("effect failed", "call_id", c.id, "effect", e, "err", why)
	c.takeLater(at, call.EffectFailed{Effect: e, Err: why})
}

// takeLater gives the machine an input after the effects of this step.
func (c *conversation) takeLater(at stamp.Instant, in call.Input) {
	c.later = append(c.later, func() {
		if err := c.take(at, in); err != nil {
			c.board.deps.Log.Error("own input refused", "call_id", c.id, "err", err)
		}
	})
}

// move tells the Floor what the call makes of an agent, with the call's stamp
// as cause and instant.
func (c *conversation) move(h head, p call.Presence) {
	c.board.deps.Agents.Move(call.Move{
		Seat: p.Seat, To: p.To, At: h.at, Call: c.id, Offer: p.Offer, End: p.End, Segment: p.Segment, Pause: p.Pause, Rest: p.Rest, Queue: c.m.Plan().Queue,
		Cause: stamp.Cause{Subject: &stamp.Subject{Kind: stamp.SubjectCall, ID: c.id}, N: h.n},
	})
}

// untilOf is us after at; a limit of 0 is no limit.
func untilOf(at stamp.Instant, us int64) stamp.Instant {
	if us <= 0 {
		return stamp.Instant{}
	}
	return at.Add(us)
}
