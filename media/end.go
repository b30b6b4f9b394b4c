package media

import (
	"net/netip"
	"time"
)

// headerLen is the length of the RTP header we send: no CSRC, no extension (RFC 3550 §5.1).
const headerLen = 12

// Packet is one received RTP packet on its way from an End to a Sink.
type Packet struct {
	B      []byte    // 12 bytes of room for the header, then the payload; cap(B) ≥ len(B)+32, so that a sink can seal in place
	At     time.Time // when it was received, with monotonic part
	Law    Law       // of the payload, unless Event
	Event  bool      // the payload is a telephone-event (RFC 4733), not audio
	Marker bool
	Seq    uint16
	TS     uint32 // 8 kHz
	SSRC   uint32 // of the far side
	Via    uint32 // the End that received it, unique in its Engine
}

// Payload is the part of B after the header.
func (p *Packet) Payload() []byte { return p.B[headerLen:] }

// Sink takes packets. WriteRTP must not block and must not keep p or p.B; it may change both.
type Sink interface{ WriteRTP(p *Packet) }

// Tap hears what an End receives (recorder, voice activity, answering machine detection). Heard must neither block,
// nor keep, nor change p; the end's lock is held, so it must not call the end.
type Tap interface{ Heard(p *Packet) }

// Source is something to play, pulled in frames of 20 ms by the engine's wheel.
type Source interface {
	// Frame writes the next FrameSize bytes in the given law to dst and returns how many are sound; fewer than
	// FrameSize ends the playing after this frame. It must not block.
	Frame(law Law, dst []byte) int
}

// End is one party's connection, as the owner of a call sees it. It is safe for concurrent use and none of its
// methods waits for the network.
//
// It is the seam between calls and engines and for that reason wider than an interface should be: the users declare
// the part that they need.
type End interface {
	Sink
	// Attach says where the packets received here go from now on; nil: they are counted and dropped, and no
	// FirstReceived comes any more. With a sink it arms FirstReceived here, for packets received from now on, and, if
	// the sink is an End, FirstSent there.
	Attach(dst Sink)
	// Tap lets t hear what is received here; nil: nobody.
	Tap(t Tap)
	// Meter lets e judge what is received here; nil: nobody does. MicSilent and MicHeard come from an ear that tells of them.
	Meter(e *Ear)
	// Play plays src towards the far side in place of what Attach brings; nil stops. When src ends by itself the
	// event Played carries id.
	Play(id string, src Source)
	// Press sends digits (0-9 * # A-D) one after another, each hold long, towards the far side: as RFC 4733 events or,
	// where that was not negotiated, as tones. It interrupts what is relayed or played. At most 32 digits wait.
	Press(digits string, hold time.Duration) error
	// Mute replaces what is received here by silence before anybody hears it; keys pressed meanwhile go
	// nowhere. It stays over Attach, until Mute(false).
	Mute(on bool)
	// Expect says whether the far side has promised packets. Only then does Silent come.
	Expect(packets bool)
	// DetectInband turns on the search for keys in the sound itself. It ends by itself at the first RFC 4733 event,
	// since a far side that sends both would count twice.
	DetectInband(on bool)
	// Format is what was negotiated with the far side.
	Format() Format
	// Stats is a snapshot.
	Stats() Stats
	// Close ends the connection. The first cause is the one that Closed reports; later calls do nothing.
	Close(cause error)
}

// WebEnd is a browser.
type WebEnd interface {
	End
	// Answer takes an SDP offer and returns our answer, complete with candidates. Again for an ICE restart or another
	// offer of the same connection. It may take as long as gathering does (milliseconds). ErrOffer, ErrNoCodec: what was
	// there before goes on; after another error only Close is left.
	Answer(offer string) (answer string, err error)
	// Doubt says that there is a reason to think that the browser is gone: if it has promised packets and none came for
	// half a second, it is Lost at once.
	Doubt()
}

// TrunkEnd is an RTP peer that SDP was exchanged with.
type TrunkEnd interface {
	End
	// LocalAddr is where we receive RTP: for m= of our SDP and, unless it is 0.0.0.0, for c=. RTCP is one port above.
	LocalAddr() netip.AddrPort
	// SetRemote takes what the far side's latest SDP says. Another address than before releases the source lock.
	SetRemote(r Remote)
}

// Remote is the far side of a trunk according to its SDP.
type Remote struct {
	RTP    netip.AddrPort // address 0.0.0.0 or port 0 (the old way to hold): nothing is sent, the rest stays
	RTCP   netip.AddrPort // a=rtcp; zero: one port above RTP
	Format Format
	NoSend bool    // the negotiated direction forbids us to send (recvonly, inactive)
	Crypto *Crypto // SRTP; nil: plain RTP
}

// Bridge lets two ends hear each other and stops what was played to them.
func Bridge(a, b End) {
	a.Play("", nil)
	b.Play("", nil)
	a.Attach(b)
	b.Attach(a)
}

// Part undoes Bridge: nobody hears anybody, both ends stay up.
func Part(a, b End) {
	a.Attach(nil)
	b.Attach(nil)
}

// Park takes an end out of its bridge and plays to it. The other side of the bridge is the caller's to detach.
func Park(e End, id string, src Source) {
	e.Attach(nil)
	e.Play(id, src)
}
