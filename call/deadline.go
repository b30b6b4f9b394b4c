package call

import "github.com/callstamp/callstamp/kpi/stamp"

const (
	// announceUS is the longest an announcement may take, should media never
	// say that it ended.
	announceUS = 60_000_000
	// releaseUS is the longest a released leg may take to be gone: 64·T1, after
	// which every SIP transaction has ended (RFC 3261 §17), and a margin.
	releaseUS = 40_000_000
	// accountUS is how long a call that is over waits for the last account of
	// its sound, which as a rule comes within a millisecond.
	accountUS = 1_000_000
)

// due is one thing that happens by itself.
type due struct {
	at stamp.Instant
	do func(*turn)
}

// Deadline returns when the machine wants a Tick, if nothing happens before.
// It is part of the state: ask after every step.
func (m *Machine) Deadline() (stamp.Instant, bool) {
	d := m.s.due(m.Plan())
	return d.at, d.do != nil
}

// tick does what is due, the oldest first. A tick too early does nothing.
func tick(t *turn, _ Tick) error {
	for range 8 { // each round removes what was due; 8 is more than there can be
		d := t.s.due(t.plan)
		if d.do == nil {
			return nil
		}
		at := asOf(t.seen, d.at)
		if t.now().Before(at) {
			return nil
		}
		if at.Boot != t.seen.Boot {
			t.seen = at // nobody was there to see it: it came true at its time all the same
		}
		d.do(t)
		t.settle()
	}
	return nil
}

// asOf returns the instant at, of whatever boot, as the boot of now has it. What
// lies before that boot began stays as it is: the node was down then. An instant
// of an earlier boot must not lie among those of a later one, since only within
// a boot it is known how far two are apart.
func asOf(now, at stamp.Instant) stamp.Instant {
	mono := now.Mono - (now.At - at.At)
	if at.Boot >= now.Boot || mono < 0 {
		return at
	}
	return stamp.Instant{At: at.At, Mono: mono, Boot: now.Boot}
}

// due returns the earliest deadline of the state.
func (s *state) due(p *Plan) due {
	var first due
	consider := func(at stamp.Instant, do func(*turn)) {
		if !at.IsZero() && (first.do == nil || at.Before(first.at)) {
			first = due{at, do}
		}
	}
	for i := range s.segments {
		consider(s.segments[i].wrapDue(), wrapsDue)
	}
	if live.is(s.phase) {
		consider(s.askDue(p), askOver)
	}
	if p.MaxUS > 0 && live.is(s.phase) {
		consider(s.created.Add(p.MaxUS), tooLong)
	}
	switch s.phase {
	case stamp.PhaseDialing:
		consider(after(s.dialedAt(), p.RingUS), rangOut)
	case stamp.PhaseWaiting:
		consider(after(s.entry().entered, p.MaxWaitUS), waitedTooLong)
		consider(s.announceAt(p), announceDue)
		consider(s.callbackDue(), callbackUnanswered)
	case stamp.PhaseOffering:
		if e := s.entry(); e != nil {
			consider(after(e.entered, p.MaxWaitUS), waitedTooLong) // BEFORE the offers: a tie is not the agent's fault
		}
		s.considerOffers(consider)
	case stamp.PhaseConsulting:
		s.considerOffers(consider)
		consider(s.lostDue(p), lostOver)
	case stamp.PhaseConferencing:
		consider(s.lostDue(p), lostOver)
	case stamp.PhaseParked:
		consider(after(s.since, s.park.limitUS), parkOver)
	case stamp.PhaseConnecting:
		if s.customer().unproven() || s.leg(s.segment().leg).unproven() {
			consider(after(s.segment().bridged, p.NoAudioUS), noAudio)
		}
	case stamp.PhaseAlone:
		consider(s.leg(s.segment().leg).lost.Add(p.GraceUS), graceOver)
	case stamp.PhaseAnnouncing:
		consider(s.since.Add(announceUS), func(t *turn) { t.letGo(stamp.System, 0) })
	case stamp.PhaseReleasing:
		consider(s.since.Add(releaseUS), neverGone)
	case stamp.PhaseOver:
		if !s.wrapping() {
			consider(s.accountDue(), func(t *turn) {}) // what follows is settle's
		}
	}
	return first
}

func (s *state) considerOffers(consider func(stamp.Instant, func(*turn))) {
	for i := range s.offers {
		consider(s.offers[i].due(), offersDue)
	}
}

// after is us after at; a limit of 0 is no limit.
func after(at stamp.Instant, us int64) stamp.Instant {
	if us <= 0 {
		return stamp.Instant{}
	}
	return at.Add(us)
}

// dialedAt is when the line began to ring, as far as we know.
func (s *state) dialedAt() stamp.Instant {
	if sent := s.customer().sent; !sent.IsZero() {
		return sent
	}
	return s.created
}

// tooLong: the longest length of a call is reached.
func tooLong(t *turn) {
	_ = abort(t, Abort{By: stamp.System, Cause: stamp.Cause{Text: "max_length"}}) // never illegal in a live phase
}

// neverGone: the network did not answer our release; the leg is given up.
func neverGone(t *turn) {
	t.customerGone(LegGone{Leg: stamp.CustomerLeg, By: stamp.Network}, false)
}
