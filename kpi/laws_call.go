package kpi

import (
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// callParts is a call with the rows that name it.
type callParts struct {
	call     *Call
	legs     []*Leg
	entries  []*Entry
	offers   []*Offer
	segments []*Segment
	surveys  []*SurveyRun
	answers  []*SurveyAnswer
	attempts []*Attempt
	orphan   string // a part's row, to be named where the call is missing
	stepped  bool   // the wall clock stepped in it: wall times don't add up
}

// gather groups rows by call, each call once.
func gather(r Records) map[stamp.ID]*callParts {
	byCall := map[stamp.ID]*callParts{}
	of := func(id stamp.ID, row string) *callParts {
		p := byCall[id]
		if p == nil {
			p = &callParts{}
			byCall[id] = p
		}
		p.orphan = row
		return p
	}
	for i := range r.Calls {
		c := &r.Calls[i]
		p := of(c.Call, "")
		p.call = c
		p.stepped = p.stepped || stepped(c.Spans)
	}
	for i := range r.Legs {
		p := of(r.Legs[i].Call, r.Legs[i].row())
		p.legs = append(p.legs, &r.Legs[i])
	}
	for i := range r.Entries {
		p := of(r.Entries[i].Call, r.Entries[i].row())
		p.entries = append(p.entries, &r.Entries[i])
	}
	for i := range r.Offers {
		p := of(r.Offers[i].Call, r.Offers[i].row())
		p.offers = append(p.offers, &r.Offers[i])
	}
	for i := range r.Segments {
		p := of(r.Segments[i].Call, r.Segments[i].row())
		p.segments = append(p.segments, &r.Segments[i])
		p.stepped = p.stepped || stepped(r.Segments[i].Wrap) || stepped(r.Segments[i].Beside)
	}
	for i := range r.Surveys {
		p := of(r.Surveys[i].Call, r.Surveys[i].row())
		p.surveys = append(p.surveys, &r.Surveys[i])
	}
	for i := range r.Answers {
		p := of(r.Answers[i].Call, r.Answers[i].row())
		p.answers = append(p.answers, &r.Answers[i])
	}
	for i := range r.Attempts {
		p := of(r.Attempts[i].Call, r.Attempts[i].row())
		p.attempts = append(p.attempts, &r.Attempts[i])
	}
	return byCall
}

func stepped(spans []Span) bool {
	for _, s := range spans {
		if s.Step {
			return true
		}
	}
	return false
}

func (k *checker) calls(r Records) {
	for id, p := range gather(r) {
		if p.call == nil {
			k.say(LawWhole, "call "+string(id), "is missing; %s names it", p.orphan)
			continue
		}
		k.counts(p)
		k.length(p.call)
		k.fate(p.call)
		k.tied(p)
		for _, e := range p.entries {
			k.entry(p, e)
		}
		for _, o := range p.offers {
			k.offer(p, o)
		}
		for _, s := range p.segments {
			k.segment(p, s)
		}
		for _, v := range p.surveys {
			k.survey(p, v)
		}
	}
}

// counts compares the parts that are there with those that the call had.
func (k *checker) counts(p *callParts) {
	c := p.call
	count := func(law, what string, got, want int) {
		if got != want {
			k.say(law, c.row(), "%d %s, should be %d", got, what, want)
		}
	}
	count(LawWhole, "legs", len(p.legs), c.LegCount)
	count(LawExits, "entries", len(p.entries), c.EntryCount)
	count(LawOffers, "offers", len(p.offers), c.OfferCount)
	count(LawWhole, "segments", len(p.segments), c.SegmentCount)
	count(LawWhole, "surveys", len(p.surveys), c.SurveyCount)
	count(LawWhole, "answers", len(p.answers), c.AnswerCount)
	attempts := 0
	if c.Attempt != "" {
		attempts = 1
	}
	count(LawWhole, "attempts", len(p.attempts), attempts)
}

// length checks that the phases fill the call without gap.
func (k *checker) length(c *Call) {
	row, sum, at := c.row(), int64(0), c.ArrivedAt
	for i, s := range c.Spans {
		if s.From != at && !s.Step {
			k.say(LawPhases, row, "phase %d (%s) begins at %d, the one before ended at %d", i+1, s.Phase, s.From, at)
		}
		if s.Length() < 0 {
			k.say(LawPositive, row, "phase %d (%s): %d µs", i+1, s.Phase, s.Length())
		}
		sum, at = sum+s.Length(), s.To
	}
	if c.ReleasedAt == 0 {
		return
	}
	k.equal(LawPhases, row, "Σ phases", sum, c.LengthUS)
	if at != c.ReleasedAt && len(c.Spans) > 0 {
		k.say(LawPhases, row, "the last phase ended at %d, the call at %d", at, c.ReleasedAt)
	}
	phase := c.PhaseUS()
	k.equal(LawPhases, row, "talk", c.TalkUS, phase[stamp.PhaseTalking])
	k.equal(LawPhases, row, "hold", c.HoldUS, phase[stamp.PhaseHeld])
	k.equal(LawPhases, row, "alone", c.AloneUS, phase[stamp.PhaseAlone])
	k.equal(LawPhases, row, "menu", c.MenuUS, phase[stamp.PhaseMenu])
	k.equal(LawPhases, row, "survey", c.SurveyUS, phase[stamp.PhaseSurveying])
	k.equal(LawPhases, row, "consult", c.ConsultUS, phase[stamp.PhaseConsulting])
	k.equal(LawPhases, row, "conference", c.ConferenceUS, phase[stamp.PhaseConferencing])
	k.equal(LawPhases, row, "parked", c.ParkedUS, phase[stamp.PhaseParked])
	k.equal(LawPhases, row, "outside", c.OutsideUS, phase[stamp.PhaseOutside])
	k.positive(row, map[string]int64{"wait": c.WaitUS, "pickup": c.PickupUS, "wrap": c.WrapUS, "length": c.LengthUS})
}

// tied checks that each part stands at its distance from the call's arrival.
func (k *checker) tied(p *callParts) {
	tie := func(row string, r Ref, began int64) {
		if r.ArrivedAt != p.call.ArrivedAt {
			k.say(LawTied, row, "its call arrived at %d, %s says %d", r.ArrivedAt, p.call.row(), p.call.ArrivedAt)
		}
		if !p.stepped && began != 0 {
			k.equal(LawTied, row, "distance from the call's arrival", began-r.ArrivedAt, r.SinceUS)
		}
	}
	for _, l := range p.legs {
		tie(l.row(), l.Ref, l.began())
	}
	for _, e := range p.entries {
		tie(e.row(), e.Ref, e.EnteredAt)
	}
	for _, o := range p.offers {
		tie(o.row(), o.Ref, o.CreatedAt)
	}
	for _, s := range p.segments {
		tie(s.row(), s.Ref, s.OpenedAt)
	}
	for _, v := range p.surveys {
		tie(v.row(), v.Ref, v.DueAt)
	}
	for _, a := range p.answers {
		tie(a.row(), a.Ref, a.AskedAt)
	}
	for _, a := range p.attempts {
		tie(a.row(), a.Ref, 0)
		if a.HumanAt != p.call.HumanAt {
			k.say(LawTied, a.row(), "human at %d, the call says %d", a.HumanAt, p.call.HumanAt)
		}
		for _, l := range p.legs {
			if l.Leg == stamp.CustomerLeg && l.InvitedAt != a.InvitedAt {
				k.say(LawTied, a.row(), "invited at %d, the leg says %d", a.InvitedAt, l.InvitedAt)
			}
		}
	}
}

// began is the leg's first instant, where its row keeps it. The first packet
// is an observation: it may be older than what it was seen after.
func (l *Leg) began() int64 {
	first := int64(0)
	for _, at := range []int64{l.InvitedAt, l.RingingAt, l.AnsweredAt, l.EndedAt} {
		if at != 0 && (first == 0 || at < first) {
			first = at
		}
	}
	return first
}

func (k *checker) entry(p *callParts, e *Entry) {
	row := e.row()
	k.positive(row, map[string]int64{"stay": e.StayUS, "wait": e.WaitUS})
	if (e.ExitedAt == 0) != (e.Reason == "") {
		k.say(LawOneExit, row, "exited at %d with reason %q", e.ExitedAt, e.Reason)
	}
	if e.ExitedAt == 0 && p.call.ReleasedAt != 0 {
		k.say(LawOneExit, row, "waits, but the call is over")
	}
	if e.First && e.EnteredAt != p.call.EnteredAt {
		k.say(LawExits, row, "entered at %d, the call says %d", e.EnteredAt, p.call.EnteredAt)
	}
	if e.ExitedAt != 0 && !p.stepped {
		k.equal(LawTied, row, "stay", e.ExitedAt-e.EnteredAt, e.StayUS)
		k.equal(LawTied, row, "wait", e.ExitedAt-p.call.EnteredAt, e.WaitUS)
	}
}

func (k *checker) offer(p *callParts, o *Offer) {
	row := o.row()
	k.positive(row, map[string]int64{"ring": o.RingUS})
	if (o.EndedAt == 0) != (o.End == "") {
		k.say(LawOffers, row, "ended at %d with %q", o.EndedAt, o.End)
	}
	if o.EndedAt == 0 && p.call.ReleasedAt != 0 {
		k.say(LawOffers, row, "is open, but the call is over")
	}
	if began := max(o.RingAt, o.CreatedAt); o.EndedAt != 0 && !p.stepped {
		k.equal(LawTied, row, "ring", o.EndedAt-began, o.RingUS)
	}
}

func (k *checker) segment(p *callParts, s *Segment) {
	row := s.row()
	sums := map[string]int64{}
	for _, sp := range p.call.Spans {
		if sp.Segment == s.Segment {
			sums[sp.Phase] += sp.Length()
		}
	}
	for _, sp := range s.Beside {
		sums[sp.Phase] += sp.Length()
		k.positive(row, map[string]int64{"beside": sp.Length()})
	}
	k.equal(LawSegments, row, "consult", s.ConsultUS, sums[stamp.PhaseConsulting])
	k.equal(LawSegments, row, "conference", s.ConferenceUS, sums[stamp.PhaseConferencing])
	k.equal(LawSegments, row, "connecting", s.ConnectingUS, sums[stamp.PhaseConnecting])
	k.equal(LawSegments, row, "talk", s.TalkUS, sums[stamp.PhaseTalking])
	k.equal(LawSegments, row, "hold", s.HoldUS, sums[stamp.PhaseHeld])
	k.equal(LawSegments, row, "gap", s.GapUS, sums[stamp.PhaseAlone]+sums[stamp.PhaseSilent])
	if s.EndedAt == 0 && p.call.ReleasedAt != 0 {
		k.say(LawSegments, row, "is open, but the call is over")
	}
	if s.EndedAt != 0 && !p.stepped {
		total := int64(0)
		for _, us := range sums {
			total += us
		}
		k.equal(LawSegments, row, "opened → ended", s.EndedAt-s.OpenedAt, total)
	}
	wrap := int64(0)
	for i, w := range s.Wrap {
		wrap += w.Length()
		k.positive(row, map[string]int64{fmt.Sprintf("wrap-up %d", i+1): w.Length()})
	}
	if s.WrapEndedAt != 0 {
		k.equal(LawSegments, row, "wrap-up", s.WrapUS, wrap)
		if !p.stepped {
			k.equal(LawSegments, row, "wrap-up by the wall", s.WrapEndedAt-s.WrapStartedAt, wrap)
		}
	}
	if s.WrapStartedAt != 0 && s.WrapStartedAt < s.EndedAt && !p.stepped {
		k.say(LawSegments, row, "wrap-up began at %d, the segment ended at %d", s.WrapStartedAt, s.EndedAt)
	}
}
