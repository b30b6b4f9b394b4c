package media

import (
	"math"
	"testing"
	"time"
)

// through sends samples through a mask and returns what comes out, put back in time.
func through(samples []int16) []int16 {
	var m keyMask
	var out []int16
	samples = append(samples, make([]int16, 2*maskDelay)...)
	for i := 0; i+FrameSize <= len(samples); i += FrameSize {
		f := [FrameSize]int16(samples[i : i+FrameSize])
		m.frame(&f)
		out = append(out, f[:]...)
	}
	return out[maskDelay:]
}

func rms(samples []int16) float64 {
	sum := 0.0
	for _, s := range samples {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(len(samples)))
}

// No sample of a key of 40 ms or more is left, wherever it begins; what was said 40 ms before and after it is.
func TestMaskTakesKeysOut(t *testing.T) {
	for _, key := range keypadLayout {
		for _, length := range []int{320, 400, 800, 4000} {
			for begin := 1600; begin < 1600+FrameSize; begin += 13 {
				samples := make([]int16, begin+length+1600)
				voice := newOscillator(300, 6000)
				for i := range samples {
					samples[i] = int16(voice.next())
				}
				tone := keyTone(byte(key))
				for i := range length {
					samples[begin+i] = tone.next()
				}
				out := through(samples)
				if loud := rms(out[begin : begin+length]); loud != 0 {
					t.Fatalf("key %c of %d samples from %d: %v is left", key, length, begin, loud)
				}
				for _, part := range [][]int16{out[800 : begin-320], out[begin+length+320 : begin+length+1600]} {
					if s := Goertzel(part, 300); s < 0.99 {
						t.Fatalf("key %c of %d samples from %d: only %v of the voice beside it is left", key, length, begin, s)
					}
				}
			}
		}
	}
}

func TestMaskLeavesSpeechAlone(t *testing.T) {
	// Vowels of a deep and a high voice: many harmonics, none of them two tones alone.
	for _, pitch := range []float64{110, 180, 240} {
		samples := make([]int16, 8000)
		for h := 1.0; h*pitch < 3400; h++ {
			o := newOscillator(h*pitch, 6000/h)
			for i := range samples {
				samples[i] += int16(o.next())
			}
		}
		out := through(samples)
		for i := range samples {
			if out[i] != samples[i] {
				t.Fatalf("a voice of %v Hz: sample %d is %d, was %d", pitch, i, out[i], samples[i])
			}
		}
	}
}

// spool keeps what a recorder gives.
type spool struct {
	sound []byte
	most  int // 0: no limit
}

func (s *spool) Take(frame []byte) bool {
	if s.most > 0 && len(s.sound) >= s.most {
		return false
	}
	s.sound = append(s.sound, frame...)
	return true
}

// channel decodes one channel of two.
func (s *spool) channel(c int, law Law) []int16 {
	var out []int16
	for i := c; i < len(s.sound); i += 2 {
		out = append(out, law.Decode(s.sound[i]))
	}
	return out
}

// desk is a recorder that a test turns, and ends that say what the test wants.
type deck struct {
	*Recorder
	spool
	now  time.Time
	ends []*mute
	says []Source
	p    *Packet
	ts   uint32
}

func newDeck(t testing.TB, hz ...float64) *deck {
	e := &Engine{cfg: Config{}.withDefaults(), courier: newCourier(), wheel: newWheel()}
	t.Cleanup(func() { e.wheel.stop(); e.courier.stop() })
	d := &deck{now: time.Now(), p: (&stream{size: FrameSize}).packet()}
	d.Recorder = e.Record(PCMA, 2, &d.spool)
	e.wheel.remove(d.Recorder) // the test is its wheel
	d.began = d.now
	for i, f := range hz {
		end := &mute{}
		end.setup(e, nil, deaf{}, uint32(i))
		d.ends, d.says = append(d.ends, end), append(d.says, Loop(Tone(time.Second, f)))
	}
	return d
}

// step is 20 ms in which everybody speaks.
func (d *deck) step() {
	for i, e := range d.ends {
		if e.tap != nil {
			d.p.TS, d.p.Via, d.p.Law = d.ts, uint32(i), PCMA
			d.says[i].Frame(PCMA, d.p.Payload())
			e.tap.Heard(d.p)
		}
	}
	d.ts += FrameSize
	d.now = d.now.Add(frameTime)
	d.tick(d.now)
}

func (d *deck) steps(n int) {
	for range n {
		d.step()
	}
}

func TestRecorderKeepsChannelsApart(t *testing.T) {
	d := newDeck(t, 400, 900, 1700)
	d.Hear([]End{d.ends[0]}, []End{d.ends[1]})
	d.steps(50)
	d.Hear([]End{d.ends[0]}, []End{d.ends[1], d.ends[2]})
	d.steps(50)
	d.Hear([]End{d.ends[0]}, []End{d.ends[2]})
	d.steps(50)
	if n := d.Stop(); n != 3*time.Second || len(d.sound) != 2*24000 {
		t.Fatalf("%v, %d bytes", n, len(d.sound))
	}
	d.steps(5)
	if len(d.sound) != 2*24000 {
		t.Error("recorded after its end")
	}
	left, right := d.channel(0, PCMA), d.channel(1, PCMA)
	for i, want := range []map[float64]float64{{900: 1}, {900: .5, 1700: .5}, {1700: 1}} {
		from := i*8000 + 1600 // 200 ms for the change
		for _, hz := range []float64{400, 900, 1700} {
			if got := Goertzel(right[from:from+4000], hz); math.Abs(got-want[hz]) > .02 {
				t.Errorf("second %d, right: share of %v Hz is %.2f, want %.2f", i, hz, got, want[hz])
			}
		}
		if got := Goertzel(left[from:from+4000], 400); got < .99 {
			t.Errorf("second %d, left: share of 400 Hz is %.2f", i, got)
		}
	}
	for _, e := range d.ends {
		if e.tap != nil {
			t.Error("an end is still tapped")
		}
	}
}

// While paused there is silence, and afterwards nothing of what was said in the pause.
func TestRecorderPauses(t *testing.T) {
	d := newDeck(t, 400, 900)
	d.Hear([]End{d.ends[0]}, []End{d.ends[1]})
	d.steps(50)
	from := d.Pause(true)
	d.says[0] = Loop(Tone(time.Second, 1500)) // the card's number
	d.steps(50)
	to := d.Pause(false)
	d.says[0] = Loop(Tone(time.Second, 400))
	d.steps(50)
	if from != time.Second || to != 2*time.Second {
		t.Errorf("paused from %v to %v", from, to)
	}
	left := d.channel(0, PCMA)
	if loud := rms(left[8000:16000]); loud > 10 {
		t.Errorf("%v in the pause", loud)
	}
	for i := 0; i+FrameSize <= len(left); i += FrameSize {
		if rms(left[i:i+FrameSize]) > 100 && Goertzel(left[i:i+FrameSize], 1500) > .1 {
			t.Fatalf("what was said in the pause is heard at frame %d", i/FrameSize)
		}
	}
	if s := Goertzel(left[18000:24000], 400); s < .99 {
		t.Errorf("after the pause the share of 400 Hz is %v", s)
	}
}

// A wheel that stands still costs sound, not time.
func TestRecorderKeepsTime(t *testing.T) {
	d := newDeck(t, 400, 900)
	d.Hear([]End{d.ends[0]}, []End{d.ends[1]})
	d.steps(10)
	d.now = d.now.Add(2 * time.Second)
	d.steps(10)
	if n := d.Stop(); n != 2400*time.Millisecond {
		t.Errorf("recorded %v of 2.4 s", n)
	}
}

// A reel that can't take more ends the recording, and its ends go on.
func TestReelIsFull(t *testing.T) {
	d := newDeck(t, 400, 900)
	d.most = 3200
	d.Hear([]End{d.ends[0]}, []End{d.ends[1]})
	d.steps(100)
	if len(d.sound) != 3200 || d.ends[0].tap != nil {
		t.Errorf("%d bytes", len(d.sound))
	}
}

func TestRecorderAllocatesNothing(t *testing.T) {
	d := newDeck(t, 400, 900)
	d.Hear([]End{d.ends[0]}, []End{d.ends[1]})
	d.sound = make([]byte, 0, 1<<20)
	d.step()
	if n := testing.AllocsPerRun(1000, d.step); n != 0 {
		t.Errorf("%v allocations per frame", n)
	}
}

// What 20 ms of a stereo recording cost: two packets heard, masked and encoded.
func BenchmarkRecorder(b *testing.B) {
	d := newDeck(b, 400, 900)
	d.Hear([]End{d.ends[0]}, []End{d.ends[1]})
	b.ReportAllocs()
	for b.Loop() {
		d.step()
		d.sound = d.sound[:0]
	}
}
