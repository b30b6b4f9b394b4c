package media

import (
	"math/rand/v2"
	"testing"
	"time"
)

var (
	customer = origin{via: 1, ssrc: 100}
	agent    = origin{via: 2, ssrc: 200}
	music    = origin{via: 3}
)

type arrival struct {
	from origin
	seq  uint16
	ts   uint32
	at   time.Duration
	// want: step of number and timestamp from the first packet; drop: nothing is sent
	seqStep int
	tsStep  int
	marker  bool
	drop    bool
}

func TestRewriterKeepsOneStream(t *testing.T) {
	ms := time.Millisecond
	for name, arrivals := range map[string][]arrival{
		"one source, numbers and timestamps wrap": {
			{from: customer, seq: 65535, ts: 4294967200, marker: true},
			{from: customer, seq: 0, ts: 64, at: 20 * ms, seqStep: 1, tsStep: 160},
		},
		"losses and reordering are passed on": {
			{from: customer, seq: 10, ts: 1600, marker: true},
			{from: customer, seq: 13, ts: 2080, at: 60 * ms, seqStep: 3, tsStep: 480},
			{from: customer, seq: 12, ts: 1920, at: 61 * ms, seqStep: 2, tsStep: 320},
		},
		"a duplicate is dropped, also with another payload": {
			{from: customer, seq: 10, ts: 1600, marker: true},
			{from: customer, seq: 11, ts: 1760, at: 20 * ms, seqStep: 1, tsStep: 160},
			{from: customer, seq: 11, ts: 1760, at: 21 * ms, drop: true},
			{from: customer, seq: 10, ts: 1600, at: 22 * ms, drop: true},
		},
		"more than 64 behind is dropped": {
			{from: customer, seq: 100, ts: 0, marker: true},
			{from: customer, seq: 165, ts: 10400, at: ms, seqStep: 65, tsStep: 10400},
			{from: customer, seq: 101, ts: 160, at: 2 * ms, drop: true},
			{from: customer, seq: 102, ts: 320, at: 2 * ms, seqStep: 2, tsStep: 320},
		},
		"another source goes on by the wall clock": {
			{from: customer, seq: 10, ts: 1600, marker: true},
			{from: music, seq: 7000, ts: 9, at: 500 * ms, seqStep: 1, tsStep: 4000, marker: true},
			{from: customer, seq: 40, ts: 8000, at: time.Second, seqStep: 2, tsStep: 8000, marker: true},
		},
		"a switch within a frame is a frame later": {
			{from: customer, seq: 10, ts: 1600, marker: true},
			{from: music, seq: 1, ts: 1, at: 3 * ms, seqStep: 1, tsStep: 160, marker: true},
		},
		"late packets of the source before are dropped for 200 ms": {
			{from: customer, seq: 10, ts: 1600, marker: true},
			{from: agent, seq: 1, ts: 1, at: 20 * ms, seqStep: 1, tsStep: 160, marker: true},
			{from: customer, seq: 11, ts: 1760, at: 219 * ms, drop: true},
			{from: agent, seq: 2, ts: 161, at: 219 * ms, seqStep: 2, tsStep: 320},
			{from: customer, seq: 21, ts: 3360, at: 220 * ms, seqStep: 3, tsStep: 480, marker: true},
		},
		"a source that comes back after music is heard at once": {
			{from: customer, seq: 10, ts: 1600, marker: true},
			{from: music, seq: 1, ts: 1, at: 20 * ms, seqStep: 1, tsStep: 160, marker: true},
			{from: customer, seq: 12, ts: 1920, at: 40 * ms, seqStep: 2, tsStep: 320, marker: true},
		},
		"a new source's early packets cannot take numbers of the old": {
			{from: customer, seq: 10, ts: 1600, marker: true},
			{from: customer, seq: 12, ts: 1920, at: 40 * ms, seqStep: 2, tsStep: 320}, // 11 is a hole
			{from: agent, seq: 500, ts: 1, at: 60 * ms, seqStep: 3, tsStep: 480, marker: true},
			{from: agent, seq: 498, ts: 1, at: 61 * ms, drop: true}, // would fill the hole
		},
		"a jump of the numbers is a switch": {
			{from: customer, seq: 10, ts: 1600, marker: true},
			{from: customer, seq: 1011, ts: 1760, at: 20 * ms, seqStep: 1, tsStep: 160, marker: true},
			{from: customer, seq: 1012, ts: 1920, at: 40 * ms, seqStep: 2, tsStep: 320},
		},
		"a jump of the timestamps is a switch": {
			{from: customer, seq: 10, ts: 1600, marker: true},
			{from: customer, seq: 11, ts: 1600 + 40001, at: 30 * time.Second, seqStep: 1, tsStep: 240000, marker: true},
		},
		"a key keeps its timestamp and the sound after it follows its beginning": {
			{from: customer, seq: 10, ts: 1600, marker: true},
			{from: music, seq: 1, ts: 50, at: 20 * ms, seqStep: 1, tsStep: 160, marker: true},
			{from: music, seq: 2, ts: 50, at: 40 * ms, seqStep: 2, tsStep: 160},
			{from: customer, seq: 13, ts: 2080, at: 100 * ms, seqStep: 3, tsStep: 800, marker: true},
		},
	} {
		t.Run(name, func(t *testing.T) { playArrivals(t, arrivals) })
	}
}

func playArrivals(t *testing.T, arrivals []arrival) {
	r := newRewriter(42)
	start := time.Now()
	var first header
	for i, a := range arrivals {
		out, ok := r.next(a.from, header{seq: a.seq, ts: a.ts, ssrc: a.from.ssrc}, start.Add(a.at))
		if i == 0 {
			first = out
		}
		want := header{marker: a.marker, seq: first.seq + uint16(a.seqStep), ts: first.ts + uint32(a.tsStep), ssrc: 42}
		if ok == a.drop || ok && out != want {
			t.Errorf("arrival %d: %+v %v, want %+v %v", i, out, ok, want, !a.drop)
		}
	}
}

// Whatever comes: no number twice under one SSRC (AES-GCM).
func FuzzRewriterNeverRepeats(f *testing.F) {
	f.Add(uint64(1), uint16(0))
	f.Add(uint64(7), uint16(65000))
	f.Fuzz(func(t *testing.T, seed uint64, start uint16) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		r := newRewriter(1)
		now, used := time.Now(), map[uint64]bool{}
		seqs := [3]uint16{start, start + 30000, 5}
		for range 5000 {
			who := rnd.IntN(3)
			from := []origin{customer, agent, music}[who]
			seqs[who] += uint16(rnd.IntN(4))
			seq := seqs[who] - uint16(rnd.IntN(3)*rnd.IntN(90))
			if rnd.IntN(200) == 0 {
				seq += uint16(rnd.Uint32())
			}
			now = now.Add(time.Duration(rnd.IntN(30)) * time.Millisecond)
			out, ok := r.next(from, header{seq: seq, ts: rnd.Uint32N(1 << 20), ssrc: from.ssrc}, now)
			if !ok {
				continue
			}
			ext := r.high - uint64(uint16(r.high)-out.seq)
			if used[ext] {
				t.Fatalf("number %d twice", ext)
			}
			used[ext] = true
		}
	})
}
