package media

import "time"

// NoPT in a Format: this payload type was not negotiated.
const NoPT = -1

// Format is what two sides agreed on. All of it runs at 8 kHz.
type Format struct {
	PCMU, PCMA int           // payload types, NoPT where not agreed; the zero value is none at all: make it with NewFormat
	Event      int           // of telephone-event/8000, NoPT where not agreed
	Prefer     Law           // what the far side put first: sources play it, and a law that was not agreed is turned into it
	Ptime      time.Duration // what the far side would like; packets are relayed as they come, ours are 20 ms
}

// NewFormat is a Format with one law at its static payload type (RFC 3551) and event as payload type for keys.
func NewFormat(law Law, event int) Format {
	f := Format{PCMU: NoPT, PCMA: NoPT, Event: event, Prefer: law, Ptime: frameTime}
	if law == PCMA {
		f.PCMA = 8
	} else {
		f.PCMU = 0
	}
	return f
}

// known tells what a received payload type stands for.
func (f Format) known(pt byte) (law Law, event, ok bool) {
	switch int(pt) {
	case f.PCMU:
		return PCMU, false, true
	case f.PCMA:
		return PCMA, false, true
	case f.Event:
		return 0, true, true
	}
	return 0, false, false
}

// audio is the payload type and the law in which audio of the given law leaves.
func (f Format) audio(law Law) (pt byte, as Law, ok bool) {
	for _, l := range [2]Law{law, f.Prefer} {
		if n := f.payloadType(l); n != NoPT {
			return byte(n), l, true
		}
	}
	return 0, 0, false
}

func (f Format) payloadType(l Law) int {
	if l == PCMA {
		return f.PCMA
	}
	return f.PCMU
}
