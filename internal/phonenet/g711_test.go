package phonenet

import "testing"

// Every code survives decoding and encoding; every sample comes back within
// half a step of its segment.
func TestG711(t *testing.T) {
	for _, pt := range []uint8{0, 8} {
		for c := range 256 {
			s := decode(pt, byte(c))
			if got := encode(pt, s); decode(pt, got) != s {
				t.Errorf("pt %d code %#x → %d → %#x", pt, c, s, got)
			}
		}
		for s := -32000; s <= 32000; s += 7 {
			got := int(decode(pt, encode(pt, int16(s))))
			if d := got - s; d*d > (abs(s)/16+16)*(abs(s)/16+16) {
				t.Fatalf("pt %d: %d came back as %d", pt, s, got)
			}
		}
	}
}

func abs(x int) int { return max(x, -x) }
