package call

import "github.com/callstamp/callstamp/kpi/stamp"

// state is everything a call is. Only apply writes to it.
type state struct {
	n         uint64        // number of the last stamp
	last      stamp.Instant // latest instant of any stamp
	phase     string
	since     stamp.Instant // of the phase
	created   stamp.Instant
	direction stamp.Direction
	trunk     stamp.TrunkID
	party     stamp.PartyID
	campaign  stamp.CampaignID
	lead      stamp.LeadID
	marks     []Mark

	legs []leg // in the order of their numbers; the first is the customer's
	play int   // number of the welcome or announcement: the N of its stamp

	entries  []entry
	offers   []offer // the open ones
	segments []segment
	survey   survey
	dial     dial

	tape tape

	to      Destination // where the call goes once its leg is answered
	menu    string      // the menu that the customer is in; "" = none
	menus   int         // how often the call came into one
	refused string      // by the last queue that it was led to; "" = let in
	hops    int         // how often it was led on
	ask     asking      // who is being brought in
	asks    int         // so far
	third   stamp.LegNo // who is heard besides: of a conference, or outside; 0 = nobody
	park    park
	failed  failed // the last ask that came to nothing
	given   given  // to a queue, until an agent takes it from there

	endedBy   stamp.Actor // of the customer's leg
	prePhase  string      // in which it ended
	estimated bool        // closed by recovery
}

// leg is one party's connection.
type leg struct {
	no        stamp.LegNo
	agent     stamp.AgentID // of an agent's leg
	line      bool          // an outside party's
	party     stamp.PartyID // … whose
	trunk     stamp.TrunkID // … and by which
	codec     string
	sent      stamp.Instant // INVITE left
	rang      bool          // a 18x was seen
	early     bool          // … with SDP: somebody may have been heard
	answered  bool
	cancelled bool
	rejected  int // SIP status
	ended     bool
	lost      stamp.Instant // zero = not lost
	heard     bool          // RTP seen since bridged
	silent    bool          // no_audio stamped since bridged
	accounted bool          // media.summary is in
	dumb      bool          // an agent's microphone that sends silence
	holds     bool          // the customer's side holds us
}

// gone reports whether we or the far side have ended the leg.
func (l *leg) gone() bool { return l.ended || l.cancelled || l.rejected != 0 }

// unproven reports whether nothing was heard of the leg and nobody complained.
func (l *leg) unproven() bool { return !l.heard && !l.silent }

// entry is one stay in a queue.
type entry struct {
	no      stamp.EntryNo
	queue   stamp.QueueID
	entered stamp.Instant
	exit    stamp.ExitReason // "" = open

	position   int           // as the Floor says; 0 = unknown
	estUS      int64         // … the wait from now on; 0 = unknown
	announced  stamp.Instant // when the last announcement began
	announcing bool          // it is still heard

	asked stamp.Instant // when a call-back was offered; zero = it is not
}

// offer is an agent being rung.
type offer struct {
	id      stamp.ID
	seat    Seat
	created stamp.Instant
	rings   stamp.Instant // zero until the browser rings
	limitUS int64
	why     string
}

// segment is one agent's part with its wrap-up.
type segment struct {
	no          stamp.SegmentNo
	seat        Seat
	leg         stamp.LegNo
	offer       stamp.ID
	queue       stamp.QueueID
	opened      stamp.Instant
	bridged     stamp.Instant // with the customer; zero = not yet, the agent is consulted
	connected   stamp.Instant // zero = never
	ended       bool
	holdAgent   bool // the agent holds the customer
	holdRemote  bool // the customer's side holds us
	muted       bool
	wrap        wrap
	disposition string
	note        stamp.NoteID
}

// holding reports whether anybody holds.
func (g *segment) holding() bool { return g.holdAgent || g.holdRemote }

// wrap is a segment's after-call work.
type wrap struct {
	open   bool
	needed bool          // ends only with a disposition
	until  stamp.Instant // zero = without limit
	most   stamp.Instant // the end at the latest; zero = none
	code   string        // the disposition that is set then
	pause  string        // of an agent whose wrap-up ends by itself
}

// survey is the dialogue after the agent's part.
type survey struct {
	segment stamp.SegmentNo
	open    bool
	word    string // offered, accepted, declined, asked, responded, no_input, invalid, hung_up, failed, suppressed
	answers []SurveyAnswer
	last    string // the question asked last
}

// dial is an outbound attempt.
type dial struct {
	attempt  stamp.ID
	seat     Seat   // reserved until a segment opens
	former   []Seat // reserved before, lost
	tries    int    // of the plan's ways, the present one included
	answered bool   // dial.human
	dropped  bool   // dial.abandoned
	result   string
}

// customer returns leg 1.
func (s *state) customer() *leg { return s.leg(stamp.CustomerLeg) }

// leg returns the leg with the number; legs are few and dense.
func (s *state) leg(no stamp.LegNo) *leg {
	if no < 1 || int(no) > len(s.legs) {
		return nil
	}
	return &s.legs[no-1]
}

// entry returns the open stay in a queue, nil if there is none.
func (s *state) entry() *entry {
	if n := len(s.entries); n > 0 && s.entries[n-1].exit == "" {
		return &s.entries[n-1]
	}
	return nil
}

// segment returns the part of the agent who has the customer: of those that are
// open the first. Nil if no agent takes part.
func (s *state) segment() *segment {
	for i := range s.segments {
		if !s.segments[i].ended {
			return &s.segments[i]
		}
	}
	return nil
}

// second returns the other open part, of an agent who is consulted or in a
// conference; nil if there is none.
func (s *state) second() *segment {
	if n := len(s.segments); n > 0 && !s.segments[n-1].ended && s.segment() != &s.segments[n-1] {
		return &s.segments[n-1]
	}
	return nil
}

// part returns the agent's open part, nil if the agent takes none.
func (s *state) part(agent stamp.AgentID) *segment {
	for i := range s.segments {
		if g := &s.segments[i]; !g.ended && g.seat.Agent == agent {
			return g
		}
	}
	return nil
}

// segmentOf returns the agent's segment with the number, ended or not.
func (s *state) segmentOf(agent stamp.AgentID, no stamp.SegmentNo) *segment {
	if no < 1 || int(no) > len(s.segments) || s.segments[no-1].seat.Agent != agent {
		return nil
	}
	return &s.segments[no-1]
}

// hadSegment reports whether the agent has taken part.
func (s *state) hadSegment(agent stamp.AgentID) bool {
	for i := range s.segments {
		if s.segments[i].seat.Agent == agent {
			return true
		}
	}
	return false
}

func (s *state) offer(id stamp.ID) *offer {
	for i := range s.offers {
		if s.offers[i].id == id {
			return &s.offers[i]
		}
	}
	return nil
}

// connectedOnce reports whether any agent ever spoke with the customer.
func (s *state) connectedOnce() bool {
	for i := range s.segments {
		if !s.segments[i].connected.IsZero() {
			return true
		}
	}
	return false
}

// wrapping reports whether after-call work is open.
func (s *state) wrapping() bool {
	for i := range s.segments {
		if s.segments[i].wrap.open {
			return true
		}
	}
	return false
}

// accounted reports whether every leg but the customer's that was answered has
// its media.summary. Media posts it when the leg is parted, so it may follow the
// last release.
func (s *state) accounted() bool {
	for i := range s.legs {
		if l := &s.legs[i]; l.no != stamp.CustomerLeg && (l.answered || !l.line) && !l.accounted {
			return false
		}
	}
	return true
}

// accountDue is when a call that is over is closed without a missing account.
func (s *state) accountDue() stamp.Instant { return s.since.Add(accountUS) }

// waited returns the time since the call's first entry, µs.
func (s *state) waited(at stamp.Instant) int64 {
	if len(s.entries) == 0 {
		return 0
	}
	return at.Sub(s.entries[0].entered)
}

// speaking is the phase of a connected segment.
func (g *segment) speaking() string {
	if g.holding() {
		return stamp.PhaseHeld
	}
	return stamp.PhaseTalking
}
