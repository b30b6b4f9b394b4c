package call

import (
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

func (s *state) applyAsk(x stamp.Stamp) {
	switch f := x.Fact.(type) {
	case stamp.ConsultStarted:
		s.begin(x.Instant, asking{no: f.Ask, kind: askConsult, segment: f.Segment, target: f.Target, leg: f.Leg})
	case stamp.ConsultAnswered:
		s.ask.answered = true
	case stamp.ConsultEnded:
		if !slices.Contains([]stamp.AskEnd{stamp.AskTransferred, stamp.AskConferenced, stamp.AskCancelled}, f.End) {
			s.failed = failed{segment: s.ask.segment, kind: askConsult, target: s.ask.target, why: f.End, at: x.Instant}
		}
		if f.End != stamp.AskTransferred {
			s.ask = asking{}
		}
	case stamp.TransferStarted:
		if s.ask.no == f.Ask { // of who is consulted
			s.ask.kind = f.How
			return
		}
		s.begin(x.Instant, asking{no: f.Ask, kind: f.How, segment: f.Segment, target: f.Target, leg: f.Leg})
	case stamp.TransferCompleted:
		s.applyCompleted(x.Instant, f)
	case stamp.TransferFailed:
		s.ask = asking{}
		s.failed = failed{segment: f.Segment, kind: f.How, target: f.Target, why: f.Reason, at: x.Instant}
		s.returns(x.Instant, f.Returns, f.Segment)
	case stamp.ConferenceJoined:
		s.third = f.Leg
		s.bridge(x.Instant, f.Segment, f.Leg)
	case stamp.ConferenceLeft:
		s.third = 0
	case stamp.ParkStarted:
		s.park = park{segment: f.Segment, limitUS: f.LimitUS}
	case stamp.ParkEnded:
		s.returns(x.Instant, f.Returns, s.park.segment)
		s.park = park{}
	}
}

// begin makes an ask the one under way, and the line that is opened for it.
func (s *state) begin(at stamp.Instant, a asking) {
	a.began = at
	s.ask, s.asks = a, a.no
	if a.kind != askReturn {
		s.failed = failed{}
	}
	if int(a.leg) > len(s.legs) {
		s.legs = append(s.legs, leg{no: a.leg, line: true, party: a.target.Party, trunk: a.target.Trunk})
	}
}

// returns begins the ask for the agent to whom the call goes back; 0 = none.
func (s *state) returns(at stamp.Instant, no int, segment stamp.SegmentNo) {
	if no == 0 {
		return
	}
	agent := s.segments[segment-1].seat.Agent
	s.begin(at, asking{
		no: no, kind: askReturn, segment: segment, left: true, target: stamp.Target{To: string(ToAgent), Name: string(agent)},
	})
}

// taken: a call that went back to an agent has been taken, there or by a queue.
func (s *state) taken() {
	if s.ask.kind == askReturn {
		s.ask = asking{}
	}
}

func (s *state) applyCompleted(at stamp.Instant, f stamp.TransferCompleted) {
	s.ask = asking{}
	switch {
	case f.Leg == 0: // to a queue or menu
		s.given = given{from: f.Segment}
	case f.Into == 0:
		s.third = f.Leg
		s.bridge(at, 0, f.Leg)
	case int(f.Into) <= len(s.segments):
		s.bridge(at, f.Into, f.Leg)
	}
}

// bridge: a party has come to the customer, and both are to be heard anew. An
// agent who had the customer before stays connected.
func (s *state) bridge(at stamp.Instant, no stamp.SegmentNo, with stamp.LegNo) {
	if no != 0 {
		s.segments[no-1].bridged = at
	}
	for _, l := range []*leg{s.customer(), s.leg(with)} {
		l.heard, l.silent = false, false
	}
}
