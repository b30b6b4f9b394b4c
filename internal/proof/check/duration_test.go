package check

import "testing"

// A call that came to its queue again leads to another agent: each stay is
// measured by the talk that it led to.
func TestEntryLedTo(t *testing.T) {
	segments := []row{{"segment": int64(1), "connected_at": int64(300)}, {"segment": int64(2), "connected_at": int64(0)}, {"segment": int64(3), "connected_at": int64(5900)}}
	for exited, want := range map[int64]int64{300: 1, 5900: 3} {
		if g := ledTo(segments, exited); g.int("segment") != want {
			t.Errorf("the stay that ended at %d led to segment %d, want %d", exited, g.int("segment"), want)
		}
	}
	for _, exited := range []int64{0, 301} {
		if g := ledTo(segments, exited); g != nil {
			t.Errorf("a stay that ended at %d led to segment %d", exited, g.int("segment"))
		}
	}
}
