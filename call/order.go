package call

import "github.com/callstamp/callstamp/kpi/stamp"

// Waiting is a call that wants an agent.
type Waiting struct {
	Call  stamp.ID
	Entry stamp.EntryNo
	Queue stamp.QueueID
	Since stamp.Instant // first entry of the call
	Stay  Staff         // who must be there for the call to go on waiting; else it is told Deserted
	// HeadStartUS is how much earlier than it did the call counts as having come;
	// a VIP has the queue's head start for VIPs besides.
	HeadStartUS int64
	VIP         bool
	// Prefer is the agent for whom the queue may keep the call for a while.
	Prefer stamp.AgentID
	// OfferUS is how long an agent is rung for it; the Floor keeps a
	// reservation 2 s longer and then frees the agent by itself.
	OfferUS int64
	Ask     int // the agent is asked for by another one; Entry is 0 then
}

// Sought is a call that wants one agent at once, or the next of a queue.
type Sought struct {
	Call    stamp.ID
	Ask     int // 0 = the agent wants the call, which is parked
	Agent   stamp.AgentID
	Queue   stamp.QueueID
	Since   stamp.Instant // place in the queue's line
	OfferUS int64
}

// Knock is a call that asks to enter a queue.
type Knock struct {
	Call    stamp.ID
	Entry   stamp.EntryNo
	Queue   stamp.QueueID
	MaxSize int
	Join    Staff
}

// Move is a change of presence that a call caused: At and Cause are the call's
// stamp, so that an agent's talk is the sum of the agent's segments exactly.
type Move struct {
	Seat    Seat
	To      string // a state of package stamp
	At      stamp.Instant
	Cause   stamp.Cause // Subject and N of the call's stamp
	Call    stamp.ID
	Offer   stamp.ID
	End     stamp.OfferEnd
	Segment stamp.SegmentNo
	Queue   stamp.QueueID
	Rest    bool // the agent is not to be the next who is rung
	// Pause is the aux code with which an agent who wanted to be ready is paused
	// instead; "" = ready.
	Pause string
}

// Outside is a number that the guards have let through.
type Outside struct {
	Party stamp.PartyID // its opaque id
	Dial  Dial
}

// Dial says whom to call. Number is E.164; CallerID one of our own numbers.
type Dial struct {
	Trunk    stamp.TrunkID
	Number   string
	CallerID string
	RingUS   int64 // CANCEL after so long without an answer, as a second guard
	// SilentUS is how long the INVITE may go without any answer; 0: as long as the
	// user agent has it. Less where there is another way to the number.
	SilentUS int64
}
