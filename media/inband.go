package media

import (
	"math"
	"time"
)

const (
	// inbandBlock of 12.75 ms: short enough that every key of 40 ms holds two whole blocks, long enough to part 697
	// from 770 Hz well enough for the dominance test below.
	inbandBlock = 102
	blockTime   = inbandBlock * time.Second / clockRate
	// inbandOn blocks in a row begin a key, inbandOff without it end it.
	inbandOn, inbandOff = 2, 2
	// inbandFloor is the least mean square of a tone: −36 dBFS.
	inbandFloor = 520 * 520
	// The two tones hold this share of the sound; speech rarely does.
	inbandPurity = 0.70
	// Twist: the column may be 6 dB stronger than the row, the row 9 dB stronger than the column (Q.24 asks for 4 to 8).
	maxColumnOverRow, maxRowOverColumn = 4.0, 8.0
)

// inbandReader finds keys in sound: the dual tones of ITU-T Q.23 by Goertzel filters over short blocks.
type inbandReader struct {
	block [inbandBlock]int16
	n     int
	key   byte // being held, 0: none
	at    time.Time
	next  byte // seen in the last block, 0: none
	runs  int  // blocks in a row that showed next
	gone  int  // blocks in a row without key
	held  int  // blocks of key
}

// heard takes the sound of one packet received at `at` and appends the keys that ended in it to out.
func (r *inbandReader) heard(payload []byte, law Law, at time.Time, out []pressed) []pressed {
	for i, c := range payload {
		r.block[r.n] = law.Decode(c)
		r.n++
		if r.n == inbandBlock {
			r.n = 0
			end := at.Add(-time.Duration(len(payload)-1-i) * time.Second / clockRate)
			out = r.step(keyIn(r.block[:]), end, out)
		}
	}
	return out
}

// step takes the verdict on the block that ended at `end`.
func (r *inbandReader) step(seen byte, end time.Time, out []pressed) []pressed {
	if seen == r.next {
		r.runs++
	} else {
		r.next, r.runs = seen, 1
	}
	if r.key != 0 {
		r.held++
		r.gone++
		if seen == r.key {
			r.gone = 0
		}
		if r.gone < inbandOff {
			return out
		}
		out = append(out, pressed{r.key, r.at, time.Duration(r.held-r.gone) * blockTime})
		r.key = 0
	}
	if seen != 0 && r.runs >= inbandOn {
		r.key, r.held, r.gone = seen, r.runs, 0
		r.at = end.Add(-time.Duration(r.runs) * blockTime)
	}
	return out
}

// keyIn is the key whose tones the block consists of, 0 for none.
func keyIn(block []int16) byte {
	var power float64
	for _, x := range block {
		power += float64(x) * float64(x)
	}
	if power < inbandFloor*float64(len(block)) {
		return 0
	}
	row, r := strongest(block, power, &rowTurn)
	column, c := strongest(block, power, &columnTurn)
	if r+c < inbandPurity || c > r*maxColumnOverRow || r > c*maxRowOverColumn {
		return 0
	}
	if row < 0 || column < 0 {
		return 0
	}
	return keypadLayout[row*4+column]
}

// strongest is the frequency that stands out of its group, −1 if none does, and its share of the sound.
func strongest(block []int16, power float64, group *[4]float64) (index int, share float64) {
	shares := goertzel4(block, power, group)
	for i, s := range shares {
		if s > share {
			index, share = i, s
		}
	}
	for i, s := range shares {
		if i != index && s > share*math.Sqrt2/2 {
			return -1, share
		}
	}
	return index, share
}
