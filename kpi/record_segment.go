package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// Segment is one agent's part of a call with its wrap-up.
// Key: (org, call, segment).
type Segment struct {
	Ref
	Segment stamp.SegmentNo `json:"segment"`
	Agent   stamp.AgentID   `json:"agent"`
	Session stamp.ID        `json:"session"`
	Leg     stamp.LegNo     `json:"leg"`
	Offer   stamp.ID        `json:"offer,omitempty"`
	Queue   stamp.QueueID   `json:"queue,omitempty"`

	OpenedAt      int64 `json:"opened_at"`
	ConnectedAt   int64 `json:"connected_at,omitempty"`
	EndedAt       int64 `json:"ended_at,omitempty"`
	WrapStartedAt int64 `json:"wrap_started_at,omitempty"`
	WrapEndedAt   int64 `json:"wrap_ended_at,omitempty"`
	// HandledAt is when nothing of a connected segment was left to do: the end
	// of its wrap-up, or of the call where there was none.
	HandledAt int64 `json:"handled_at,omitempty"`

	By          stamp.Actor  `json:"by,omitempty"`
	PrePhase    string       `json:"pre_phase,omitempty"`
	WrapBy      string       `json:"wrap_by,omitempty"`
	Disposition string       `json:"disposition,omitempty"` // the last one
	Note        stamp.NoteID `json:"note,omitempty"`

	// How the agent came to a call that another one had: see stamp.ViaConsult.
	Via         string          `json:"via,omitempty"`
	FromSegment stamp.SegmentNo `json:"from_segment,omitempty"`
	TakenAt     int64           `json:"taken_at,omitempty"` // a transfer brought the customer

	ConnectingUS int64 `json:"connecting_us"`
	TalkUS       int64 `json:"talk_us"`
	HoldUS       int64 `json:"hold_us"`
	GapUS        int64 `json:"gap_us"`                  // the agent's leg was lost, or the customer had fallen silent for good
	ConsultUS    int64 `json:"consult_us,omitempty"`    // with a third party, or as the one who is consulted
	ConferenceUS int64 `json:"conference_us,omitempty"` // with customer and third party
	WrapUS       int64 `json:"wrap_us"`

	// Who spoke, in the time in which both could hear each other.
	VoiceAt         int64 `json:"voice_at,omitempty"`
	VoiceUS         int64 `json:"voice_us,omitempty"`
	VoiceAgentUS    int64 `json:"voice_agent_us,omitempty"` // alone
	VoiceCustomerUS int64 `json:"voice_customer_us,omitempty"`
	VoiceBothUS     int64 `json:"voice_both_us,omitempty"`
	DeadUS          int64 `json:"dead_us,omitempty"` // nobody, for 3 s and more
	DeadAirs        int   `json:"dead_airs,omitempty"`
	Overlaps        int   `json:"overlaps,omitempty"`
	FirstAudioUS    int64 `json:"first_audio_us,omitempty"` // picked up → the agent's first voice; 0 = none
	MicSilences     int   `json:"mic_silences,omitempty"`

	Wrap []Span `json:"wrap,omitempty"` // one, but for a step of the clock
	// Beside is the part's time while the call's spans were another agent's: being
	// consulted, in a conference.
	Beside []Span `json:"beside,omitempty"`
}
