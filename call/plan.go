package call

import "github.com/callstamp/callstamp/kpi/stamp"

// Plan is everything that was configured for one call, resolved at its start
// and fixed for its life, but for Past. Limits are in µs; 0 switches a limit off unless the
// field says otherwise.
type Plan struct {
	Org      stamp.OrgID
	Language string // of prompts: vi, zh-Hant, en

	Queue      stamp.QueueID    // inbound: where the call waits
	Campaign   stamp.CampaignID // outbound
	Head       int64            // inbound: counts as having come so much earlier, µs
	VIP        bool             // … and by as much more as the queue gives VIPs
	Prefer     stamp.AgentID    // inbound: whom the call is kept for a while, "" = nobody
	Music      string           // prompt name of the music on hold
	Welcome    string           // prompt played once after the answer; "" = none
	Survey     string           // dialogue after the agent's part, "csat"; "" = none
	Ask        SurveyRule       // who is asked
	Past       SurveyPast       // what is known of the customer; SurveyChecked completes it
	AnswerOn   AnswerOn         // when an inbound call gets its 200
	TargetUS   int64            // the queue's service-level limit, stamped with the entry; 0 = the usual 20 s
	ShortUS    int64            // an abandon sooner than this is abandoned_short
	MaxWaitUS  int64            // exit timeout after so long in the queue, offers withdrawn
	OfferUS    int64            // how long an agent is rung
	WrapUS     int64            // length of wrap-up; 0 = none unless WrapNeeded
	WrapNeeded bool             // wrap-up ends only with a disposition
	Wrap       Wraps            // … beside its usual length
	RingUS     int64            // outbound: how long the customer is rung

	Record      RecordMode
	RecordShare int    // of RecordShare: per cent of the calls
	Disclosure  string // prompt that the customer hears before a recording; "" = none

	// Outbound: the trunks by which the number is tried, in this order, the first
	// included. One or none: there is no other way.
	Ways []stamp.TrunkID

	NoAudioUS int64 // after bridging, until no_audio is stamped (5 s)
	GraceUS   int64 // how long a lost agent leg is kept for its return (20 s)
	SilenceUS int64 // RTP silence of the customer that ends the call (30 s); media measures it
	MaxUS     int64 // the longest a call may be (4 h)

	Door // of the queue

	// To is where an inbound call is led first; none: Queue. House is everywhere
	// that it may be led from there; nil: nowhere else.
	To    Destination
	House *House
	// Uncallable: the customer has no number that could be called back.
	Uncallable bool
	ReturnUS   int64 // how long a third party may take to answer; then the call is back with who asked
	ParkUS     int64 // how long a call stays parked; then it goes back to who parked it

	AbandonMsg string // outbound: prompt for a customer whose agent is gone; "" = release at once
	TimeoutMsg string // inbound: prompt when MaxWaitUS is over; "" = release at once
}

// has reports whether the call can be led there.
func (p *Plan) has(to Destination) bool {
	if to.Kind == ToMenu {
		return p.House.menu(to.ID) != nil
	}
	return p.in(stamp.QueueID(to.ID)).Queue == stamp.QueueID(to.ID)
}

// AnswerOn says when an inbound leg is answered.
type AnswerOn string

// The two ways. OnEntry needs a 200 for waiting music, keys and estimates.
const (
	OnEntry AnswerOn = "entry"
	OnAgent AnswerOn = "agent" // 180 until an agent accepts
)

// Wraps is the wrap-up beside its usual length.
type Wraps struct {
	MissedUS int64  // after a part in which nobody was heard; 0 = none
	MovedUS  int64  // after a transfer; 0 = as after a talk, < 0 = none
	MostUS   int64  // the longest, extensions and a missing disposition included; 0 = without limit
	Code     string // the disposition that is set then, if none was; "" = none
	Pause    string // aux code of an agent whose wrap-up ended by itself; "" = ready
}

// wrapAfter is how long wrap-up is after a part, 0 without limit, whether a
// disposition is needed, and whether there is one at all.
func (p *Plan) wrapAfter(connected, moved bool) (us int64, needed, is bool) {
	switch {
	case !connected:
		return p.Wrap.MissedUS, false, p.Wrap.MissedUS > 0
	case moved && p.Wrap.MovedUS < 0:
		return 0, false, false
	case moved && p.Wrap.MovedUS > 0:
		return p.Wrap.MovedUS, p.WrapNeeded, true
	}
	return p.WrapUS, p.WrapNeeded, p.WrapUS > 0 || p.WrapNeeded
}

// first is where an inbound call is led first.
func (p *Plan) first() Destination {
	if p.To.IsZero() {
		return QueueOf(p.Queue)
	}
	return p.To
}

// in is the plan of a call that has come into a queue: the queue's, and what is
// the call's own.
func (p *Plan) in(queue stamp.QueueID) *Plan {
	own := p.House.queue(queue)
	if queue == p.Queue || own == nil {
		return p
	}
	q := *own
	q.Uncallable = p.Uncallable
	q.Head, q.VIP, q.Prefer, q.Past = p.Head, p.VIP, p.Prefer, p.Past
	q.Org, q.Campaign, q.To, q.House, q.AbandonMsg, q.RingUS = p.Org, p.Campaign, p.To, p.House, p.AbandonMsg, p.RingUS
	return &q
}

// Seat names an agent who takes part: the person and the agent session.
type Seat struct {
	Agent   stamp.AgentID
	Session stamp.ID
}
