package phonenet

import (
	"testing"
	"time"
)

// listenTo lets an ear hear packets by their numbers, the first of a source
// with a marker; it returns the first sample of each frame that is told.
func listenTo(marked map[uint16]bool, order []uint16) (told [][]int16) {
	var e ear
	for i, seq := range order {
		pcm := make([]int16, frame)
		pcm[0] = int16(seq)
		if whole, _ := e.take(packet{seq, time.UnixMilli(int64(i)), marked[seq], pcm}); whole != nil {
			var firsts []int16
			for at := 0; at < len(whole); at += frame {
				firsts = append(firsts, whole[at])
			}
			told = append(told, firsts)
		}
	}
	return told
}

// numbers are from … from+n-1, changed by change.
func numbers(from uint16, n int, change func([]uint16) []uint16) []uint16 {
	var list []uint16
	for i := range n {
		list = append(list, from+uint16(i))
	}
	if change != nil {
		return change(list)
	}
	return list
}

func TestEar(t *testing.T) {
	for name, c := range map[string]struct {
		change  func([]uint16) []uint16
		missing int
	}{
		"in order":             {nil, -1},
		"one lost":             {func(n []uint16) []uint16 { return append(n[:5], n[6:]...) }, 5},
		"one twice":            {func(n []uint16) []uint16 { return append(n[:5], n[4:]...) }, -1},
		"two swapped":          {func(n []uint16) []uint16 { n[5], n[6] = n[6], n[5]; return n }, -1},
		"the marker overtaken": {func(n []uint16) []uint16 { n[0], n[1] = n[1], n[0]; return n }, -1},
		"the marker twice":     {func(n []uint16) []uint16 { return append([]uint16{n[0], n[1], n[0]}, n[2:]...) }, -1},
	} {
		t.Run(name, func(t *testing.T) {
			const first = 65520 // its numbers wrap around
			order := append(numbers(first-40, 40, func(n []uint16) []uint16 { n[0], n[1] = n[1], n[0]; return n }), numbers(first, 60, c.change)...)
			told := listenTo(map[uint16]bool{first - 40: true, first: true}, order)
			if len(told) != 2 {
				t.Fatalf("%d sources told, want 2", len(told))
			}
			if got := uint16(told[0][0]); got != first-40 {
				t.Errorf("the first source begins with packet %d, want %d", got, first-40)
			}
			for i, got := range told[1] {
				seq := uint16(first + i)
				if want := int16(seq); got != want && i != c.missing {
					t.Errorf("frame %d is of packet %d, want %d", i, uint16(got), uint16(want))
				}
			}
		})
	}
}
