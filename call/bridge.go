package call

import "github.com/callstamp/callstamp/kpi/stamp"

// openSegment begins an agent's part: the leg, the bridge, the wait for sound.
func (t *turn) openSegment(f stamp.SegmentOpened) {
	if from := t.s.given.from; from != 0 && f.Via == "" {
		f.Via, f.From = stamp.ViaBlind, from
	}
	t.opened(stamp.PhaseConnecting, f, RoleAgent)
	g := t.s.segment()
	if t.s.customer().holds {
		t.say(stamp.System, stamp.HoldStarted{Segment: g.no, By: stamp.Customer})
	}
	t.mix()
	t.do(Presence{Seat: g.seat, To: stamp.StateConnecting, Offer: f.Offer, Segment: g.no})
}

// opened stamps the beginning of an agent's part, and that its leg is there.
func (t *turn) opened(phase string, f stamp.SegmentOpened, role string) {
	f.Segment = stamp.SegmentNo(len(t.s.segments) + 1)
	f.Leg = stamp.LegNo(len(t.s.legs) + 1)
	f.Campaign = t.plan.Campaign
	f.WrapUS, f.WrapRequired = t.plan.WrapUS, t.plan.WrapNeeded
	f.WrapMostUS, f.WrapCode, f.WrapPause = t.plan.Wrap.MostUS, t.plan.Wrap.Code, t.plan.Wrap.Pause
	t.begin(phase, stamp.Agent, f)
	t.say(stamp.Agent, stamp.LegAnswered{Leg: f.Leg, Role: role, Agent: f.Agent})
}

// mix lets those hear each other who do so in the call as it stands.
func (t *turn) mix() {
	s, c := t.s, t.s.customer()
	switch g := s.segment(); s.phase {
	case stamp.PhaseConsulting:
		if s.ask.answered {
			t.do(together(s.leg(g.leg), s.consulted()))
		}
	case stamp.PhaseConferencing:
		t.do(together(c, s.leg(g.leg), s.leg(s.third)))
	case stamp.PhaseOutside:
		t.do(together(c, s.leg(s.third)))
	case stamp.PhaseAlone:
		t.do(Music{Leg: c.no, Name: t.plan.Music})
	default:
		t.do(together(c, s.leg(g.leg)))
	}
}

// consulted is the leg of who answered the ask under way.
func (s *state) consulted() *leg {
	if s.ask.leg != 0 {
		return s.leg(s.ask.leg)
	}
	return s.leg(s.second().leg)
}

// firstRxConnecting: with sound from both sides the talk begins.
func firstRxConnecting(t *turn, in FirstRx) error {
	if t.sound(in.Leg) {
		t.connectIfHeard()
	}
	return nil
}

// firstRxSeen: after a hold or a gap the sides are bridged anew.
func firstRxSeen(t *turn, in FirstRx) error {
	t.sound(in.Leg)
	return nil
}

// firstRxAlone: the returned agent is heard. What a page sent before it was
// lost may arrive late and is no return.
func firstRxAlone(t *turn, in FirstRx) error {
	g := t.s.segment()
	if in.Leg == g.leg && t.seen.Before(t.s.leg(g.leg).lost) {
		return nil
	}
	if t.sound(in.Leg) && in.Leg == g.leg {
		t.back(g)
	}
	return nil
}

// firstRxShared: everybody who takes part is heard anew. An agent who came into
// a conference has the customer from the first sound of both on.
func firstRxShared(t *turn, in FirstRx) error {
	if !t.sound(in.Leg) {
		return nil
	}
	if g := t.s.second(); g != nil && t.s.phase == stamp.PhaseConferencing {
		t.connect(g, "")
	}
	return nil
}

// sound stamps that a leg of somebody who takes part is heard.
func (t *turn) sound(no stamp.LegNo) bool {
	l := t.s.leg(no)
	if l == nil || l.gone() {
		return false
	}
	t.saw(t.side(no), stamp.MediaFirstRx{Leg: no})
	return true
}

// side names the party behind a leg.
func (t *turn) side(no stamp.LegNo) stamp.Actor {
	switch {
	case no == stamp.CustomerLeg:
		return stamp.Customer
	case t.s.leg(no).line:
		return stamp.Outside
	}
	return stamp.Agent
}

// connectIfHeard begins the talk when both sides have been heard since they
// were bridged.
func (t *turn) connectIfHeard() {
	g := t.s.segment()
	t.connect(g, g.speaking())
}

// connect begins the agent's talk, and with it a phase, "" for none.
func (t *turn) connect(g *segment, phase string) {
	if !g.connected.IsZero() || !t.s.customer().heard || !t.s.leg(g.leg).heard {
		return
	}
	t.begin(phase, stamp.System, stamp.SegmentConnected{
		Segment: g.no, Agent: g.seat.Agent, WaitUS: t.s.waited(t.now()),
	})
	t.exit("", stamp.Agent, stamp.ExitConnected)
	t.result("connected", 0)
	t.do(Presence{Seat: g.seat, To: stamp.StateTalking, Segment: g.no})
}

// noAudio: a side has sent nothing since it was bridged.
func noAudio(t *turn) {
	for _, no := range [2]stamp.LegNo{stamp.CustomerLeg, t.s.segment().leg} {
		if t.s.leg(no).unproven() {
			t.say(stamp.System, stamp.MediaNoAudio{Leg: no})
		}
	}
}

// silent: packets were promised and did not come. A silent customer is gone
// without a word; an agent's silence is SeatLost's business.
func silent(t *turn, in Silent) error {
	if t.s.leg(in.Leg) == nil {
		return nil
	}
	t.say(stamp.System, stamp.MediaRTPTimeout{Leg: in.Leg, LastRxAgo: in.AgoUS})
	if l := t.s.leg(in.Leg); l.line && t.plan.SilenceUS > 0 && in.AgoUS >= t.plan.SilenceUS {
		t.do(Release{Leg: in.Leg}) // what comes of it is partyGone's
	}
	if in.Leg != stamp.CustomerLeg || !t.s.customer().answered || t.plan.SilenceUS <= 0 || in.AgoUS < t.plan.SilenceUS {
		return nil
	}
	from := len(t.stamps)
	t.closeParts(ending{by: stamp.System, offer: stamp.OfferCustomerGone, exit: t.lostWait(), survey: "hung_up"})
	t.letGo(stamp.System, 0)
	t.because(from, stamp.Cause{Proto: "rtp", Text: "silence"})
	return nil
}

func resumed(t *turn, in Resumed) error {
	if t.s.leg(in.Leg) != nil {
		t.say(t.side(in.Leg), stamp.MediaResumed(in))
	}
	return nil
}

// digit: that a key was pressed, never which; and not even that while the
// recording is paused, when the digits of a card may be counted.
func digit(t *turn, in Digit) error {
	if t.s.leg(in.Leg) != nil && !t.s.tape.paused {
		t.saw(t.side(in.Leg), stamp.DTMF{Leg: in.Leg, DurationUS: in.For.Microseconds()})
	}
	return nil
}

// digitQueued: some keys are a way out of the queue.
func digitQueued(t *turn, in Digit) error {
	if err := digit(t, in); err != nil || in.Leg != stamp.CustomerLeg {
		return err
	}
	t.pressed(in.Digit)
	return nil
}

func summary(t *turn, in Summary) error {
	if t.s.leg(in.Stats.Leg) != nil {
		t.saw(stamp.System, in.Stats)
	}
	return nil
}
