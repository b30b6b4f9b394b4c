package ledger

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// pruned is a journal of five segments of ten stamps, made an hour apart.
func pruned(t *testing.T) (*Journal, map[uint64]Entry) {
	t.Helper()
	opts := quiet()
	opts.SegmentBytes = headerBytes // every group
	j := open(t, t.TempDir(), opts)
	for range 5 {
		j.Append(story("s", 10), nil)
		synced(t, j)
		time.Sleep(time.Hour)
	}
	byteOf := map[uint64]Entry{}
	for _, e := range entries(t, j, 1) {
		byteOf[e.Seq] = e
	}
	return j, byteOf
}

// TestPrune counts, for each reason to keep them, how many of five segments go.
func TestPrune(t *testing.T) {
	for _, c := range []struct {
		name      string
		positions []uint64
		lost      uint64 // a stamp that the store holds as other bytes
		keep      time.Duration
		want      int
	}{
		{name: "all passed: the last stays", positions: []uint64{50, 50}, want: 4},
		{name: "one follower is behind", positions: []uint64{50, 25}, want: 2},
		{name: "side entries behind the last stamp are not yet passed", positions: []uint64{20, 50}, want: 1},
		{name: "nothing passed", positions: []uint64{50, 0}, want: 0},
		{name: "no follower known", want: 0},
		{name: "kept by age", positions: []uint64{50, 50}, keep: 150 * time.Minute, want: 2},
		{name: "kept as the store has other bytes", positions: []uint64{50, 50}, lost: 15, want: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j, stored := pruned(t)
				holds := func(_ context.Context, s Span) (bool, error) {
					h := s.Before
					for seq := s.First; seq <= s.Last; seq++ {
						b := stored[seq].Bytes
						if seq == c.lost {
							b = append([]byte(" "), b...)
						}
						h = h.Next(b)
					}
					return h == s.After, nil
				}
				n, err := j.Prune(context.Background(), c.positions, holds, c.keep)
				if err != nil || n != c.want {
					t.Fatalf("pruned %d, %v; want %d", n, err, c.want)
				}
				first := uint64(c.want*10 + 1)
				if got := entries(t, j, first); uint64(len(got)) != 51-first {
					t.Errorf("%d entries are left, want %d", len(got), 51-first)
				}
				if _, err := j.Reader(first - 1); c.want > 0 && !errors.Is(err, ErrPruned) {
					t.Errorf("reader of a pruned stamp: %v", err)
				}
				dir := j.dir
				shut(t, j)
				if sum, err := Verify(dir); err != nil || sum.First != first || sum.Last != 50 {
					t.Errorf("%+v, %v", sum, err)
				}
				if seq := open(t, dir, quiet()).Append(story("s", 1), nil); seq != 51 {
					t.Errorf("goes on at %d, want 51", seq)
				}
			})
		})
	}
}

func TestPruneStopsAtAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, _ := pruned(t)
		away := errors.New("away")
		n, err := j.Prune(context.Background(), []uint64{50}, func(_ context.Context, s Span) (bool, error) {
			if s.First > 10 {
				return false, away
			}
			return true, nil
		}, 0)
		if n != 1 || !errors.Is(err, away) {
			t.Fatalf("pruned %d, %v", n, err)
		}
	})
}
