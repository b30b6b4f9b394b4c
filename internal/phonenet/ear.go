package phonenet

import "time"

// ear puts the beginning of each source together, whatever the line did to the
// order of its packets: a packet with the marker bit begins another source
// (RFC 3551 §4.1), and the next cueFrames by number are its beginning. What is
// lost stays silent.
type ear struct {
	base   uint16 // sequence number of the first
	begun  time.Time
	slots  [cueFrames][]int16
	filled int
	open   bool // the beginning is not told yet
	any    bool // something was heard at all
	sure   bool // base had the marker bit
	early  [overtakes]packet
}

// packet is one frame of sound.
type packet struct {
	seq    uint16
	at     time.Time
	marker bool
	pcm    []int16
}

// overtakes is how many packets may come before one that they followed.
const overtakes = 4

// take returns the beginning of a source once it is whole, or as whole as it
// will be.
func (e *ear) take(p packet) (pcm []int16, begun time.Time) {
	behind := int16(p.seq - e.base)
	switch {
	case !e.any, p.marker && (behind > 0 || behind < -1000 || behind < 0 && !e.sure):
		e.begin(p)
	case !e.open:
	case behind >= cueFrames+overtakes:
		return e.tell()
	default:
		e.put(p)
	}
	copy(e.early[:], e.early[1:])
	e.early[overtakes-1] = p
	if e.open && e.filled == cueFrames {
		return e.tell()
	}
	return nil, time.Time{}
}

// begin starts anew at p; those of the source that overtook it are taken in.
func (e *ear) begin(p packet) {
	*e = ear{base: p.seq, begun: p.at, open: true, any: true, sure: p.marker, early: e.early}
	e.put(p)
	for _, q := range e.early {
		if q.pcm != nil {
			e.put(q)
		}
	}
}

func (e *ear) put(p packet) {
	i := int16(p.seq - e.base)
	if i < 0 || i >= cueFrames || e.slots[i] != nil {
		return // of another source, or a second time
	}
	e.slots[i] = p.pcm
	e.filled++
}

func (e *ear) tell() (pcm []int16, begun time.Time) {
	e.open = false
	pcm = make([]int16, 0, cueFrames*frame)
	for _, s := range e.slots {
		if s == nil {
			s = make([]int16, frame)
		}
		pcm = append(pcm, s...)
	}
	return pcm, e.begun
}
