package media

import (
	"math"
	"strings"
	"time"
)

// The keypad's tones (ITU-T Q.23): a row and a column for each key.
var (
	rowHz    = [4]float64{697, 770, 852, 941}
	columnHz = [4]float64{1209, 1336, 1477, 1633}
)

const keypadLayout = "123A456B789C*0#D"

// The filters' coefficients for these, 2 cos(2πf/8000).
var (
	rowTurn    = turns(rowHz)
	columnTurn = turns(columnHz)
)

func turns(hz [4]float64) (c [4]float64) {
	for i, f := range hz {
		c[i] = 2 * math.Cos(2*math.Pi*f/clockRate)
	}
	return c
}

// dualTone is a sum of two sines, each at −9 dBFS or so.
type dualTone struct{ a, b oscillator }

func keyTone(key byte) dualTone {
	i := strings.IndexByte(keypadLayout, key)
	return dualTone{newOscillator(rowHz[i/4], 8000), newOscillator(columnHz[i%4], 10000)}
}

func (d *dualTone) next() int16 { return int16(d.a.next() + d.b.next()) }

type oscillator struct{ amplitude, step, phase float64 }

func newOscillator(hz, amplitude float64) oscillator {
	return oscillator{amplitude: amplitude, step: 2 * math.Pi * hz / clockRate}
}

func (o *oscillator) next() float64 {
	v := o.amplitude * math.Sin(o.phase)
	o.phase = math.Mod(o.phase+o.step, 2*math.Pi)
	return v
}

// Tone is a clip of one or more sines of equal strength, −6 dBFS together.
func Tone(length time.Duration, hz ...float64) *Clip {
	samples := make([]int16, int(samples(length)))
	for _, f := range hz {
		o := newOscillator(f, 16000/float64(len(hz)))
		for i := range samples {
			samples[i] += int16(o.next())
		}
	}
	return NewClip(samples)
}

// Goertzel is the share of the samples' power that lies at hz: 1 for a pure tone there, near 0 for anything else.
// It is as narrow as the samples are long: 1/T.
func Goertzel(samples []int16, hz float64) float64 {
	var s1, s2, total float64
	c := 2 * math.Cos(2*math.Pi*hz/clockRate)
	for _, x := range samples {
		v := float64(x)
		s1, s2 = v+c*s1-s2, s1
		total += v * v
	}
	if total == 0 {
		return 0
	}
	power := s1*s1 + s2*s2 - c*s1*s2
	return 2 * power / (float64(len(samples)) * total)
}

// goertzel4 is Goertzel for four frequencies at once, given by their coefficients, of samples whose power is known: one
// loop of four filters that don't wait for each other takes a third of the time of four loops.
func goertzel4(samples []int16, power float64, c *[4]float64) (shares [4]float64) {
	var a1, a2, b1, b2, c1, c2, d1, d2 float64
	ca, cb, cc, cd := c[0], c[1], c[2], c[3]
	for _, x := range samples {
		v := float64(x)
		a1, a2 = v+ca*a1-a2, a1
		b1, b2 = v+cb*b1-b2, b1
		c1, c2 = v+cc*c1-c2, c1
		d1, d2 = v+cd*d1-d2, d1
	}
	all := float64(len(samples)) * power / 2
	return [4]float64{
		(a1*a1 + a2*a2 - ca*a1*a2) / all, (b1*b1 + b2*b2 - cb*b1*b2) / all,
		(c1*c1 + c2*c2 - cc*c1*c2) / all, (d1*d1 + d2*d2 - cd*d1*d2) / all,
	}
}
