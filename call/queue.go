package call

import "github.com/callstamp/callstamp/kpi/stamp"

// enter places the call in its queue. The first entry's instant is the call's
// place in the line for as long as it lives.
func (t *turn) enter() {
	first := len(t.s.entries) == 0
	t.begin(stamp.PhaseWaiting, stamp.System, stamp.QueueEntered{
		Entry: stamp.EntryNo(len(t.s.entries) + 1), Queue: t.plan.Queue, First: first, TargetUS: t.plan.TargetUS,
		HeadStartUS: t.plan.Head, VIP: t.plan.VIP, Prefer: t.plan.Prefer,
	})
	if t.s.customer().answered {
		t.music(first)
	}
	t.enqueue()
}

// music is what a waiting customer hears: once the welcome, then music.
func (t *turn) music(welcome bool) {
	if welcome && t.plan.Welcome != "" {
		t.do(t.announce(t.plan.Welcome))
		return
	}
	t.do(Music{Leg: stamp.CustomerLeg, Name: t.plan.Music})
}

// announce plays a prompt under the number of the stamp that began it.
func (t *turn) announce(prompt string) Effect {
	return Play{Leg: stamp.CustomerLeg, Play: t.s.play, Language: t.plan.Language, Prompts: []string{prompt}}
}

func (t *turn) enqueue() {
	e := t.s.entry()
	t.do(Enqueue{Entry: e.no, Queue: e.queue, Since: t.s.entries[0].entered, Stay: t.plan.Stay})
}

// exit ends the open stay in the queue, if there is one.
func (t *turn) exit(phase string, by stamp.Actor, reason stamp.ExitReason) {
	e := t.s.entry()
	if e == nil {
		return
	}
	if queued.is(t.s.phase) {
		t.do(Dequeue{Entry: e.no})
	}
	t.begin(phase, by, stamp.QueueExited{Entry: e.no, Queue: e.queue, Reason: reason, WaitUS: t.s.waited(t.now())})
}

// lostWait says how a wait is counted that the customer ends now.
func (t *turn) lostWait() stamp.ExitReason {
	switch waited := t.s.waited(t.now()); {
	case t.s.unheard():
		return stamp.ExitSystemFailure
	case waited < t.plan.ShortUS:
		return stamp.ExitAbandonedShort
	case t.s.phase == stamp.PhaseWaiting:
		return stamp.ExitAbandoned
	case bridged.is(t.s.phase):
		return stamp.ExitAbandonedAtWhisper
	}
	return stamp.ExitAbandonedAtOffer
}

// unheard reports whether an agent took part and a side sent no sound.
func (s *state) unheard() bool {
	g := s.segment()
	return g != nil && g.connected.IsZero() && (s.legs[0].silent || s.leg(g.leg).silent)
}

// welcomeDone: after the welcome, or an announcement, comes the music.
func welcomeDone(t *turn, in PlayDone) error {
	if in.Play != t.s.play {
		return nil
	}
	if e := t.s.entry(); e != nil && e.announcing {
		t.say(stamp.System, stamp.QueueAnnounceEnded{Entry: e.no})
	}
	t.music(false)
	return nil
}

// announcementDone: the customer has heard why, and is let go.
func announcementDone(t *turn, in PlayDone) error {
	if in.Play == t.s.play {
		t.letGo(stamp.System, 0)
	}
	return nil
}

// waitedTooLong: nobody has taken the call in time; who is being rung need not
// take it any more.
func waitedTooLong(t *turn) {
	t.endOffers("", stamp.OfferWithdrawn)
	if to := t.plan.Overflow; !to.IsZero() {
		reason := stamp.ExitTimeout
		if to.Serves() {
			reason = stamp.ExitOverflow
		}
		t.exit(stamp.PhaseArriving, stamp.System, reason)
		t.lead(to)
		return
	}
	if t.plan.TimeoutMsg == "" || !t.s.customer().answered {
		t.exit("", stamp.System, stamp.ExitTimeout)
		t.letGo(stamp.System, 480)
		return
	}
	t.exit(stamp.PhaseAnnouncing, stamp.System, stamp.ExitTimeout)
	t.do(t.announce(t.plan.TimeoutMsg))
}
