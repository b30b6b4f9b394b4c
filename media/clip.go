package media

import "time"

// Clip is a piece of sound: 8 kHz, one channel, encoded once in each law. It never changes, so any number of players
// may share it.
type Clip struct {
	samples []int16
	coded   [2][]byte
}

// NewClip keeps samples.
func NewClip(samples []int16) *Clip {
	c := &Clip{samples: samples}
	for _, law := range [2]Law{PCMU, PCMA} {
		coded := make([]byte, len(samples))
		for i, s := range samples {
			coded[i] = law.Encode(s)
		}
		c.coded[law] = coded
	}
	return c
}

// Samples are the sound in 16 bits; the caller must not change them.
func (c *Clip) Samples() []int16 { return c.samples }

// Length is the time that the clip takes.
func (c *Clip) Length() time.Duration { return samplesToTime(int64(len(c.samples))) }

// player is a Source for one end.
type player struct {
	clips []*Clip
	clip  int // being played
	pos   int // in it
	loop  bool
}

var _ Source = (*player)(nil)

// Once plays the clips one after another. A player serves one Play.
func Once(clips ...*Clip) Source { return &player{clips: clips} }

// Loop plays the clips again and again, as music on hold.
func Loop(clips ...*Clip) Source {
	length := 0
	for _, c := range clips {
		length += len(c.samples)
	}
	return &player{clips: clips, loop: length > 0}
}

func (p *player) Frame(law Law, dst []byte) int {
	n := 0
	for n < len(dst) && p.clip < len(p.clips) {
		k := copy(dst[n:], p.clips[p.clip].coded[law&1][p.pos:])
		n += k
		p.pos += k
		if p.pos == len(p.clips[p.clip].samples) {
			p.pos = 0
			p.clip++
			if p.loop {
				p.clip %= len(p.clips)
			}
		}
	}
	return n
}
