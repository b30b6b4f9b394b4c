// Package phonenet is a simulated telephone network: a real SIP peer on
// loopback whose customers ring, are busy, ring out, listen, speak with pauses,
// press survey keys and hang up. It has its own SDP, RTP and tones, so that a
// fault of the product can't agree with itself; from the product it knows what
// any carrier knows.
package phonenet

import "time"

// Fate is what becomes of a call that reaches a customer.
type Fate string

// The fates of a called customer.
const (
	Answer  Fate = ""          // rings for Ring, then answers
	Busy    Fate = "busy"      // 486 after Ring
	RingOut Fate = "ring_out"  // rings until the caller gives up
	Reject  Fate = "reject"    // 603 after Ring
	Unknown Fate = "unknown"   // 404 at once: no such number
	Intercp Fate = "intercept" // 183 with an announcement, then 480 after Ring
	Refuse  Fate = "refuse"    // Code after Ring
)

// Script is how one customer behaves in one call.
type Script struct {
	Number string // the customer's
	Dialed string // the number that the customer dials; ignored for called customers
	Name   string
	Fate   Fate
	Ring   time.Duration

	Quirk   Quirk
	Pause   time.Duration // of a called customer, before the first word but 100
	Late    time.Duration // of the quirk LateAnswer
	Code    int           // of the fate Refuse
	Headers []string      // "Name: value", of the final answer

	Patience time.Duration // hang up after so long without an agent's voice; 0 = never
	Talk     time.Duration // hang up after so long of an agent's voice; 0 = leave it to the agent
	OnHold   time.Duration // hang up after so long of music on hold; 0 = never
	Key      byte          // pressed in the survey; 0 = none
	KeyAfter time.Duration // from the survey's first word
	Presses  []Press       // further keys, one after the other
	Voice    Voice         // nil = silence is sent
	Heard    func(payload []byte, pt uint8)
}

// Press is a key that a customer presses when something is heard.
type Press struct {
	On    string // a cue's name
	Key   byte   // 0: the cue is only waited for
	Next  byte   // pressed right after it; 0 = none
	After time.Duration
}

// Voice makes sound: 160 samples at 8 kHz a call.
type Voice interface{ Frame(dst []int16) }

// Act is what a customer is about to do, or has just perceived.
type Act struct {
	At      time.Time
	Number  string
	Dialed  string
	Inbound bool   // towards the product
	What    string // before: invite, ring, answer, refuse, cancel, bye, key; after: called, progress (the first 18x), answered, hears_…, hung_up, ended, refused, cancelled, cut
	Code    int    // SIP status, if any
	CallID  string
}
