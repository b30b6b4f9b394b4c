package switchboard

import (
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Post hands an input to the conversation that it belongs to. It never blocks
// and may be called from any goroutine; at is when the edge saw it.
type Post func(at time.Time, in call.Input)

// Leg is a telephone line of a call, the customer's or an outside party's: one
// SIP dialog. Every method returns
// at once; what comes of it is posted: LegSent, LegRang, LegAnswered,
// LegRejected, RemoteHold and, exactly once and last, LegGone.
type Leg interface {
	// Bind ties the leg, its media and its dialog record to the call. Called
	// once, before any other method; posts go to post from then on.
	Bind(id stamp.ID, no stamp.LegNo, post func(time.Time, call.Input))
	Ring()
	Answer()
	// Hold tells the far side, by re-INVITE, where its trunk wants that.
	Hold(on bool)
	// Release ends the leg: a final response with code, CANCEL, or BYE.
	Release(code int)
}

// Lines opens outbound legs.
type Lines interface {
	// Dial prepares a leg on the trunk to the number. Nothing is sent before
	// Invite. The error is ErrNoLine where another time, or for another number,
	// there may be one: trunk full or gone. Otherwise the number is not allowed.
	Dial(d call.Dial) (Line, error)
}

// Line is an outbound leg that has not been sent yet.
type Line interface {
	Leg
	Invite() // sends the INVITE
}

// Voice joins and parts sound. Legs are named by call and number, the agent's
// side by its seat, so that a reloaded page is the same seat. Posts FirstRx for
// every leg that is heard after each Mix, Silent, Resumed, Digit, PlayDone,
// SeatLost and SeatBack to the call that the leg is bound to.
type Voice interface {
	// Mix makes the picture true, whole: who is in it stops hearing music and
	// prompts, who is not hears nobody and is heard by nobody. An agent whose page
	// is not connected takes part all the same: SeatLost is posted, and SeatBack
	// when one has come. After an error nobody of the picture hears anybody.
	Mix(id stamp.ID, ears []call.Ear) error
	Music(id stamp.ID, leg stamp.LegNo, name string) error
	Play(id stamp.ID, leg stamp.LegNo, play int, language string, prompts []string) error
	Part(id stamp.ID, leg stamp.LegNo)
	// Forget drops everything known of the call, after its last release.
	Forget(id stamp.ID)
}

// Recorder records what is said. No order waits for a disk. Posts RecordEnded
// where a recording ends before it is stopped.
type Recorder interface {
	// Announce lets everybody in the sound hear the prompts over what they hear,
	// and posts PlayDone when the customer has heard them.
	Announce(id stamp.ID, play int, language string, prompts []string) error
	// Record begins a recording of the call (stereo) or of one leg.
	Record(id stamp.ID, r call.Record) error
	PauseRecord(id stamp.ID, no stamp.RecordingNo, on bool)
	StopRecord(id stamp.ID, no stamp.RecordingNo, why stamp.RecordingEnd)
}

// Desk is the agents' screens.
type Desk interface {
	Ring(seat call.Seat, offer stamp.ID, until stamp.Instant, v call.View)
	Unring(seat call.Seat, offer stamp.ID, end stamp.OfferEnd)
	Show(seat call.Seat, v call.View)
}

// Agents is the Floor.
type Agents interface {
	Enqueue(w call.Waiting)
	// Admit asks whether a call may enter a queue; call.Admitted is posted.
	Admit(k call.Knock)
	// Seek asks for one agent, or the next of a queue besides the call's own
	// wait; call.Found or call.Unfound is posted.
	Seek(s call.Sought)
	Dequeue(id stamp.ID, entry stamp.EntryNo) // entry 0: what was sought of a queue
	Move(m call.Move)
}

// Sink takes the stamps. Record never waits and never fails; it returns the
// journal position that must be durable before a Durably effect of the step.
type Sink interface {
	Record(stamps []stamp.Stamp, sides []stamp.Side) (seq uint64)
	// Durable calls post once everything up to seq is fsynced.
	Durable(seq uint64, post func())
}
