package media

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// stream makes the packets of a counting signal: sample i of the stream is its own number, on A-law's scale, so what was
// lost, doubled or moved shows.
type stream struct {
	ts, size uint32
	n        int
}

func (s *stream) packet() *Packet {
	b := make([]byte, headerLen+int(s.size))
	for i := range s.size {
		b[headerLen+i] = PCMA.Encode(signal(s.ts + i))
	}
	p := &Packet{B: b, Law: PCMA, TS: s.ts, SSRC: 1, Via: 1}
	s.ts += s.size
	s.n++
	return p
}

// signal is a saw of 200 samples with a step that A-law keeps apart.
func signal(ts uint32) int16 { return PCMA.Decode(PCMA.Encode(int16(ts%200)*128 - 12800)) }

// want says that dst is the signal from ts on.
func want(t *testing.T, what string, dst *[FrameSize]int16, ts uint32) {
	t.Helper()
	for i, s := range dst {
		if s != signal(ts+uint32(i)) {
			t.Fatalf("%s: sample %d is %d, want %d", what, i, s, signal(ts+uint32(i)))
		}
	}
}

func TestJitterKeepsOrder(t *testing.T) {
	for _, size := range []uint32{80, 160, 240, 320, 480} {
		var j jitterBuffer
		var dst [FrameSize]int16
		// The timestamps wrap in the middle.
		s := stream{ts: 1<<32 - 10*160, size: size}
		for i := range 200 {
			for s.ts-(1<<32-10*160) < uint32(i+1)*FrameSize+2*size {
				p := s.packet()
				q := s.packet()
				j.put(q) // each second pair of packets comes the wrong way round
				j.put(p)
			}
			if got := j.frame(&dst); i < 5 {
				continue // the first pair came the wrong way round, too
			} else if !got {
				t.Fatalf("packets of %d: frame %d is empty", size, i)
			}
			want(t, fmt.Sprintf("packets of %d, frame %d", size, i), &dst, j.next-FrameSize)
		}
		if j.dropped > 5*FrameSize {
			t.Errorf("packets of %d: %d samples left out", size, j.dropped)
		}
	}
}

func TestJitterFillsWhatIsLost(t *testing.T) {
	var j jitterBuffer
	var dst, before [FrameSize]int16
	s := stream{size: FrameSize}
	j.put(s.packet())
	j.frame(&dst) // silence in front
	j.put(s.packet())
	j.frame(&before)
	s.packet() // lost
	j.frame(&before)
	j.put(s.packet())
	if j.frame(&dst); dst == before {
		t.Fatal("the packet before was read twice")
	}
	for i := range dst {
		if d := int(dst[i]) - int(before[i])>>1; d < -1 || d > 1 {
			t.Fatalf("sample %d in the hole is %d, want half of %d", i, dst[i], before[i])
		}
	}
	j.put(s.packet())
	j.frame(&dst)
	want(t, "after the hole", &dst, 3*FrameSize)
}

// Nothing at all fades to silence, and what comes after a pause begins anew with a short delay.
func TestJitterEndsInSilence(t *testing.T) {
	var j jitterBuffer
	var dst [FrameSize]int16
	s := stream{size: FrameSize}
	for range 10 {
		j.put(s.packet())
		j.frame(&dst)
	}
	for range 20 {
		j.frame(&dst)
	}
	if j.frame(&dst) || slices.Max(dst[:]) > 0 || slices.Min(dst[:]) < -1 {
		t.Errorf("after the end: %v", dst[:8])
	}
	s.ts += 3 * clockRate
	for range 3 {
		j.put(s.packet())
		j.frame(&dst)
	}
	if held := j.high - j.next; held > 2*FrameSize {
		t.Errorf("after a pause %d samples are held", held)
	}
	want(t, "after the pause", &dst, s.ts-2*FrameSize)
}

// Packets that come in bursts of 100 ms cost a second, and then nothing is lost any more.
func TestJitterWidensOnABadLine(t *testing.T) {
	var j jitterBuffer
	var dst [FrameSize]int16
	s := stream{size: FrameSize}
	var since uint64
	for i := range 500 {
		if i%5 == 0 {
			for range 5 {
				j.put(s.packet())
			}
		}
		if i == 50 {
			since = j.dropped
		}
		if got := j.frame(&dst); i > 50 && !got {
			t.Fatalf("frame %d is empty, %d held for", i, j.target)
		}
	}
	if j.dropped != since {
		t.Errorf("%d samples dropped after the first second", j.dropped-since)
	}
}

// A sender whose clock is 1 % faster or slower than ours neither piles up delay nor starves.
func TestJitterFollowsDrift(t *testing.T) {
	for _, rate := range []float64{0.99, 1.01} {
		var j jitterBuffer
		var dst [FrameSize]int16
		s := stream{size: FrameSize}
		empty, sent := 0, 0.0
		for range 10000 {
			for sent += rate; sent >= 1; sent-- {
				j.put(s.packet())
			}
			if !j.frame(&dst) {
				empty++
			}
			if held := j.high - j.next; int32(held) > jitterMost+2*FrameSize {
				t.Fatalf("rate %v: %d samples are held", rate, held)
			}
		}
		if empty > 110 {
			t.Errorf("rate %v: %d of 10,000 frames empty", rate, empty)
		}
	}
}

// Whatever comes, in whatever order, reading and writing stay inside the ring.
func TestJitterSurvivesNonsense(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var j jitterBuffer
	var dst [FrameSize]int16
	for range 100000 {
		p := &Packet{B: make([]byte, headerLen+r.IntN(1460)), TS: r.Uint32() >> r.IntN(32), SSRC: r.Uint32N(2), Law: Law(r.IntN(2))}
		j.put(p)
		if r.IntN(3) == 0 {
			j.frame(&dst)
		}
	}
}

func BenchmarkJitter(b *testing.B) {
	var j jitterBuffer
	var dst [FrameSize]int16
	s := stream{size: FrameSize}
	p := s.packet()
	b.ReportAllocs()
	for b.Loop() {
		p.TS += FrameSize
		j.put(p)
		j.frame(&dst)
	}
}
