package call

import "github.com/callstamp/callstamp/kpi/stamp"

// Outcome says how a call ended: the closed set of call.closed.
type Outcome string

// The outcomes.
const (
	Answered       Outcome = "answered"           // an agent and the customer heard each other
	Abandoned      Outcome = "abandoned"          // in: customer left the queue; out: answered, no agent
	AbandonedShort Outcome = "abandoned_short"    // … sooner than the queue's short limit
	AbandonedOffer Outcome = "abandoned_at_offer" // … while an agent was rung or connected
	TimedOut       Outcome = "timeout"            // longest wait was over
	TurnedAway     Outcome = "closed"             // we ended the wait: drain, supervisor, outside of the hours
	Overflowed     Outcome = "overflow"           // led on after the longest wait, and nobody took it there
	LedByKey       Outcome = "key"                // the customer left the queue by a key, and nobody took the call there
	ToBeCalled     Outcome = "callback_requested" // the customer asked to be called back
	Full           Outcome = "full"               // refused by a queue with too many calls
	Empty          Outcome = "empty"              // … or with none of its agents there
	InMenu         Outcome = "menu"               // ended in a menu or behind it, was never led to a queue
	Announced      Outcome = "announced"          // was led to an announcement, and to no queue
	Cancelled      Outcome = "cancelled"          // in: customer left before the queue; out: we gave up a line without an agent
	Busy           Outcome = "busy"
	NoAnswer       Outcome = "no_answer"
	Rejected       Outcome = "rejected"
	Invalid        Outcome = "invalid" // no such number
	Failed         Outcome = "failed"  // no sound, or a fault of ours or the network's
	Abnormal       Outcome = "abnormal"
)

// outcomes lists the closed set; a test proves that every one is reachable.
var outcomes = [...]Outcome{ //nolint:gochecknoglobals // read-only table
	Answered, Abandoned, AbandonedShort, AbandonedOffer, TimedOut, TurnedAway, Overflowed, LedByKey, ToBeCalled, Full, Empty, InMenu, Announced, Cancelled,
	Busy, NoAnswer, Rejected, Invalid, Failed, Abnormal,
}

// ofExit maps a queue's exit to the outcome of a call that never connected.
var ofExit = map[stamp.ExitReason]Outcome{ //nolint:gochecknoglobals // read-only table
	stamp.ExitConnected:          Answered,
	stamp.ExitAbandoned:          Abandoned,
	stamp.ExitAbandonedShort:     AbandonedShort,
	stamp.ExitAbandonedAtOffer:   AbandonedOffer,
	stamp.ExitAbandonedAtWhisper: AbandonedOffer,
	stamp.ExitTimeout:            TimedOut,
	stamp.ExitClosed:             TurnedAway,
	stamp.ExitSystemFailure:      Failed,
	stamp.ExitOverflow:           Overflowed,
	stamp.ExitEmpty:              Empty,
	stamp.ExitKey:                LedByKey,
	stamp.ExitWithdrawn:          TurnedAway,
	stamp.ExitCallback:           ToBeCalled,
}

// ofRefusal maps a queue's refusal to the outcome of a call that went no further.
var ofRefusal = map[string]Outcome{ //nolint:gochecknoglobals // read-only table
	stamp.RefusedClosed: TurnedAway,
	stamp.RefusedFull:   Full,
	stamp.RefusedEmpty:  Empty,
	stamp.RefusedGone:   Failed,
}

// ofResult maps a dial result to the outcome.
var ofResult = map[string]Outcome{ //nolint:gochecknoglobals // read-only table
	"connected": Answered, "busy": Busy, "no_answer": NoAnswer, "rejected": Rejected,
	"invalid": Invalid, "failed": Failed, "cancelled": Cancelled, "abandoned": Abandoned,
}

// outcomeOfSIP reads a final response to our INVITE. The codes and their
// meaning: RFC 3261 §21, 603/607/608 RFC 8197 and RFC 8688.
func outcomeOfSIP(code int) Outcome {
	switch code {
	case 486, 600:
		return Busy
	case 408, 480, 487:
		return NoAnswer
	case 404, 410, 484, 485, 604:
		return Invalid
	case 403, 433, 603, 607, 608:
		return Rejected
	}
	return Failed
}

// outcome of the call as it stands, once it is over.
func (s *state) outcome() Outcome {
	switch {
	case s.estimated:
		return Abnormal
	case s.connectedOnce():
		return Answered
	case s.direction == stamp.Out:
		return ofResult[s.dial.result]
	case s.refused != "":
		return ofRefusal[s.refused]
	case len(s.entries) > 0:
		return ofExit[s.entries[len(s.entries)-1].exit]
	case s.menus > 0:
		return InMenu
	case s.to.Kind == ToAnnouncement:
		return Announced
	case s.endedBy == stamp.Customer:
		return Cancelled
	case s.endedBy == stamp.Network:
		return Failed
	}
	return TurnedAway
}
