package call

import "github.com/callstamp/callstamp/kpi/stamp"

// What a call may order of recording, and what comes of it. Recordings of one
// call are numbered from 1.
type (
	// Announce lets everybody in the sound hear prompts over what they hear
	// otherwise; PlayDone{Play} follows when the customer has heard them.
	Announce struct {
		Play     int
		Language string
		Prompts  []string
	}
	// Record begins a recording. RecordEnded follows only where it ends before
	// StopRecord.
	Record struct {
		No   stamp.RecordingNo
		Kind stamp.RecordingKind
		// Leg is whom alone it hears, on one channel. 0: the call, on two: left
		// the customer, as far as anybody hears them; right whom the customer hears.
		Leg   stamp.LegNo
		MaxUS int64 // it ends by itself then, "too_long"; 0 = never
	}
	// PauseRecord records silence in the place of what is said, with a mark.
	PauseRecord struct {
		No stamp.RecordingNo
		On bool
	}
	// StopRecord ends it; what was recorded is kept.
	StopRecord struct {
		No  stamp.RecordingNo
		Why stamp.RecordingEnd
	}
)

// From media, of what is said.
type (
	// Voice is the account of an agent's talk, posted once, before its Summary.
	Voice struct{ Of stamp.MediaVoice }
	// MicSilent: packets come from the leg, and for long no sound is in them;
	// posted again as long as it lasts.
	MicSilent struct{ Leg stamp.LegNo }
	// MicHeard: there is a sound again.
	MicHeard struct{ Leg stamp.LegNo }
)

// RecordEnded: a recording ended by itself: too_long, or the disk is full or
// too slow. The call goes on.
type RecordEnded struct {
	No  stamp.RecordingNo
	Why stamp.RecordingEnd
}

// From an agent's desk.
type (
	// AgentRecord begins or ends a recording on demand.
	AgentRecord struct {
		Agent stamp.AgentID
		On    bool
	}
	// AgentRecordPause: card data follow, or are over.
	AgentRecordPause struct {
		Agent stamp.AgentID
		On    bool
	}
)

func (Announce) effect()    {}
func (Record) effect()      {}
func (PauseRecord) effect() {}
func (StopRecord) effect()  {}

func (Voice) input()            {}
func (MicSilent) input()        {}
func (MicHeard) input()         {}
func (RecordEnded) input()      {}
func (AgentRecord) input()      {}
func (AgentRecordPause) input() {}
