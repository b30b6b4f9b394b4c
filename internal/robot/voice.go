package robot

import (
	"math"
	"math/rand/v2"
)

// frame is 20 ms of 8 kHz sound.
const frame = 160

// Voice makes sound, 160 samples at a time.
type Voice interface{ Frame(dst []int16) }

// Tone is a steady sine.
type Tone struct {
	Hz    float64
	phase float64
}

// Frame implements Voice.
func (t *Tone) Frame(dst []int16) {
	for i := range dst {
		dst[i] = int16(8000 * math.Sin(t.phase))
		t.phase += 2 * math.Pi * t.Hz / 8000
	}
}

// Murmur is speech as far as a voice detector can tell: syllables of a voiced
// sound with pauses between phrases. Nobody says anything.
type Murmur struct {
	rand  *rand.Rand
	left  int // frames of the present phrase or pause
	quiet bool
	pitch float64
	phase float64
	beat  float64
}

// NewMurmur is a voice of the given pitch in Hz; a seed always says the same.
func NewMurmur(seed uint64, pitch float64) *Murmur {
	return &Murmur{rand: rand.New(rand.NewPCG(seed, 7)), pitch: pitch, quiet: true}
}

// Frame implements Voice.
func (m *Murmur) Frame(dst []int16) {
	if m.left--; m.left <= 0 {
		m.quiet = !m.quiet
		m.left = 25 + m.rand.IntN(75) // 0.5 to 2 s
		m.pitch *= 0.97 + 0.06*m.rand.Float64()
	}
	for i := range dst {
		if m.quiet {
			dst[i] = 0
			continue
		}
		m.beat += 2 * math.Pi * 4.5 / 8000 // syllables a second
		m.phase += 2 * math.Pi * m.pitch / 8000
		loud := 1500 * (1 + math.Sin(m.beat))
		dst[i] = int16(loud * (math.Sin(m.phase) + 0.5*math.Sin(2*m.phase) + 0.25*math.Sin(5*m.phase)) / 1.75)
	}
}

// ulaw encodes one sample by ITU-T G.711 µ-law.
func ulaw(s int16) byte {
	const bias, clip = 0x84, 32635
	sign := byte(0)
	v := int(s)
	if v < 0 {
		sign, v = 0x80, -v
	}
	v = min(v, clip) + bias
	exp := 7
	for mask := 0x4000; v&mask == 0 && exp > 0; mask >>= 1 {
		exp--
	}
	return ^(sign | byte(exp)<<4 | byte(v>>(exp+3))&0x0f)
}
