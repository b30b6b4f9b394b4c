package media

import "testing"

// The published ends and corners of G.711's tables 1a, 2a (A-law) and 2b (µ-law), scaled to 16 bits.
func TestDecodePublishedValues(t *testing.T) {
	for _, c := range []struct {
		law  Law
		code byte
		want int16
	}{
		{PCMU, 0x80, 32124}, {PCMU, 0x00, -32124}, {PCMU, 0xFF, 0}, {PCMU, 0x7F, 0}, {PCMU, 0xFE, 8}, {PCMU, 0x8F, 16764},
		{PCMU, 0x90, 15996}, {PCMU, 0xEF, 132}, {PCMU, 0xF0, 120},
		{PCMA, 0xAA, 32256}, {PCMA, 0x2A, -32256}, {PCMA, 0xD5, 8}, {PCMA, 0x55, -8}, {PCMA, 0x80, 5504}, {PCMA, 0xD4, 24},
	} {
		if got := c.law.Decode(c.code); got != c.want {
			t.Errorf("%v %#02x: %d, want %d", c.law, c.code, got, c.want)
		}
	}
}

// steps are the intervals of one polarity in G.711's own form: so many, so wide, from zero up; scale brings them to 16
// bits.
type steps struct {
	scale int
	runs  [][2]int // number × width
}

var (
	// Table 2a: 1×1, 15×2, then 16 of each 4, 8 … 256.
	muSteps = steps{4, [][2]int{{1, 1}, {15, 2}, {16, 4}, {16, 8}, {16, 16}, {16, 32}, {16, 64}, {16, 128}, {16, 256}}}
	// Table 1a: 32×2, then 16 of each 4, 8 … 128.
	aSteps = steps{8, [][2]int{{32, 2}, {16, 4}, {16, 8}, {16, 16}, {16, 32}, {16, 64}, {16, 128}}}
)

// bounds are the decision values x0, x1 … x128.
func (s steps) bounds() []int {
	out := []int{0}
	for _, run := range s.runs {
		for range run[0] {
			out = append(out, out[len(out)-1]+run[1]*s.scale)
		}
	}
	return out
}

// Every sample of 16 bits against the decision values, every code against the middle of its interval.
func TestG711IsTheRecommendation(t *testing.T) {
	for _, c := range []struct {
		law  Law
		x    []int
		code func(n int, negative bool) byte
	}{
		{PCMU, muSteps.bounds(), func(n int, negative bool) byte { return 0xFF - byte(n) - sign(negative) }},
		{PCMA, aSteps.bounds(), func(n int, negative bool) byte { return (0x80 + byte(n) - sign(negative)) ^ 0x55 }},
	} {
		if len(c.x) != 129 {
			t.Fatalf("%v has %d intervals", c.law, len(c.x)-1)
		}
		for s := -32768; s <= 32767; s++ {
			negative, m := s < 0, abs(s)
			if negative && c.law == PCMA {
				m-- // no code for zero: the negative intervals exclude their lower end
			}
			n := 0
			for n < 127 && m >= c.x[n+1] {
				n++
			}
			if got, want := c.law.Encode(int16(s)), c.code(n, negative); got != want {
				t.Fatalf("%v of %d is %#02x, want %#02x", c.law, s, got, want)
			}
		}
		for n := range 128 {
			y := (c.x[n] + c.x[n+1]) / 2
			if c.law == PCMU && n == 0 {
				y = 0
			}
			if p, m := int(c.law.Decode(c.code(n, false))), int(c.law.Decode(c.code(n, true))); p != y || m != -y {
				t.Errorf("%v interval %d is %d and %d, want ±%d", c.law, n, p, m, y)
			}
		}
	}
}

func sign(negative bool) byte {
	if negative {
		return 0x80
	}
	return 0
}

func TestCodesSurviveDecodingAndEncoding(t *testing.T) {
	for _, law := range []Law{PCMU, PCMA} {
		for c := range 256 {
			got := law.Encode(law.Decode(byte(c)))
			if got != byte(c) && law.Decode(byte(c)) != 0 { // µ-law has two zeros
				t.Errorf("%v %#02x comes back as %#02x", law, c, got)
			}
		}
	}
}

func TestTranscodeKeepsTheSound(t *testing.T) {
	for _, from := range []Law{PCMU, PCMA} {
		to := PCMA - from
		for c := range 256 {
			b := []byte{byte(c)}
			transcode(b, from, to)
			want, got := int(from.Decode(byte(c))), int(to.Decode(b[0]))
			// Half a step of the coarser quantiser: 1/32 of the value, 8 near zero.
			if d := abs(want - got); d > max(8, abs(want)/31) {
				t.Errorf("%v %#02x is %d, as %v %d", from, c, want, to, got)
			}
		}
		same := []byte{1, 2, 3}
		transcode(same, from, from)
		if string(same) != "\x01\x02\x03" {
			t.Errorf("%v to itself changed", from)
		}
	}
}

func TestSilenceIsQuiet(t *testing.T) {
	for _, law := range []Law{PCMU, PCMA} {
		if v := law.Decode(law.Silence()); v < 0 || v > 8 {
			t.Errorf("%v silence is %d", law, v)
		}
	}
}

func abs(n int) int { return max(n, -n) }
