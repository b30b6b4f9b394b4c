package media

import (
	"sync"
	"time"
)

// Voice activity, after the terms of ITU-T P.56: a side is active while its level lies a margin above the noise, and for
// a hangover of 200 ms after that, so that the gaps between words don't count as silence. The noise floor follows the
// quiet: at once down, 3 dB a second up, between −75 and −40 dBFS; the margin is 9 dB, and nothing below −50 dBFS is
// voice. Two packets in a row begin an activity, so that a click is none.
const (
	activityHangover = 200 * time.Millisecond
	activityPackets  = 2
	// Mean squares; full scale is 32768².
	fullScale     = 1 << 30
	floorLow      = fullScale / 31622777 // −75 dBFS
	floorHigh     = fullScale / 10000    // −40 dBFS
	voiceLeast    = fullScale / 100000   // −50 dBFS
	voiceMargin   = 8                    // 9 dB
	floorRise     = 1.0139               // 3 dB a second, a packet of 20 ms
	micDeadBelow  = fullScale / 10000000 // −70 dBFS: no microphone is as quiet
	micAliveAbove = fullScale / 1000000  // −60 dBFS
	micAlive      = 5                    // packets in a row
	// A microphone that never sent a sound is suspected sooner than one that fell silent: a page may gate the noise of
	// an agent who listens.
	micDeadFirst, micDeadLater = 10 * time.Second, 30 * time.Second

	// DeadAirFrom is from when on the silence of both sides is dead air.
	DeadAirFrom = 3 * time.Second
)

// squares[l] is the square of the sample behind each code of l: the level of a packet costs an addition a sample.
var squares = [2][256]uint32{
	PCMU: makeTable(func(c byte) uint32 { return square(decodeMu(c)) }),
	PCMA: makeTable(func(c byte) uint32 { return square(decodeA(c)) }),
}

func square(s int16) uint32 { return uint32(int32(s) * int32(s)) } //nolint:gosec // below 2^30

// Ear judges what one side says. It is put on an end by Meter, and on the next one when the side gets another.
type Ear struct {
	mic bool // it tells of a microphone that sends silence

	mu     sync.Mutex // after an end's lock, before a Talk's
	talks  []*Talk
	floor  float64
	loud   int // packets above the threshold in a row
	active bool
	lastAt time.Time // above the threshold
	spoke  bool
	quiet  time.Time // since when the microphone sends nothing; zero: it does not
	told   time.Time // when that was told last
	alive  int
}

// NewEar is for one side. mic: MicSilent and MicHeard are told by the end that it is on.
func NewEar(mic bool) *Ear { return &Ear{mic: mic, floor: floorHigh} }

// heard takes a packet and says what is to be told of the microphone; 0: nothing.
func (e *Ear) heard(payload []byte, law Law, at time.Time) EventKind {
	if len(payload) == 0 {
		return 0
	}
	var sum uint64
	table := &squares[law&1]
	for _, c := range payload {
		sum += uint64(table[c])
	}
	level := float64(sum) / float64(len(payload))
	e.mu.Lock()
	defer e.mu.Unlock()
	e.judge(level, at)
	if !e.mic {
		return 0
	}
	return e.microphone(level, at)
}

// judge finds whether the side is active.
func (e *Ear) judge(level float64, at time.Time) {
	threshold := max(e.floor*voiceMargin, voiceLeast)
	if level < e.floor {
		e.floor = max(level, floorLow)
	} else {
		e.floor = min(e.floor*floorRise, floorHigh)
	}
	if level < threshold {
		e.loud = 0
		if e.active && at.Sub(e.lastAt) >= activityHangover {
			e.turn(false, at)
		}
		return
	}
	e.loud++
	if e.loud >= activityPackets {
		e.lastAt = at
		if !e.active {
			e.turn(true, at)
		}
	}
}

func (e *Ear) isActive() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.active
}

func (e *Ear) turn(active bool, at time.Time) {
	e.active, e.spoke = active, true
	for _, t := range e.talks {
		t.turn(e, active, at)
	}
}

// microphone tells after a long silence, and again as often, so that who ignored it once, for the agent was muted,
// hears of it again; and after a sound.
func (e *Ear) microphone(level float64, at time.Time) EventKind {
	if level >= micAliveAbove {
		e.alive++
	} else {
		e.alive = 0
	}
	if e.alive >= micAlive {
		was := !e.told.IsZero()
		e.quiet, e.told = time.Time{}, time.Time{}
		if was {
			return MicHeard
		}
		return 0
	}
	if e.quiet.IsZero() {
		if level < micDeadBelow {
			e.quiet = at
		}
		return 0
	}
	if level >= micAliveAbove {
		return 0
	}
	after := micDeadFirst
	if e.spoke {
		after = micDeadLater
	}
	if since := at.Sub(later(e.quiet, e.told)); since >= after {
		e.told = at
		return MicSilent
	}
	return 0
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
