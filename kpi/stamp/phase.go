package stamp

// Phases of a call. Stamp.Phase carries the one that begins with the stamp;
// Σ phases = call length. The table of moves stands in package call.
const (
	PhaseDialing    = "dialing"    // out: INVITE sent, customer not yet there
	PhaseArriving   = "arriving"   // in: INVITE received, not yet in a queue, or on the way from one place to another
	PhaseMenu       = "menu"       // the customer hears a menu
	PhaseAnnouncing = "announcing" // the customer hears an announcement
	PhaseWaiting    = "waiting"    // in a queue, nobody is being rung
	PhaseOffering   = "offering"   // an agent is being rung, for a queue or by name
	PhaseConnecting = "connecting" // an agent accepted, sound not yet seen both ways
	PhaseTalking    = "talking"    // sound both ways, nobody on hold
	PhaseHeld       = "held"       // somebody holds
	PhaseAlone      = "alone"      // the agent's leg is lost, the customer hears music
	// PhaseSilent is told in hindsight, no stamp begins it: the customer's packets
	// had stopped and did not come again, and the call was given up for it.
	PhaseSilent       = "silent"
	PhaseConsulting   = "consulting"   // the agent speaks with a third party, the customer hears music
	PhaseConferencing = "conferencing" // three are heard
	PhaseOutside      = "outside"      // the customer was given to an outside party, no agent takes part
	PhaseParked       = "parked"       // the customer hears music until somebody fetches the call
	PhaseSurveying    = "surveying"    // the agent has gone, the survey plays
	PhaseReleasing    = "releasing"    // we let the customer's leg go, the network has not confirmed it yet
	PhaseOver         = "over"         // last release; wrap-up or disposition still open
	PhaseClosed       = "closed"       // nothing open any more
)

// States of an agent session. Σ states = login time.
const (
	StateReady       = "ready"
	StateReserved    = "reserved"   // a line is being dialed for the agent
	StateRinging     = "ringing"    // an offer stands
	StateConnecting  = "connecting" // offer accepted, sound not yet seen both ways
	StateTalking     = "talking"    // segment.connected to segment.ended, holds and gaps included
	StateConsulting  = "consulting" // speaks with an agent who has a customer, has not got the customer yet
	StateWrap        = "wrap"
	StatePaused      = "paused" // with an aux reason
	StateUnreachable = "unreachable"
	StateOffline     = "offline" // after logout; no time counts
)

// AuxAfterCall is the reason of a pause that nobody asked for: the wrap-up ended
// by itself, so nobody has shown to be there.
const AuxAfterCall = "after_call"
