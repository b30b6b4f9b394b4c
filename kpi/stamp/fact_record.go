package stamp

// RecordingNo numbers the recordings of one call from 1.
type RecordingNo int

// RecordingKind says what is recorded.
type RecordingKind string

// The kinds of recording.
const (
	RecordingCall      RecordingKind = "call"      // customer left, agents right
	RecordingVoicemail RecordingKind = "voicemail" // a message of the customer's
	RecordingAnswer    RecordingKind = "answer"    // to a survey's question
)

// RecordingEnd says why a recording ended.
type RecordingEnd string

// The ends of a recording.
const (
	RecordedAll      RecordingEnd = "ended"     // what was to be recorded is over
	RecordedEnough   RecordingEnd = "asked"     // somebody stopped it: the agent, the customer by a key
	RecordedTooLong  RecordingEnd = "too_long"  // its limit
	RecordedDiskFull RecordingEnd = "disk_full" // or too slow; the call goes on without
	RecordedFailed   RecordingEnd = "failed"    // it could not begin, or not go on
	RecordedCutOff   RecordingEnd = "cut_off"   // the process ended; kept up to its last second
)

// RecAnnounced: the prompt that says that the call is recorded begins.
type RecAnnounced struct {
	Segment SegmentNo `json:"segment"`
}

// RecDisclosed: the customer has heard it to its end.
type RecDisclosed struct {
	Segment SegmentNo `json:"segment"`
}

// RecStarted: from here on what is said is recorded.
type RecStarted struct {
	Recording RecordingNo   `json:"recording"`
	What      RecordingKind `json:"what"`
	Segment   SegmentNo     `json:"segment,omitempty"` // in which it begins
	Leg       LegNo         `json:"leg,omitempty"`     // whom alone it hears
	Disclosed bool          `json:"disclosed,omitempty"`
}

// RecPaused: what is said from here on is not in the recording, nor are keys in
// the stamps.
type RecPaused struct {
	Recording RecordingNo `json:"recording"`
	Segment   SegmentNo   `json:"segment,omitempty"`
}

// RecResumed: it is again.
type RecResumed struct {
	Recording RecordingNo `json:"recording"`
	Segment   SegmentNo   `json:"segment,omitempty"`
}

// RecStopped: nothing more is recorded.
type RecStopped struct {
	Recording RecordingNo  `json:"recording"`
	Why       RecordingEnd `json:"why"`
}

// RecStored: the recording stands on disk, was read back and has its sums. The
// node's own stamp, as it may follow the call's last one.
type RecStored struct {
	Call      ID          `json:"call"`
	Recording RecordingNo `json:"recording"`
	LengthUS  int64       `json:"length_us"`
	Bytes     int64       `json:"bytes"` // of the file
	Gaps      int         `json:"gaps,omitempty"`
	WAV       string      `json:"wav_sha256"`
	File      string      `json:"file_sha256"`
	Key       string      `json:"key"` // under which it is sealed
	Truncated bool        `json:"truncated,omitempty"`
}

// RecDeleted: the recording is gone. The node's own stamp.
type RecDeleted struct {
	Call      ID          `json:"call"`
	Recording RecordingNo `json:"recording"`
	By        AgentID     `json:"by,omitempty"` // "" = its time was over
}

// RecAccessed: somebody was given a part of the recording. The node's own stamp.
type RecAccessed struct {
	Call      ID          `json:"call"`
	Recording RecordingNo `json:"recording"`
	By        AgentID     `json:"by"`
	From      int64       `json:"from"` // bytes of the WAV file
	To        int64       `json:"to"`   // exclusive
}

// MediaVoice is the account of who spoke in an agent's talk with the customer,
// by the level of the sound (ITU-T P.56: 200 ms of hangover count as speech).
// Holds, gaps and consultations are not in it. An observation.
type MediaVoice struct {
	Leg        LegNo     `json:"leg"` // the agent's
	Segment    SegmentNo `json:"segment"`
	LengthUS   int64     `json:"length_us"` // customer + agent + both + nobody
	CustomerUS int64     `json:"customer_us"`
	AgentUS    int64     `json:"agent_us"`
	BothUS     int64     `json:"both_us"`
	DeadUS     int64     `json:"dead_us,omitempty"` // silences of 3 s and more
	DeadAirs   int       `json:"dead_airs,omitempty"`
	Overlaps   int       `json:"overlaps,omitempty"`
	// From the first moment in which both could hear each other; 0 = never.
	FirstAgentUS    int64 `json:"first_agent_us,omitempty"`
	FirstCustomerUS int64 `json:"first_customer_us,omitempty"`
}

// MediaMicSilent: an agent's browser has sent nothing but silence for long, and
// is not muted.
type MediaMicSilent struct {
	Leg     LegNo     `json:"leg"`
	Segment SegmentNo `json:"segment"`
}

// MediaMicHeard: there is sound again.
type MediaMicHeard struct {
	Leg     LegNo     `json:"leg"`
	Segment SegmentNo `json:"segment"`
}

// Kind implements Fact.
func (MediaVoice) Kind() Kind { return "media.voice" }

// Kind implements Fact.
func (MediaMicSilent) Kind() Kind { return "media.mic_silent" }

// Kind implements Fact.
func (MediaMicHeard) Kind() Kind { return "media.mic_heard" }

// Kind implements Fact.
func (RecAnnounced) Kind() Kind { return "rec.announced" }

// Kind implements Fact.
func (RecDisclosed) Kind() Kind { return "rec.disclosed" }

// Kind implements Fact.
func (RecStarted) Kind() Kind { return "rec.started" }

// Kind implements Fact.
func (RecPaused) Kind() Kind { return "rec.paused" }

// Kind implements Fact.
func (RecResumed) Kind() Kind { return "rec.resumed" }

// Kind implements Fact.
func (RecStopped) Kind() Kind { return "rec.stopped" }

// Kind implements Fact.
func (RecStored) Kind() Kind { return "rec.stored" }

// Kind implements Fact.
func (RecDeleted) Kind() Kind { return "rec.deleted" }

// Kind implements Fact.
func (RecAccessed) Kind() Kind { return "rec.accessed" }
