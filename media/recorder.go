package media

import (
	"sync"
	"time"
)

// Reel takes what a Recorder hears: 20 ms a time, FrameSize samples of each channel in its law, interleaved. Take copies
// and returns at once, on the engine's wheel. False: it can take no more, the recording is over.
type Reel interface{ Take(frame []byte) bool }

// Recorder takes down what ends receive, each channel the sum of some of them. It hears by Tap and disturbs nobody; an
// end that it doesn't hear costs nothing. Its time is the wall clock's: what nobody said is silence, and sound is 60 ms
// late by its jitter buffers and the mask that takes the keypad's tones out.
type Recorder struct {
	eng  *Engine
	law  Law
	reel Reel

	mu       sync.Mutex // BEFORE an end's own lock, never after it
	channels [][]*lane
	began    time.Time
	frames   int64 // given to the reel
	paused   bool
	over     bool
	out      []byte
	heard    []*[FrameSize]int16
	mixed    [FrameSize]int16
}

// lane is one end's way into a recording.
type lane struct {
	end   End
	mask  keyMask
	frame [FrameSize]int16

	mu sync.Mutex // the end's reader writes, the wheel reads
	in jitterBuffer
}

var _ Tap = (*lane)(nil)

// Heard implements Tap. Keys that are signalled are no sound.
func (l *lane) Heard(p *Packet) {
	if p.Event {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.in.put(p)
}

// Record begins a recording of so many channels, of nobody yet.
func (e *Engine) Record(law Law, channels int, reel Reel) *Recorder {
	r := &Recorder{eng: e, law: law, reel: reel, channels: make([][]*lane, channels), began: time.Now(), out: make([]byte, channels*FrameSize)}
	e.wheel.add(r)
	return r
}

// Hear says whom each channel hears from now on. Who stays goes on without a break. An end is heard by one recorder.
func (r *Recorder) Hear(channels ...[]End) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return
	}
	for i := range r.channels {
		var ends []End
		if i < len(channels) {
			ends = channels[i]
		}
		r.channels[i] = hearing(r.channels[i], ends)
	}
}

func hearing(before []*lane, ends []End) (lanes []*lane) {
	for _, l := range before {
		if !hasEnd(ends, l.end) {
			l.end.Tap(nil)
		}
	}
	for _, e := range ends {
		var l *lane
		for _, b := range before {
			if b.end == e {
				l = b
			}
		}
		if l == nil {
			l = &lane{end: e}
			e.Tap(l)
		}
		lanes = append(lanes, l)
	}
	return lanes
}

func hasEnd(ends []End, e End) bool {
	for _, other := range ends {
		if other == e {
			return true
		}
	}
	return false
}

// Pause records silence from now on, or sound again. Nothing that was said in between is heard later, not even what
// waits in a buffer. It returns the length of the recording so far.
func (r *Recorder) Pause(on bool) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.paused && !on {
		for _, lanes := range r.channels {
			for _, l := range lanes {
				l.forget()
			}
		}
	}
	r.paused = on
	return r.length()
}

func (l *lane) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.in, l.mask = jitterBuffer{}, keyMask{}
}

// length is what the reel has been given.
func (r *Recorder) length() time.Duration { return time.Duration(r.frames) * frameTime }

// Stop ends the recording and returns its length; nothing is given to the reel after it.
func (r *Recorder) Stop() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopLocked()
	return r.length()
}

func (r *Recorder) stopLocked() {
	if r.over {
		return
	}
	r.over = true
	for i, lanes := range r.channels {
		r.channels[i] = hearing(lanes, nil)
	}
	r.eng.wheel.remove(r)
}

// maxRecordedAtOnce bounds what a tick makes up for when the wheel stood still.
const maxRecordedAtOnce = 250 // frames: 5 s

// tick is the wheel's turn. What the wheel has missed is recorded as far as the buffers hold it, else as silence: the
// recording keeps the wall clock's time.
func (r *Recorder) tick(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return
	}
	due := int64(now.Sub(r.began) / frameTime)
	for n := 0; r.frames < due && n < maxRecordedAtOnce; n++ {
		for c, lanes := range r.channels {
			r.channelLocked(c, lanes)
		}
		r.frames++
		if !r.reel.Take(r.out) {
			r.stopLocked()
			return
		}
	}
}

// channelLocked writes the frame of one channel to its places in out.
func (r *Recorder) channelLocked(c int, lanes []*lane) {
	r.heard = r.heard[:0]
	for _, l := range lanes {
		l.mu.Lock()
		l.in.frame(&l.frame)
		l.mu.Unlock()
		l.mask.frame(&l.frame)
		r.heard = append(r.heard, &l.frame)
	}
	if r.paused {
		r.heard = r.heard[:0]
	}
	mix(&r.mixed, r.heard)
	for i, s := range r.mixed {
		r.out[i*len(r.channels)+c] = r.law.Encode(s)
	}
}
