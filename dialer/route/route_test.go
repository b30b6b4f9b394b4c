package route

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// TestOrder: the longest prefix alone counts, then position; chance decides among equals.
func TestOrder(t *testing.T) {
	all := []Route{
		{Prefix: "", Trunk: "world"}, {Prefix: "+84", Trunk: "b", Position: 2}, {Prefix: "+84", Trunk: "a", Position: 1},
		{Prefix: "+849", Trunk: "c", Weight: 1}, {Prefix: "+849", Trunk: "d", Weight: 3}, {Prefix: "+849", Trunk: "c", Position: 5},
	}
	for _, row := range []struct {
		number string
		draw   int
		want   string
	}{
		{"+12", 0, "world"}, {"+8428", 0, "a b"}, {"+84901", 0, "c d"}, {"+84901", 1, "d c"}, {"+84901", 3, "d c"},
	} {
		var got []string
		for _, r := range Order(all, row.number, func(n int) int { return min(row.draw, n-1) }) {
			got = append(got, string(r.Trunk))
		}
		if strings.Join(got, " ") != row.want {
			t.Errorf("%s drawing %d: %v, want %s", row.number, row.draw, got, row.want)
		}
	}
	if got := Order(all[1:], "+12", nil); got != nil {
		t.Errorf("no route fits, but %v", got)
	}
}

// TestWeights: over many calls the first trunk comes in its share.
func TestWeights(t *testing.T) {
	all := []Route{{Trunk: "one", Weight: 1}, {Trunk: "three", Weight: 3}, {Trunk: "none", Weight: 0}}
	r := rand.New(rand.NewPCG(1, 2))
	first := map[stamp.TrunkID]int{}
	for range 10000 {
		first[Order(all, "+84", r.IntN)[0].Trunk]++
	}
	for trunk, want := range map[stamp.TrunkID]int{"one": 2000, "three": 6000, "none": 2000} {
		if n := first[trunk]; n < want*9/10 || n > want*11/10 {
			t.Errorf("%s was first in %d of 10000, want about %d", trunk, n, want)
		}
	}
}

func TestPick(t *testing.T) {
	numbers := []string{"+842871000000", "+842471000001", "+842871000002"}
	for _, row := range []struct {
		mode   Mode
		number string
		want   string // the last digits of three turns
	}{
		{Rotate, "+84901", "012"}, {Prefix, "+842838123456", "020"}, {Prefix, "+842438123456", "111"}, {Prefix, "+84901", "012"}, {Prefix, "+1", "012"},
	} {
		got := ""
		for turn := range uint64(3) {
			n := CallerSet{row.mode, numbers}.Pick(row.number, turn)
			got += n[len(n)-1:]
		}
		if got != row.want {
			t.Errorf("%s for %s: %s, want %s", row.mode, row.number, got, row.want)
		}
	}
	if (CallerSet{}).Pick("+84", 1) != "" {
		t.Error("a number out of nothing")
	}
}
