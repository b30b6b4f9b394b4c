package call

import "github.com/callstamp/callstamp/kpi/stamp"

// openSegment begins an agent's part: the leg, the bridge, the wait for sound.
func (t *turn) openSegment(f stamp.SegmentOpened) {
	f.Segment = stamp.SegmentNo(len(t.s.segments) + 1)
	f.Leg = stamp.LegNo(len(t.s.legs) + 1)
	f.Campaign = t.plan.Campaign
	f.WrapUS, f.WrapRequired = t.plan.WrapUS, t.plan.WrapNeeded
	t.begin(stamp.PhaseConnecting, stamp.Agent, f)
	t.say(stamp.Agent, stamp.LegAnswered{Leg: f.Leg, Role: RoleAgent, Agent: f.Agent})
	g := t.s.segment()
	if t.s.customer().holds {
		t.say(stamp.System, stamp.HoldStarted{Segment: g.no, By: stamp.Customer})
	}
	t.bridge(g)
	t.do(Presence{Seat: g.seat, To: stamp.StateConnecting, Offer: f.Offer, Segment: f.Segment})
}

func (t *turn) bridge(g *segment) {
	t.do(together(t.s.customer(), t.s.leg(g.leg)))
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

// sound stamps that a leg of the open segment is heard.
func (t *turn) sound(no stamp.LegNo) bool {
	g := t.s.segment()
	if no != stamp.CustomerLeg && no != g.leg {
		return false
	}
	t.saw(t.side(no), stamp.MediaFirstRx{Leg: no})
	return true
}

// side names the party behind a leg.
func (t *turn) side(no stamp.LegNo) stamp.Actor {
	if no == stamp.CustomerLeg {
		return stamp.Customer
	}
	return stamp.Agent
}

// connectIfHeard begins the talk when both sides have been heard since they
// were bridged.
func (t *turn) connectIfHeard() {
	g := t.s.segment()
	if !g.connected.IsZero() || !t.s.customer().heard || !t.s.leg(g.leg).heard {
		return
	}
	t.begin(g.speaking(), stamp.System, stamp.SegmentConnected{
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

// digit: that a key was pressed, never which.
func digit(t *turn, in Digit) error {
	if t.s.leg(in.Leg) != nil {
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
