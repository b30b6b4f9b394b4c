package relay

import (
	"math/rand/v2"
	"time"
)

// Way is what happens in one direction. The zero value is a good line. Shares
// are of 1.
type Way struct {
	Loss      float64
	Duplicate float64       // comes twice, the copy right behind
	Reorder   float64       // is held back for Hold, so that later ones overtake it
	Corrupt   float64       // one bit is turned over
	Delay     time.Duration // of each datagram
	Jitter    time.Duration // standard deviation of the delay; order is kept all the same
	Hold      time.Duration // of a reordered one; 0 = 30 ms, longer than sound's 20 ms
	Cut       bool          // nothing passes
}

// Direction is who sends.
type Direction int

// Up is from the phones to the product, Down the way back.
const (
	Up Direction = iota
	Down
)

const (
	usualHold = 30 * time.Millisecond
	widest    = 3 // standard deviations; what is beyond is cut off, as a queue is finite
)

// lot is what was drawn for one datagram.
type lot struct {
	copies int // 0: lost
	delay  time.Duration
	late   bool // held back: may be overtaken
	bit    int  // turned over; -1: none
}

// draw decides over a datagram of size bytes. All dice are thrown each time, so
// that a run with another loss is otherwise the same.
func draw(w Way, dice *rand.Rand, size int) lot {
	loss, double, late, damage := dice.Float64(), dice.Float64(), dice.Float64(), dice.Float64()
	wide, bit := dice.NormFloat64(), dice.Uint64()
	if w.Cut || loss < w.Loss {
		return lot{bit: -1}
	}
	l := lot{copies: 1, bit: -1, late: late < w.Reorder}
	if double < w.Duplicate {
		l.copies = 2
	}
	if damage < w.Corrupt && size > 0 {
		l.bit = int(bit % uint64(8*size))
	}
	wide = min(max(wide, -widest), widest)
	l.delay = max(0, w.Delay+time.Duration(wide*float64(w.Jitter)))
	if l.late {
		l.delay += w.hold()
	}
	return l
}

func (w Way) hold() time.Duration {
	if w.Hold == 0 {
		return usualHold
	}
	return w.Hold
}
