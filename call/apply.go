package call

import (
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// apply makes a stamp true. It is the only code that changes a call, it can't
// fail, and it decides nothing: it may look at nothing but state and stamp.
func (s *state) apply(x stamp.Stamp) {
	s.n = x.N
	if s.n == 1 || s.last.Before(x.Instant) {
		s.last = x.Instant
	}
	before := s.phase
	if x.Phase != "" && x.Phase != s.phase {
		s.phase, s.since = x.Phase, x.Instant
	}
	s.marks = append(s.marks, Mark{
		N: x.N, At: x.At, Kind: x.Kind(), Phase: x.Phase, Actor: x.Actor, Leg: legOf(x.Fact),
	})
	s.applyTape(x)
	s.applyMic(x.Fact)
	switch f := x.Fact.(type) {
	case stamp.CallCreated:
		s.created, s.direction, s.trunk = x.Instant, f.Direction, f.Trunk
		s.party, s.campaign, s.lead = f.Party, f.Campaign, f.Lead
		s.legs = append(s.legs, leg{no: stamp.CustomerLeg})
	case stamp.CallReleased:
		s.estimated = f.Estimated
	case stamp.QueueEntered, stamp.QueueExited, stamp.QueuePosition, stamp.QueueAnnounced, stamp.QueueAnnounceEnded,
		stamp.CallbackOffered, stamp.CallbackDeclined, stamp.CallbackRequested,
		stamp.OfferCreated, stamp.OfferRingStarted, stamp.OfferAccepted, stamp.OfferEnded:
		s.applyQueue(x)
	case stamp.DialAttemptStarted, stamp.DialReassigned, stamp.DialRouteAdvanced, stamp.DialHuman, stamp.DialAbandoned, stamp.DialResult:
		s.applyDial(x)
	case stamp.CallRouted, stamp.QueueRefused, stamp.IVREntered, stamp.IVRNode, stamp.IVRInput, stamp.IVRExited:
		s.applyFront(x)
	case stamp.ConsultStarted, stamp.ConsultAnswered, stamp.ConsultEnded, stamp.TransferStarted, stamp.TransferCompleted,
		stamp.TransferFailed, stamp.ConferenceJoined, stamp.ConferenceLeft, stamp.ParkStarted, stamp.ParkEnded:
		s.applyAsk(x)
	case stamp.SurveyOffered, stamp.SurveyAccepted, stamp.SurveyDeclined, stamp.SurveySuppressed, stamp.SurveyAsked,
		stamp.SurveyResponded, stamp.SurveyInvalid, stamp.SurveyNoInput, stamp.SurveyEnded:
		s.applySurvey(x)
	default:
		s.applyLeg(x, before)
		s.applySegment(x)
	}
	if x.Phase == stamp.PhaseAnnouncing {
		s.play = int(x.N) //nolint:gosec // a call has few stamps
	}
}

func (s *state) applyLeg(x stamp.Stamp, before string) {
	l := s.leg(legOf(x.Fact))
	if l == nil {
		return
	}
	switch f := x.Fact.(type) {
	case stamp.LegInviteSent:
		l.sent = x.Instant
	case stamp.LegRinging:
		l.rang, l.early = true, l.early || f.Early
	case stamp.LegAnswered:
		l.answered, l.codec = true, f.Codec
	case stamp.LegRejected:
		l.rejected = f.Code
		s.customerEnds(l, x.Actor, before)
	case stamp.LegCancelled:
		l.cancelled = true
		s.customerEnds(l, f.By, before)
	case stamp.LegEnded:
		l.ended = true
		s.customerEnds(l, f.By, before)
	case stamp.LegLost:
		l.lost, l.heard = x.Instant, false
	case stamp.LegBack:
		l.lost = stamp.Instant{}
	case stamp.MediaFirstRx:
		l.heard, l.silent = true, false
	case stamp.MediaNoAudio:
		l.silent = true
	case stamp.MediaSummary:
		l.accounted = true
	}
}

// customerEnds keeps who ended the customer's leg first, and in which phase.
func (s *state) customerEnds(l *leg, by stamp.Actor, before string) {
	if l.no == stamp.CustomerLeg && s.prePhase == "" {
		s.endedBy, s.prePhase = by, before
	}
}

func (s *state) applyQueue(x stamp.Stamp) {
	switch f := x.Fact.(type) {
	case stamp.QueueEntered:
		s.refused, s.hops = "", s.hops+1
		s.entries = append(s.entries, entry{no: f.Entry, queue: f.Queue, entered: x.Instant})
		s.play = int(x.N) //nolint:gosec // a call has few stamps
		s.taken()
	case stamp.QueuePosition:
		e := &s.entries[f.Entry-1]
		e.position, e.estUS = f.Position, f.EstUS
	case stamp.QueueAnnounced:
		e := &s.entries[f.Entry-1]
		e.announced, e.announcing = x.Instant, true
		s.play = int(x.N) //nolint:gosec // a call has few stamps
	case stamp.CallbackOffered:
		s.entries[f.Entry-1].asked = x.Instant
		s.play = int(x.N) //nolint:gosec // a call has few stamps
	case stamp.CallbackDeclined:
		s.entries[f.Entry-1].asked = stamp.Instant{}
	case stamp.CallbackRequested:
		s.entries[f.Entry-1].asked = stamp.Instant{}
	case stamp.QueueAnnounceEnded:
		s.entries[f.Entry-1].announcing = false
	case stamp.QueueExited:
		s.entries[f.Entry-1].exit = f.Reason
	case stamp.OfferCreated:
		s.offers = append(s.offers, offer{id: f.Offer, seat: Seat{f.Agent, f.Session}, created: x.Instant, limitUS: f.LimitUS, why: f.Why})
		if f.Ask != 0 {
			s.ask.offer = f.Offer
		}
	case stamp.OfferRingStarted:
		s.offer(f.Offer).rings = x.Instant
	case stamp.OfferAccepted:
		s.forget(f.Offer)
	case stamp.OfferEnded:
		s.forget(f.Offer)
	}
}

// applyFront: the menu that a call is in is left with the menus.
func (s *state) applyFront(x stamp.Stamp) {
	switch f := x.Fact.(type) {
	case stamp.CallRouted:
		s.to, s.hops = Destination{DestinationKind(f.To), f.ID}, s.hops+1
	case stamp.QueueRefused:
		s.refused, s.hops = f.Reason, s.hops+1
	case stamp.IVREntered:
		s.menu, s.menus, s.hops = f.Menu, s.menus+1, s.hops+1
	case stamp.IVRNode:
		s.menu = f.Menu
	case stamp.IVRExited:
		s.menu = ""
	}
}

func (s *state) forget(id stamp.ID) {
	s.offers = slices.DeleteFunc(s.offers, func(o offer) bool { return o.id == id })
	if s.ask.offer == id {
		s.ask.offer = ""
	}
}

func (s *state) applySegment(x stamp.Stamp) {
	switch f := x.Fact.(type) {
	case stamp.SegmentOpened:
		s.openSegment(x.Instant, f)
	case stamp.SegmentConnected:
		s.segments[f.Segment-1].connected = x.Instant
	case stamp.SegmentEnded:
		s.segments[f.Segment-1].ended = true
		s.ask.left = s.ask.left || s.ask.segment == f.Segment
	case stamp.HoldStarted:
		s.applyHold(x.Actor, f, true)
	case stamp.HoldEnded:
		s.applyHold(x.Actor, stamp.HoldStarted(f), false)
	case stamp.MuteStarted:
		s.segments[f.Segment-1].muted = true
	case stamp.MuteEnded:
		s.segments[f.Segment-1].muted = false
	case stamp.WrapStarted:
		w := wrap{open: true, needed: f.Required, code: f.Code, pause: f.Pause}
		if f.MostUS > 0 {
			w.most = x.Add(f.MostUS)
		}
		if f.LimitUS > 0 {
			w.until = x.Add(f.LimitUS)
		}
		s.segments[f.Segment-1].wrap = w
	case stamp.WrapExtended:
		w := &s.segments[f.Segment-1].wrap
		w.until = w.until.Add(f.ByUS)
	case stamp.WrapEnded:
		s.segments[f.Segment-1].wrap.open = false
	case stamp.DispositionSet:
		s.segments[f.Segment-1].disposition = f.Code
	case stamp.NoteSaved:
		s.segments[f.Segment-1].note = f.Note
	}
}

func (s *state) openSegment(at stamp.Instant, f stamp.SegmentOpened) {
	s.segments = append(s.segments, segment{
		no: f.Segment, seat: Seat{f.Agent, f.Session}, leg: f.Leg, offer: f.Offer, queue: f.Queue, opened: at,
	})
	s.legs = append(s.legs, leg{no: f.Leg, agent: f.Agent})
	s.dial.seat = Seat{}
	if f.Via != stamp.ViaConsult {
		s.hops = 0 // an agent breaks any loop
		s.taken()
		s.given = given{}
		s.bridge(at, f.Segment, f.Leg)
	}
}

// applyHold: what the customer says of the hold is their leg's, and outlives
// the agent's part in which it was said.
func (s *state) applyHold(said stamp.Actor, f stamp.HoldStarted, on bool) {
	if f.By == stamp.Customer && said == stamp.Customer {
		s.customer().holds = on
	}
	if f.Segment > 0 {
		s.segments[f.Segment-1].hold(f.By, on)
	}
}

func (g *segment) hold(by stamp.Actor, on bool) {
	if by == stamp.Agent {
		g.holdAgent = on
	} else {
		g.holdRemote = on
	}
}

func (s *state) applyDial(x stamp.Stamp) {
	switch f := x.Fact.(type) {
	case stamp.DialAttemptStarted:
		s.dial.attempt, s.dial.seat, s.dial.tries = f.Attempt, Seat{f.Agent, f.Session}, 1
	case stamp.DialReassigned:
		s.dial.former = append(s.dial.former, s.dial.seat)
		s.dial.seat = Seat{f.Agent, f.Session}
	case stamp.DialRouteAdvanced:
		s.dial.tries, s.trunk = f.Try, f.To
		c := s.customer()
		c.sent, c.rang = stamp.Instant{}, false
	case stamp.DialHuman:
		s.dial.answered = true
	case stamp.DialAbandoned:
		s.dial.dropped = true
	case stamp.DialResult:
		s.dial.result = f.Result
	}
}

// legOf returns the leg that a fact is about, 0 for none.
func legOf(f stamp.Fact) stamp.LegNo {
	switch f := f.(type) {
	case stamp.LegInviteReceived:
		return f.Leg
	case stamp.LegInviteSent:
		return f.Leg
	case stamp.LegRinging:
		return f.Leg
	case stamp.LegAnswered:
		return f.Leg
	case stamp.LegRejected:
		return f.Leg
	case stamp.LegCancelled:
		return f.Leg
	case stamp.LegLost:
		return f.Leg
	case stamp.LegBack:
		return f.Leg
	case stamp.LegEnded:
		return f.Leg
	case stamp.MediaFirstRx:
		return f.Leg
	case stamp.MediaNoAudio:
		return f.Leg
	case stamp.MediaRTPTimeout:
		return f.Leg
	case stamp.MediaResumed:
		return f.Leg
	case stamp.MediaSummary:
		return f.Leg
	case stamp.DTMF:
		return f.Leg
	}
	return 0
}
