package stamp

// Direction of a call.
type Direction string

// The directions.
const (
	In  Direction = "in"
	Out Direction = "out"
)

// CallCreated is the first stamp of a call: the INVITE was received, or the
// dialer decided to dial.
type CallCreated struct {
	Direction Direction  `json:"direction"`
	Trunk     TrunkID    `json:"trunk"`
	Route     string     `json:"route,omitempty"` // name of the inbound route
	Party     PartyID    `json:"party,omitempty"`
	Campaign  CampaignID `json:"campaign,omitempty"`
	Lead      LeadID     `json:"lead,omitempty"`
	Attempt   ID         `json:"attempt,omitempty"`
	// Callback is the call-back that this call is a try of, CallbackOf the call
	// in which it was asked for.
	Callback   ID `json:"callback,omitempty"`
	CallbackOf ID `json:"callback_of,omitempty"`
}

// CallReleased says that the last leg is gone: the call is over.
type CallReleased struct {
	EndedBy  Actor  `json:"ended_by"`
	PrePhase string `json:"pre_phase"` // in which phase the customer's leg ended
	// Estimated: closed by recovery at the last proof of life, error ≤ 1 s.
	Estimated bool `json:"end_estimated,omitempty"`
}

// CallClosed is the last stamp of a call: nothing of it is open any more.
type CallClosed struct {
	Outcome string `json:"outcome"` // call.Outcome
}

// LegInviteReceived: the INVITE was read from the socket.
type LegInviteReceived struct {
	Leg   LegNo   `json:"leg"`
	Trunk TrunkID `json:"trunk"`
}

// LegInviteSent: the INVITE's first transmission.
type LegInviteSent struct {
	Leg   LegNo   `json:"leg"`
	Trunk TrunkID `json:"trunk"`
}

// LegRinging: a 18x was parsed or sent.
type LegRinging struct {
	Leg   LegNo `json:"leg"`
	Code  int   `json:"code"`            // 180, 183 …
	Early bool  `json:"early,omitempty"` // with SDP: early media
}

// LegAnswered: the 200 to the INVITE was parsed or sent. For an agent's leg:
// the browser's connection joined the call.
type LegAnswered struct {
	Leg   LegNo   `json:"leg"`
	Role  string  `json:"role"`            // customer, agent, consulted, outside, supervisor
	Codec string  `json:"codec,omitempty"` // PCMU or PCMA
	Agent AgentID `json:"agent,omitempty"`
}

// LegRejected: a final response ≥ 300, or a time-out which counts as 408.
type LegRejected struct {
	Leg  LegNo `json:"leg"`
	Code int   `json:"code"`
}

// LegCancelled: CANCEL seen or sent before the answer.
type LegCancelled struct {
	Leg LegNo `json:"leg"`
	By  Actor `json:"by"`
}

// LegLost: a browser stopped proving life or its connection broke; the leg is
// kept for its return.
type LegLost struct {
	Leg LegNo `json:"leg"`
}

// LegBack: the browser of a lost leg is connected again.
type LegBack struct {
	Leg   LegNo `json:"leg"`
	GapUS int64 `json:"gap_us"`
}

// LegEnded: the leg is released. BYE seen or sent, connection dropped.
type LegEnded struct {
	Leg LegNo `json:"leg"`
	By  Actor `json:"by"`
}

// Kind implements Fact.
func (CallCreated) Kind() Kind { return "call.created" }

// Kind implements Fact.
func (CallReleased) Kind() Kind { return "call.released" }

// Kind implements Fact.
func (CallClosed) Kind() Kind { return "call.closed" }

// Kind implements Fact.
func (LegInviteReceived) Kind() Kind { return "leg.invite_received" }

// Kind implements Fact.
func (LegInviteSent) Kind() Kind { return "leg.invite_sent" }

// Kind implements Fact.
func (LegRinging) Kind() Kind { return "leg.ringing" }

// Kind implements Fact.
func (LegAnswered) Kind() Kind { return "leg.answered" }

// Kind implements Fact.
func (LegRejected) Kind() Kind { return "leg.rejected" }

// Kind implements Fact.
func (LegCancelled) Kind() Kind { return "leg.cancelled" }

// Kind implements Fact.
func (LegLost) Kind() Kind { return "leg.lost" }

// Kind implements Fact.
func (LegBack) Kind() Kind { return "leg.back" }

// Kind implements Fact.
func (LegEnded) Kind() Kind { return "leg.ended" }
