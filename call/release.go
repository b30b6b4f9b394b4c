package call

import "github.com/callstamp/callstamp/kpi/stamp"

// ending says how the open parts of a call end together.
type ending struct {
	by     stamp.Actor
	offer  stamp.OfferEnd
	exit   stamp.ExitReason
	survey string
}

// closeParts ends everything that is open but the customer's leg.
func (t *turn) closeParts(e ending) {
	if t.s.survey.open {
		t.closeSpeech(e.survey)
		t.say(e.by, stamp.SurveyEnded{Segment: t.s.survey.segment, End: e.survey})
		t.do(StopDialogue{})
	}
	t.closeAsk(e.by)
	t.closePark(e.by)
	t.dropThird(e.by)
	if t.s.menu != "" {
		t.say(e.by, stamp.IVRExited{Menu: t.s.menu, End: e.survey})
		t.do(StopDialogue{})
	}
	t.endOffers("", e.offer)
	t.exit("", e.by, e.exit)
	for g := t.s.segment(); g != nil; g = t.s.segment() {
		t.endPart(g, "", e.by)
	}
}

// letGo ends the customer's leg by what fits its state and says so by the fact
// that fits. Ordering it twice is allowed. A line that was dialed for an agent
// gives the agent back at once.
func (t *turn) letGo(by stamp.Actor, code int) {
	dialing := t.s.phase == stamp.PhaseDialing
	switch c := t.s.customer(); {
	case c.gone():
	case c.answered:
		t.begin(stamp.PhaseReleasing, by, stamp.LegEnded{Leg: c.no, By: by})
	case t.s.direction == stamp.Out:
		t.begin(stamp.PhaseReleasing, by, stamp.LegCancelled{Leg: c.no, By: by})
	default:
		t.begin(stamp.PhaseReleasing, by, stamp.LegRejected{Leg: c.no, Code: code})
	}
	t.do(Release{Leg: stamp.CustomerLeg, Code: code})
	if dialing {
		t.freeReserved()
	}
}

// legGone: the customer's leg is no more, by our release or theirs.
func legGone(t *turn, in LegGone) error {
	if in.Leg != stamp.CustomerLeg {
		return nil
	}
	t.customerGone(in, false)
	return nil
}

func (t *turn) customerGone(in LegGone, estimated bool) {
	c, wait := t.s.customer(), t.lostWait()
	ringing := t.s.phase == stamp.PhaseDialing
	if in.Cancelled && !c.gone() {
		t.say(in.By, stamp.LegCancelled{Leg: c.no, By: in.By})
	}
	if !c.ended {
		t.say(in.By, stamp.LegEnded{Leg: c.no, By: in.By})
	}
	t.because(0, in.Cause)
	if estimated {
		t.stopTape(stamp.RecordedCutOff)
	}
	end := ending{by: in.By, offer: stamp.OfferCustomerGone, exit: wait, survey: "hung_up"}
	if estimated {
		end = ending{by: stamp.System, offer: stamp.OfferWithdrawn, exit: stamp.ExitSystemFailure, survey: "failed"}
	}
	t.closeParts(end)
	t.result(t.s.unansweredResult(), 0)
	t.begin(stamp.PhaseOver, t.s.endedBy, stamp.CallReleased{EndedBy: t.s.endedBy, PrePhase: t.s.prePhase, Estimated: estimated})
	if ringing {
		t.freeReserved()
	}
}

// abort ends the call from outside the parties.
func abort(t *turn, in Abort) error {
	exit := stamp.ExitClosed
	if in.By == stamp.System && in.Cause.Text != Drain {
		exit = stamp.ExitSystemFailure
	}
	code := in.Cause.Code
	if code < 300 {
		code = 503
	}
	t.closeParts(ending{by: in.By, offer: stamp.OfferWithdrawn, exit: exit, survey: "failed"})
	t.letGo(in.By, code)
	t.because(0, in.Cause)
	return nil
}

// Drain is the cause text of an Abort because the node stops.
const Drain = "drain"

// abortWraps ends after-call work that nobody will finish.
func abortWraps(t *turn, _ Abort) error {
	t.endWraps("system")
	return nil
}

// effectFailed: an order could not be carried out.
func effectFailed(t *turn, in EffectFailed) error {
	effect := in.Effect
	if d, ok := effect.(Durably); ok {
		effect = d.Effect
	}
	switch e := effect.(type) {
	case Ring, Answer:
		return inviteFailed(t, Invite{Leg: stamp.CustomerLeg})
	case Redial:
		t.redialFailed()
	case Mix:
		return mixFailed(t)
	case Open:
		return openFailed(t, e)
	case Invite:
		return inviteFailed(t, e)
	case Record, Announce:
		tapeFailed(t, e)
	case Play:
		return playFailed(t, PlayDone{Play: e.Play})
	case StartMenu:
		if t.s.phase == stamp.PhaseMenu {
			return menuLeft(t, MenuLeft{End: "failed"})
		}
	case StartDialogue:
		if t.s.phase == stamp.PhaseSurveying {
			return dialogueEnded(t, DialogueEnded{End: "failed"})
		}
	}
	return nil
}

// inviteFailed: the leg can't even begin.
func inviteFailed(t *turn, e Invite) error {
	switch {
	case e.Leg != stamp.CustomerLeg:
		return openFailed(t, Open{Leg: e.Leg})
	case going.is(t.s.phase):
		t.customerGone(LegGone{Leg: stamp.CustomerLeg, By: stamp.System}, false)
	}
	return nil
}

// mixFailed: a leg that should be heard isn't there.
func mixFailed(t *turn) error {
	switch t.s.phase {
	case stamp.PhaseConnecting, stamp.PhaseTalking, stamp.PhaseHeld:
		return seatLost(t, SeatLost{Agent: t.s.segment().seat.Agent})
	case stamp.PhaseConsulting:
		t.endConsult(stamp.AskFailed, stamp.System)
	case stamp.PhaseConferencing, stamp.PhaseOutside:
		t.closeParts(ending{by: stamp.System, offer: stamp.OfferWithdrawn, exit: stamp.ExitSystemFailure, survey: "failed"})
		t.letGo(stamp.System, 0)
	}
	return nil
}

// playFailed: what can't be played is over.
func playFailed(t *turn, in PlayDone) error {
	switch {
	case queued.is(t.s.phase):
		return welcomeDone(t, in)
	case t.s.phase == stamp.PhaseAnnouncing:
		return announcementDone(t, in)
	}
	return nil
}
