package sip

import "fmt"

// Direction says who sends on a media stream, from the point of view of whoever writes the SDP (RFC 3264 §5.1).
type Direction uint8

// The four directions. The zero value is the default of SDP.
const (
	SendRecv Direction = iota
	SendOnly
	RecvOnly
	Inactive
)

var directionNames = [...]string{SendRecv: "sendrecv", SendOnly: "sendonly", RecvOnly: "recvonly", Inactive: "inactive"}

func (d Direction) String() string {
	if int(d) < len(directionNames) {
		return directionNames[d]
	}
	return fmt.Sprintf("direction(%d)", uint8(d))
}

// Sends reports whether whoever wrote the direction sends packets.
func (d Direction) Sends() bool { return d == SendRecv || d == SendOnly }

// Receives reports whether whoever wrote the direction wants packets.
func (d Direction) Receives() bool { return d == SendRecv || d == RecvOnly }

// answers is the table of RFC 3264 §6.1: row = what the offer says, column = what the answerer would like. We send only
// where the offerer receives and receive only where the offerer sends.
var answers = [4][4]Direction{
	//          wish:  sendrecv  sendonly  recvonly  inactive
	SendRecv: {SendRecv, SendOnly, RecvOnly, Inactive},
	SendOnly: {RecvOnly, Inactive, RecvOnly, Inactive},
	RecvOnly: {SendOnly, SendOnly, Inactive, Inactive},
	Inactive: {Inactive, Inactive, Inactive, Inactive},
}

// Answer returns the direction that answers offer where we would like wish. Both must be one of the four.
func Answer(offer, wish Direction) Direction { return answers[offer&3][wish&3] }

// offering is the direction of an offer that says wish. Whoever is held already holds by inactive, as there is nobody to
// send music to (RFC 3264 §8.4).
func offering(wish Direction, held bool) Direction {
	if held && wish == SendOnly {
		return Inactive
	}
	return wish
}

// holds reports whether the far side holds us, by the direction that it wrote: it does not want to hear us.
func holds(far Direction) bool { return !far.Receives() }

// heldAfter says whether the far side holds us after it answered our offer. An answer to an offer that did not ask to be
// heard says nothing about the far side's own wish.
func heldAfter(before bool, ours, answer Direction) bool {
	if ours == SendRecv {
		return holds(answer)
	}
	return before && !answer.Receives()
}
