package wire

import "encoding/json"

// Frame is one message on the agent's WebSocket, either way. Commands from the
// page carry ID, counted 1, 2, 3 … per desk session; every command is answered
// by exactly one "done" or "error" with the same id, and one that is sent again
// after a reconnect is answered again without being carried out twice. Messages
// from the server carry Seq, counted likewise; a page resumes with the last Seq
// it has seen and gets what it missed, or a fresh "welcome".
type Frame struct {
	Type string          `json:"type"`
	ID   uint64          `json:"id,omitempty"`
	Seq  uint64          `json:"seq,omitempty"`
	Body json.RawMessage `json:"body,omitempty"`
}

// Types of frames from the page.
const (
	TypeHello      = "hello"       // Hello; first frame, within 5 s
	TypeHeartbeat  = "heartbeat"   // Heartbeat, every 2 s, from JavaScript
	TypeReady      = "ready"       // no body: I take calls
	TypePause      = "pause"       // Pause
	TypeLogout     = "logout"      // no body
	TypeMediaOffer = "media_offer" // SDP; answered by media_answer
	TypeMediaFail  = "media_fail"  // MediaFail
	TypeRinging    = "ringing"     // OfferRef: the page rings now
	TypeAccept     = "accept"      // OfferRef
	TypeDecline    = "decline"     // OfferRef
	TypeHold       = "hold"        // Switch
	TypeMute       = "mute"        // Switch
	TypeRecord     = "record"      // Switch: begin or end a recording on demand
	TypeRecPause   = "rec_pause"   // Switch: card data follow, or are over
	TypeHangup     = "hangup"      // CallRef
	TypeDial       = "dial"        // Dial

	TypeConsult    = "consult"           // Ask: speak with somebody while the customer hears music
	TypeConsultEnd = "consult_end"       // CallRef: take the customer back
	TypeComplete   = "transfer_complete" // CallRef: give the customer to who is consulted
	TypeTransfer   = "transfer"          // Ask: give the customer away without a word before
	TypeConference = "conference"        // CallRef: customer, agent and who is consulted hear each other
	TypePark       = "park"              // CallRef: leave the customer for whoever fetches them
	TypeRetrieve   = "retrieve"          // CallRef: fetch a parked call

	TypeDispose    = "dispose"     // Dispose
	TypeNote       = "note"        // Note
	TypeWrapExtend = "wrap_extend" // CallRef: 30 s more
	TypeWrapEnd    = "wrap_end"    // WrapEnd
)

// Types of frames from the server.
const (
	TypeWelcome      = "welcome"       // Welcome
	TypeDone         = "done"          // no body
	TypeError        = "error"         // Error
	TypeHeartbeatAck = "heartbeat_ack" // HeartbeatAck; has no Seq, is not replayed
	TypeMediaAnswer  = "media_answer"  // SDP
	TypePresence     = "presence"      // Presence
	TypeRing         = "ring"          // Ring
	TypeUnring       = "unring"        // Unring
	TypeCall         = "call"          // Call: the picture of the agent's call, after every change
	TypeNotice       = "notice"        // Notice: after each welcome where there is one, and after every change; has no Seq
	TypeTakenOver    = "taken_over"    // no body: another tab or device took the seat; the socket closes
)

// Close codes of the WebSocket.
const (
	CloseRestart      = 1012 // the server stops; come back at once (RFC 6455, IANA registry)
	CloseUnauthorized = 4401 // no valid session
	CloseForbidden    = 4403 // wrong origin or role
	CloseProtocol     = 4406 // protocol version or a frame that is not one
	CloseTakenOver    = 4409 // another tab took the seat
	CloseTooFast      = 4429 // more than 20 frames a second
)

// Hello opens or resumes a desk session. The HTTP session cookie says who.
type Hello struct {
	Protocol int    `json:"protocol"`
	Desk     string `json:"desk"`     // id of this tab, made by the page, kept in sessionStorage across reloads
	LastSeq  uint64 `json:"last_seq"` // 0 = fresh page
	TakeOver bool   `json:"take_over,omitempty"`
	Mirror   bool   `json:"mirror,omitempty"` // only look at the desk that is open elsewhere
}

// Welcome is the answer: all that a fresh page needs.
type Welcome struct {
	Agent        Agent         `json:"agent"`
	Server       string        `json:"server"` // version, for "new version, reload after this call"
	Now          int64         `json:"now"`
	Resumed      bool          `json:"resumed"`          // what was missed follows
	Mirror       bool          `json:"mirror,omitempty"` // the page only looks
	NextID       uint64        `json:"next_id"`          // the next command's id
	Presence     Presence      `json:"presence"`         //
	Queues       []Named       `json:"queues"`
	Dispositions []Disposition `json:"dispositions"`
	PauseReasons []string      `json:"pause_reasons"`         // the codes of AuxReasons
	AuxReasons   []AuxReason   `json:"aux_reasons,omitempty"` // in the order of the desk
	MayDial      bool          `json:"may_dial,omitempty"`    // numbers by hand, to call or to bring into a call
	ICEServers   []ICEServer   `json:"ice_servers,omitempty"`
}

// Agent is the person at the desk.
type Agent struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Role     string `json:"role"`
	Language string `json:"language"`
}

// Named is an id with its name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Disposition is one choice after a call, with its names by language.
type Disposition struct {
	Code  string            `json:"code"`
	Names map[string]string `json:"names"`
}

// ICEServer is a TURN or STUN server with time-limited credentials.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// Heartbeat is the page's proof of life. A frozen page answers WebSocket pings
// but sends no heartbeats.
type Heartbeat struct {
	ClientAt int64 `json:"client_at"` // the page's clock, µs
	Mic      bool  `json:"mic"`       // the microphone is there
}

// HeartbeatAck lets the page measure the offset of the clocks.
type HeartbeatAck struct {
	ClientAt int64 `json:"client_at"`
	ServerAt int64 `json:"server_at"`
}

// Pause asks for a pause; while in a call it is kept until the wrap-up ends.
type Pause struct {
	Reason string `json:"reason"`
}

// SDP carries an SDP offer or answer of the warm connection.
type SDP struct {
	SDP string `json:"sdp"`
}

// MediaFail says why the page has no sound: no_microphone or ice_failed.
type MediaFail struct {
	Reason string `json:"reason"`
	Offer  string `json:"offer,omitempty"`
}

// OfferRef names an offer.
type OfferRef struct {
	Offer string `json:"offer"`
}

// CallRef names the agent's part of a call.
type CallRef struct {
	Call    string `json:"call"`
	Segment int    `json:"segment,omitempty"`
}

// Switch turns hold or mute on or off.
type Switch struct {
	Call string `json:"call"`
	On   bool   `json:"on"`
}

// Dial calls a number by hand: as typed, in the organisation's country or with +.
type Dial struct {
	Number string `json:"number"`
}

// Ask names somebody for a call.
type Ask struct {
	Call string `json:"call"`
	To   Target `json:"to"`
}

// Target is whom an agent asks for.
type Target struct {
	Kind string `json:"kind"` // agent, queue, number, menu
	ID   string `json:"id"`   // a number: as typed, in the organisation's country or with +
}

// Dispose sets the disposition of a segment; the last one counts.
type Dispose struct {
	Call    string `json:"call"`
	Segment int    `json:"segment"`
	Code    string `json:"code"`
}

// Note saves the agent's note, whole, each time.
type Note struct {
	Call    string `json:"call"`
	Segment int    `json:"segment"`
	Text    string `json:"text"`
}

// WrapEnd ends wrap-up.
type WrapEnd struct {
	Call    string `json:"call"`
	Segment int    `json:"segment"`
	Then    string `json:"then"` // ready or a pause reason
}

// Error answers a command that was not carried out, or tells what went wrong.
type Error struct {
	Code    string `json:"code"`          // closed set, see docs/protocol.md
	Message string `json:"message"`       // what, why, what to do
	Why     string `json:"why,omitempty"` // of refused: the guard's word
}

// Notice is what agents should know of the server's state, whole each time.
type Notice struct {
	Degraded []Degraded `json:"degraded"`
}

// Presence is the agent's state; the server is its only writer.
type Presence struct {
	State string `json:"state"` // package stamp's states
	Since int64  `json:"since"`
	Aux   string `json:"aux,omitempty"`  // reason of the pause
	Next  string `json:"next,omitempty"` // requested state after the call
	Seat  bool   `json:"seat"`           // the warm connection is up
}

// Party is the customer as the agent may see them.
type Party struct {
	Number string `json:"number"` // E.164 or as received
	Name   string `json:"name,omitempty"`
}

// Ring is an offer.
type Ring struct {
	Offer string `json:"offer"`
	Until int64  `json:"until"`
	From  int64  `json:"from"`
	Why   string `json:"why,omitempty"` // why this agent, in a word: longest_idle
	Call  Call   `json:"call"`
}

// Unring takes an offer away.
type Unring struct {
	Offer string `json:"offer"`
	End   string `json:"end"`
}

// Call is the picture of one call for one agent.
type Call struct {
	Call        string   `json:"call"`
	Direction   string   `json:"direction"`
	Queue       Named    `json:"queue"`
	Campaign    Named    `json:"campaign"`
	Party       Party    `json:"party"`
	Phase       string   `json:"phase"`
	Since       int64    `json:"since"` // of the phase
	Created     int64    `json:"created"`
	Connected   int64    `json:"connected,omitempty"`
	Segment     int      `json:"segment,omitempty"`
	HeldBy      []string `json:"held_by,omitempty"`
	Muted       bool     `json:"muted,omitempty"`
	MicSilent   bool     `json:"mic_silent,omitempty"` // the microphone sends nothing but silence, and is not muted
	Recording   string   `json:"recording,omitempty"`  // announcing, on, paused, failed
	OnDemand    bool     `json:"on_demand,omitempty"`  // the agent may begin and end a recording
	NoAudio     []string `json:"no_audio,omitempty"`   // customer, agent
	Codec       string   `json:"codec,omitempty"`      // PCMU or PCMA: what the page should send
	Role        string   `json:"role,omitempty"`       // the agent's own: agent, consulted
	Others      []Other  `json:"others,omitempty"`     // who takes part besides the agent and the customer
	Asking      *Asking  `json:"asking,omitempty"`     // who is being brought in
	Failed      *Failed  `json:"failed,omitempty"`     // the agent's last ask, if it came to nothing
	Wrap        bool     `json:"wrap,omitempty"`
	WrapUntil   int64    `json:"wrap_until,omitempty"` // 0 = without limit
	WrapNeeded  bool     `json:"wrap_needed,omitempty"`
	WrapMost    int64    `json:"wrap_most,omitempty"` // ends then at the latest; 0 = whenever
	Disposition string   `json:"disposition,omitempty"`
	Note        string   `json:"note,omitempty"`
	Survey      string   `json:"survey,omitempty"`
	SurveyValue int      `json:"survey_value,omitempty"` // of the question how satisfied they are
	Answers     []Answer `json:"answers,omitempty"`      // the questions put so far
	Marks       []Mark   `json:"marks,omitempty"`        // the stamps so far, for the live timeline
	Done        bool     `json:"done,omitempty"`
}

// Answer is a question that was put to the customer after the call.
type Answer struct {
	Question string `json:"question"`
	Type     string `json:"type"`
	Value    int    `json:"value"`
	Scale    int    `json:"scale,omitempty"` // 0 = not answered
	Class    string `json:"class,omitempty"` // good, neutral, bad
}

// Other is another party of a call.
type Other struct {
	Leg   int    `json:"leg"`
	Role  string `json:"role"`  // agent, consulted, outside
	Who   Who    `json:"who"`   //
	State string `json:"state"` // ringing, up, lost
}

// Who names a party: an agent or queue by id, an outside party by number.
type Who struct {
	Kind   string `json:"kind"` // agent, queue, menu, number
	ID     string `json:"id,omitempty"`
	Name   string `json:"name,omitempty"`
	Number string `json:"number,omitempty"`
}

// Asking is somebody being brought in.
type Asking struct {
	Kind     string `json:"kind"` // consult, blind, return
	By       Named  `json:"by"`   // the agent who asks, or gets the call back
	Who      Who    `json:"who"`
	Since    int64  `json:"since"`
	Answered bool   `json:"answered,omitempty"`
}

// Failed is an ask that came to nothing.
type Failed struct {
	Kind string `json:"kind"` // consult, blind
	Who  Who    `json:"who"`
	Why  string `json:"why"` // declined, timed_out, busy, absent, refused, unknown, hung_up, lost, failed
	At   int64  `json:"at"`
}

// Parked is a call that an agent may fetch.
type Parked struct {
	Call  string `json:"call"`
	Since int64  `json:"since"` // in the park
	By    Named  `json:"by"`
	Queue Named  `json:"queue"`
	Party Party  `json:"party"`
}

// Targets is whom an agent may bring into a call, or give one to.
type Targets struct {
	Agents []Colleague `json:"agents"` // at their desks now, by name
	Queues []Named     `json:"queues"`
	Menus  []Named     `json:"menus"`
}

// Colleague is an agent who has not logged out. Who is ready can be rung.
type Colleague struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	State string `json:"state"`
}

// Mark is a stamp on a timeline.
type Mark struct {
	N     uint64 `json:"n"`
	At    int64  `json:"at"`
	Kind  string `json:"kind"`
	Phase string `json:"phase,omitempty"`
	Actor string `json:"actor,omitempty"`
	Leg   int    `json:"leg,omitempty"`
}
