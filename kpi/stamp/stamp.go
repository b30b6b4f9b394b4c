package stamp

// ID is a UUIDv7 in its canonical text form (RFC 9562 §5.7). Its first 48 bits
// are the instant of its making in milliseconds, so a call's id carries the
// month of the partition that its rows live in.
type ID string

// Names of things that people configure. They are opaque here.
type (
	NodeID     string // a journal directory, made with it
	OrgID      string // an organisation
	AgentID    string // a person who takes calls: the user's id
	QueueID    string
	CampaignID string
	LeadID     string
	TrunkID    string
	PartyID    string // a customer's number and name, kept in the party table
	SkillID    string // something that agents are able to do: a language, a product
	NoteID     string // free text, kept in the note table
)

// LegNo numbers the legs of one call from 1. Leg 1 is always the customer's.
type LegNo int

// SegmentNo numbers the segments of one call from 1.
type SegmentNo int

// EntryNo numbers the stays of one call in queues from 1.
type EntryNo int

// CustomerLeg is the number of the customer's leg in every call.
const CustomerLeg LegNo = 1

// SubjectKind says what a subject is.
type SubjectKind string

// The four kinds of subject. Each subject has one owner, which numbers its
// stamps 1, 2, 3 … without a gap.
const (
	SubjectCall     SubjectKind = "call"     // id: the call's ID
	SubjectAgent    SubjectKind = "agent"    // id: the agent session's ID
	SubjectCampaign SubjectKind = "campaign" // id: the campaign run's ID
	SubjectNode     SubjectKind = "node"     // id: the node's ID and boot, "n1.3"
)

// Subject names whom a stamp is about.
type Subject struct {
	Kind SubjectKind `json:"kind"`
	ID   ID          `json:"id"`
}

// String returns "call:0197…", the form used as a key.
func (s Subject) String() string { return string(s.Kind) + ":" + string(s.ID) }

// Instant is one moment as a node knows it.
type Instant struct {
	At   int64  `json:"at"`   // wall clock, µs since 1970-01-01 UTC
	Mono int64  `json:"mono"` // monotonic, µs since the boot began
	Boot uint32 `json:"boot"` // the node's process starts, counted from 1
}

// Sub returns i − j in µs: by the monotonic clock within one boot, by the wall
// clock across boots. A later boot is never before an earlier one: a clock that
// was set back while the process was down makes the time between them nothing.
func (i Instant) Sub(j Instant) int64 {
	switch {
	case i.Boot == j.Boot:
		return i.Mono - j.Mono
	case i.Boot > j.Boot:
		return max(i.At-j.At, 0)
	}
	return min(i.At-j.At, 0)
}

// Before reports whether i lies before j.
func (i Instant) Before(j Instant) bool { return i.Sub(j) < 0 }

// Add returns the instant us microseconds later.
func (i Instant) Add(us int64) Instant {
	return Instant{At: i.At + us, Mono: i.Mono + us, Boot: i.Boot}
}

// Latest returns the latest instant of i's boot among i and those of stamps. A
// stamp may be written after one that happened later, so the last one written is
// not the last that is known: what is ended there would end at other instants
// than what has lived on.
func (i Instant) Latest(stamps []Stamp) Instant {
	for _, s := range stamps {
		if s.Boot == i.Boot && i.Before(s.Instant) {
			i = s.Instant
		}
	}
	return i
}

// IsZero reports whether i was never set.
func (i Instant) IsZero() bool { return i == Instant{} }

// Actor says who did it.
type Actor string

// The actors.
const (
	Customer   Actor = "customer"
	Agent      Actor = "agent"
	Supervisor Actor = "supervisor"
	Dialer     Actor = "dialer"
	Outside    Actor = "outside" // a third party on a telephone line
	Network    Actor = "network"
	System     Actor = "system"
)

// Cause is why, in the words of the protocol that said so.
type Cause struct {
	Proto string `json:"proto,omitempty"` // sip, q850, rtp, web, acd, law
	Code  int    `json:"code,omitempty"`  // SIP status or Q.850 cause
	Text  string `json:"text,omitempty"`  // a closed word, never free text of a peer
	// Subject and N name the stamp that caused this one: a presence change
	// caused by a call takes that stamp's instant.
	Subject *Subject `json:"subject,omitempty"`
	N       uint64   `json:"n,omitempty"`
}

// Stamp is one fact. Owner fields are set by the machine that returns it, Node
// and Seq by the journal under its append lock.
type Stamp struct {
	Node    NodeID // whose journal
	Seq     uint64 // gap-free per node, across restarts, from 1
	Org     OrgID
	Subject Subject
	N       uint64 // gap-free per subject, from 1
	Call    ID     // the call it belongs to, if any; also on agent stamps
	Instant        // when: state changes never before the subject's last one
	Late    int64  // µs by which the edge saw a state change before Instant; ≥ 0
	Actor   Actor
	Cause   *Cause
	Phase   string // the call's phase, or the agent's state, from this stamp on; "" = unchanged
	Fact    Fact   // what
}

// Kind returns the kind of the stamp's fact.
func (s Stamp) Kind() Kind { return s.Fact.Kind() }
