package phonenet

import (
	"strings"
	"time"
)

// Quirk is what the customer's side of the network does wrong, or seldom, in a
// call.
type Quirk string

// Quirks of a called customer.
const (
	Deaf         Quirk = "deaf"          // nothing of the call is answered, not even by 100
	NoTrying     Quirk = "no trying"     // no 100: the first word is the 180, after Pause
	NoRinging    Quirk = "no ringing"    // 100, then 200
	EarlyMedia   Quirk = "early media"   // 183 with sound, then 200
	Storm        Quirk = "storm"         // a dozen provisional answers
	NewTag       Quirk = "new tag"       // another To tag in the 200 than in the 180
	Forked       Quirk = "forked"        // a second 200 with another To tag
	NoSDP        Quirk = "no sdp"        // 200 without a description
	BadSDP       Quirk = "bad sdp"       // … with one that can't be read
	ForeignCodec Quirk = "foreign codec" // … with payload types that nobody offered
	LateAnswer   Quirk = "late answer"   // answers a CANCEL and, after Late, the INVITE, too
)

// Quirks of a caller.
const (
	NoAck          Quirk = "no ack"           // never acknowledges the 200
	CancelAtOnce   Quirk = "cancel at once"   // CANCEL right behind the INVITE, before any answer
	CancelAtAnswer Quirk = "cancel at answer" // CANCEL crosses the 200, then ACK and BYE
	InviteAgain    Quirk = "invite again"     // repeats the INVITE after it was answered
	Offerless      Quirk = "offerless"        // no SDP in the INVITE, an answer in the ACK
)

// Quirks of either, once the call is up.
const (
	AckLost       Quirk = "ack lost"       // the first three ACKs are lost
	ByeGlare      Quirk = "bye glare"      // says BYE itself when the product's comes
	ByeUnanswered Quirk = "bye unanswered" // never answers the product's BYE
	ByeUnknown    Quirk = "bye unknown"    // answers it by 481
	Asks          Quirk = "asks"           // OPTIONS, INFO, UPDATE, re-INVITE and what nobody knows, in turn
	OfferGlare    Quirk = "offer glare"    // refuses the product's re-INVITE by 491 and sends its own
	Mute          Quirk = "mute"           // sends no sound at all
	Unrefreshed   Quirk = "unrefreshed"    // states a session timer of 90 s that it does not keep
)

// deafFor is how long a Deaf customer counts as a call: until any product has
// given up.
const deafFor = 5 * time.Second

// lostAcks is how many ACKs AckLost loses: the 200 is sent again each time.
const lostAcks = 3

// loses makes the rule by which messages of a call never reach, or never leave,
// the network; nil: none.
func (q Quirk) loses() func(m head) bool {
	acks := 0
	switch q {
	case Deaf:
		return func(m head) bool { return m.out }
	case NoTrying:
		return func(m head) bool { return m.out && strings.HasPrefix(m.start, "SIP/2.0 100") }
	case LateAnswer:
		return func(m head) bool { return m.out && strings.HasPrefix(m.start, "SIP/2.0 487") }
	case ByeUnanswered:
		return func(m head) bool { return m.out && m.method == "BYE" && strings.HasPrefix(m.start, "SIP/2.0") }
	case NoAck:
		return func(m head) bool { return m.out && m.method == "ACK" }
	case AckLost:
		return func(m head) bool {
			if m.method == "ACK" {
				acks++
			}
			return m.method == "ACK" && acks <= lostAcks
		}
	}
	return nil
}

// sessionHeaders of a side that states a session timer (RFC 4028).
func (q Quirk) sessionHeaders(refresher string) []string {
	if q != Unrefreshed {
		return nil
	}
	return []string{"Supported: timer", "Session-Expires: 90;refresher=" + refresher}
}

// body is the SDP of the 200.
func (q Quirk) body(right []byte) []byte {
	switch q {
	case NoSDP:
		return nil
	case BadSDP:
		return []byte("v=0\r\nm=audio everything RTP/AVP\r\nc=nowhere\r\n")
	case ForeignCodec:
		return []byte(strings.NewReplacer("RTP/AVP 0 101", "RTP/AVP 3 18", "RTP/AVP 8 101", "RTP/AVP 3 18",
			"rtpmap:0 PCMU", "rtpmap:3 GSM", "rtpmap:8 PCMA", "rtpmap:3 GSM", "rtpmap:101 telephone-event", "rtpmap:18 G729",
			"a=fmtp:101 0-15\r\n", "").Replace(string(right)))
	}
	return right
}

// stormEvery is the pause between two answers of a Storm.
const stormEvery = 50 * time.Millisecond
