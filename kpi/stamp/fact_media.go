package stamp

// MediaFirstRx: the first RTP packet read from a leg since it was bridged. An
// observation: it keeps its true instant.
type MediaFirstRx struct {
	Leg LegNo `json:"leg"`
}

// MediaNoAudio: 5 s after bridging one side had sent nothing.
type MediaNoAudio struct {
	Leg LegNo `json:"leg"`
}

// MediaRTPTimeout: packets were expected and none came.
type MediaRTPTimeout struct {
	Leg       LegNo `json:"leg"`
	LastRxAgo int64 `json:"last_rx_ago_us"` // age of the last packet, or of the promise of one, µs
}

// MediaResumed: packets come again after MediaRTPTimeout.
type MediaResumed struct {
	Leg LegNo `json:"leg"`
}

// MediaSummary is the account of a leg at its end.
type MediaSummary struct {
	Leg      LegNo   `json:"leg"`
	Rx       uint64  `json:"rx"` // packets
	Tx       uint64  `json:"tx"`
	Lost     int64   `json:"lost"`
	JitterUS int64   `json:"jitter_us"`        // RFC 3550 §6.4.1
	RTTUS    int64   `json:"rtt_us,omitempty"` // 0 = unknown
	MOS      float64 `json:"mos,omitempty"`    // estimate, ITU-T G.107; 0 = unknown
}

// DTMF: a digit ended. The digit itself is personal and not in the stamp.
type DTMF struct {
	Leg        LegNo `json:"leg"`
	DurationUS int64 `json:"duration_us"`
	Sent       bool  `json:"sent,omitempty"` // sent towards the leg, not received
}

// HoldStarted: somebody put the other side on hold.
type HoldStarted struct {
	Segment SegmentNo `json:"segment"` // 0 = the customer's side, while no agent takes part
	By      Actor     `json:"by"`      // agent or customer
}

// HoldEnded: that side has resumed.
type HoldEnded struct {
	Segment SegmentNo `json:"segment"`
	By      Actor     `json:"by"`
}

// MuteStarted: the agent muted the microphone; talk goes on.
type MuteStarted struct {
	Segment SegmentNo `json:"segment"`
}

// MuteEnded: the microphone is open again.
type MuteEnded struct {
	Segment SegmentNo `json:"segment"`
}

// Kind implements Fact.
func (MediaFirstRx) Kind() Kind { return "media.first_rx" }

// Kind implements Fact.
func (MediaNoAudio) Kind() Kind { return "media.no_audio" }

// Kind implements Fact.
func (MediaRTPTimeout) Kind() Kind { return "media.rtp_timeout" }

// Kind implements Fact.
func (MediaResumed) Kind() Kind { return "media.resumed" }

// Kind implements Fact.
func (MediaSummary) Kind() Kind { return "media.summary" }

// Kind implements Fact.
func (DTMF) Kind() Kind { return "dtmf" }

// Kind implements Fact.
func (HoldStarted) Kind() Kind { return "hold.started" }

// Kind implements Fact.
func (HoldEnded) Kind() Kind { return "hold.ended" }

// Kind implements Fact.
func (MuteStarted) Kind() Kind { return "mute.started" }

// Kind implements Fact.
func (MuteEnded) Kind() Kind { return "mute.ended" }
