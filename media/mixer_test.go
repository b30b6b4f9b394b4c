package media

import (
	"fmt"
	"math"
	"testing"
	"time"
)

func frameOf(hz, amplitude float64) *[FrameSize]int16 {
	o := newOscillator(hz, amplitude)
	var f [FrameSize]int16
	for i := range f {
		f[i] = int16(o.next())
	}
	return &f
}

func TestMixAddsUp(t *testing.T) {
	// Multiples of 50 Hz lie apart in 20 ms.
	a, b, c := frameOf(400, 4000), frameOf(900, 4000), frameOf(1700, 4000)
	for _, x := range []struct {
		name  string
		heard []*[FrameSize]int16
		share map[float64]float64
	}{
		{"nobody", nil, map[float64]float64{400: 0}},
		{"one", []*[FrameSize]int16{a}, map[float64]float64{400: 1, 900: 0, 1700: 0}},
		{"two", []*[FrameSize]int16{a, c}, map[float64]float64{400: .5, 900: 0, 1700: .5}},
		{"three", []*[FrameSize]int16{a, b, c}, map[float64]float64{400: 1. / 3, 900: 1. / 3, 1700: 1. / 3}},
	} {
		var out [FrameSize]int16
		out[7] = 99 // what was there before is gone
		mix(&out, x.heard)
		for hz, share := range x.share {
			if got := Goertzel(out[:], hz); math.Abs(got-share) > .01 {
				t.Errorf("%s: share of %v Hz is %.3f, want %.3f", x.name, hz, got, share)
			}
		}
	}
}

func TestMixSaturates(t *testing.T) {
	loud := frameOf(400, 30000)
	var out [FrameSize]int16
	mix(&out, []*[FrameSize]int16{loud, loud, loud, loud})
	for i, s := range out {
		if want := max(min(4*int32(loud[i]), math.MaxInt16), math.MinInt16); int32(s) != want {
			t.Fatalf("sample %d is %d, want %d", i, s, want)
		}
	}
}

func TestFramesAreEncodedAsClipsAre(t *testing.T) {
	f := frameOf(400, 30000)
	for _, law := range []Law{PCMU, PCMA} {
		var b [FrameSize]byte
		encodeFrame(law, b[:], f)
		for i, c := range b {
			if c != law.Encode(f[i]) {
				t.Fatalf("%v: sample %d is %#x, want %#x", law, i, c, law.Encode(f[i]))
			}
		}
	}
}

// table is n ends in one mixer, everybody hearing everybody else, without sockets; step is 20 ms of it.
func table(t testing.TB, n int) (m *Mixer, step func()) {
	e := &Engine{cfg: Config{}.withDefaults(), courier: newCourier(), wheel: newWheel()}
	t.Cleanup(func() { e.wheel.stop(); e.courier.stop() })
	ends := make([]*mute, n)
	parties := make([]Party, n)
	for i := range ends {
		ends[i] = &mute{}
		ends[i].setup(e, nil, deaf{}, uint32(i))
		ends[i].format = NewFormat(PCMA, 101)
		parties[i].End = ends[i]
		for k := range n {
			if k != i {
				parties[i].Hears = append(parties[i].Hears, k)
			}
		}
	}
	m = e.NewMixer()
	m.Set(parties)
	e.wheel.remove(m) // the test is its wheel
	now := time.Now()
	p := (&stream{size: FrameSize}).packet()
	ts := uint32(0)
	return m, func() {
		for i, e := range ends {
			p.TS, p.Via = ts, uint32(i)
			e.dst.WriteRTP(p)
		}
		ts += FrameSize
		now = now.Add(frameTime)
		m.tick(now)
	}
}

// mute is an end without a wire.
type mute struct{ side }

func TestMixerAllocatesNothing(t *testing.T) {
	_, step := table(t, 4)
	step() // the first grows the list
	if n := testing.AllocsPerRun(1000, step); n != 0 {
		t.Errorf("%v allocations per frame of four", n)
	}
}

// What a frame costs: of one participant, its packet in the jitter buffer and its share of the others' sums included.
func BenchmarkMixer(b *testing.B) {
	for _, n := range []int{3, 4, 8} {
		b.Run(fmt.Sprintf("%d", n), func(b *testing.B) {
			_, step := table(b, n)
			b.ReportAllocs()
			for b.Loop() {
				step()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/participant")
		})
	}
}
