package ledger

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var errDisk = errors.New("the disk says no")

// A failed fsync is not asked again: the tail stands in a new segment, and
// nobody heard of it before.
func TestFailedSyncGoesToANewSegment(t *testing.T) {
	for _, op := range []string{"sync", "write"} {
		t.Run(op, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dir := t.TempDir()
				disk := &faultyDisk{}
				opts := quiet()
				opts.Disk = disk
				j := open(t, dir, opts)
				j.Append(story("s", 2), nil)
				synced(t, j)
				failed := false
				disk.set(func(o string) error {
					if o == op && !failed {
						failed = true
						return errDisk
					}
					if o == "truncate" {
						return errDisk // the garbage stays
					}
					return nil
				})
				j.Append(story("s", 3), []Side{party("p-1", "0912")})
				synced(t, j)
				if h := j.Health(); h.Failures != 1 || h.State != Ok || h.Failing != nil || h.Waiting != 0 {
					t.Errorf("health %+v", h)
				}
				got := entries(t, j, 3)
				if len(got) != 3 || len(got[0].Sides) != 1 {
					t.Errorf("from 3 on: %+v", got)
				}
				shut(t, j)
				sum, err := Verify(dir)
				if err != nil || sum.Last != 5 || sum.Segments != 2 || sum.Sides != 1 {
					t.Errorf("%+v, %v", sum, err)
				}
				disk.set(nil)
				if got := entries(t, open(t, dir, opts), 1); len(got) != 5 {
					t.Errorf("after opening again: %d entries, want 5", len(got))
				}
			})
		})
	}
}

// While the disk refuses, the state is critical and stamps wait; when it is
// back they are written, in order, and called for in order.
func TestDiskAwayAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		disk := &faultyDisk{}
		opts := quiet()
		opts.Disk = disk
		j := open(t, dir, opts)
		disk.set(func(op string) error { return errDisk })
		var mu sync.Mutex
		var called []uint64
		for range 50 {
			seq := j.Append(story("s", 1), nil)
			j.Notify(seq, func() {
				mu.Lock()
				defer mu.Unlock()
				called = append(called, seq)
			})
			time.Sleep(100 * time.Millisecond)
		}
		if h := j.Health(); h.State != Critical || !errors.Is(h.Failing, errDisk) || h.Waiting != 50 || j.Durable() != 0 {
			t.Errorf("while away: %+v, durable %d", h, j.Durable())
		}
		disk.set(nil)
		time.Sleep(retryMost)
		synctest.Wait()
		if h := j.Health(); h.State != Ok || h.Waiting != 0 || j.Durable() != 50 {
			t.Errorf("when back: %+v, durable %d", h, j.Durable())
		}
		mu.Lock()
		if len(called) != 50 || !slices.IsSorted(called) {
			t.Errorf("called for %v", called)
		}
		mu.Unlock()
		shut(t, j)
		if sum, err := Verify(dir); err != nil || sum.Last != 50 {
			t.Errorf("%+v, %v", sum, err)
		}
	})
}

// Any operation may fail at any time, and leave garbage: all is written in the
// end, nothing twice, and dead files don't pile up over boots.
func TestRandomFaults(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	for run := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			rnd, faults := rand.New(rand.NewPCG(seed, run)), rand.New(rand.NewPCG(seed, run+1000))
			dir := t.TempDir()
			disk := &faultyDisk{}
			opts := quiet()
			opts.Disk, opts.SegmentBytes = disk, 4000
			for boot := range uint64(2) {
				j := open(t, dir, opts)
				disk.set(func(string) error {
					if faults.IntN(4) == 0 {
						return errDisk
					}
					return nil
				})
				for range 60 {
					j.Append(story("s", 1), []Side{party("p", "0912")})
					time.Sleep(time.Duration(rnd.IntN(8)) * time.Millisecond)
				}
				disk.set(nil)
				shut(t, j)
				sum, err := Verify(dir)
				if err != nil || sum.Last != 60*(boot+1) || sum.Sides != int(60*(boot+1)) || sum.Torn != 0 {
					t.Fatalf("run %d: %+v, %v", run, sum, err)
				}
			}
			_, dead, err := linked(dir)
			j := open(t, dir, opts)
			_, deadNow, errNow := linked(dir)
			if err != nil || errNow != nil || len(deadNow) != 0 {
				t.Fatalf("run %d: dead %v, after opening %v (%v, %v)", run, dead, deadNow, err, errNow)
			}
			if got := entries(t, j, 1); len(got) != 120 {
				t.Fatalf("run %d: %d entries, want 120", run, len(got))
			}
		})
	}
}

func TestCloseSaysWhatIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &faultyDisk{}
		opts := quiet()
		opts.Disk = disk
		dir := t.TempDir()
		j := open(t, dir, opts)
		j.Append(story("s", 2), nil)
		synced(t, j)
		disk.set(func(string) error { return errDisk })
		j.Append(story("s", 3), nil)
		j.Notify(5, func() { t.Error("called for a stamp that is lost") })
		began := time.Now()
		if err := j.Close(); !errors.Is(err, errDisk) {
			t.Errorf("Close: %v", err)
		}
		if took := time.Since(began); took < closeWait || took > closeWait+2*retryMost {
			t.Errorf("Close tried for %v", took)
		}
		// what a failed write left may stand or not, but as a beginning of the rest
		if got := entries(t, open(t, dir, quiet()), 1); len(got) < 2 || len(got) > 5 {
			t.Errorf("%d entries, want 2 to 5", len(got))
		}
	})
}

func TestJudge(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		name     string
		free     int64
		released int
		want     State
	}{
		{"plenty", 500 * mb, 0, Ok},
		{"as much as the reserve", 64 * mb, 0, Ok},
		{"less than the reserve", 64*mb - 1, 0, Low},
		{"half the reserve", 32 * mb, 0, Low},
		{"less than half", 32*mb - 1, 0, Critical},
		{"one half released", 500 * mb, 1, Low},
		{"one half released and nearly full", 3 * mb, 1, Critical},
		{"all released", 500 * mb, 2, Critical},
	} {
		if got := judge(c.free, 64*mb, c.released); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if got := judge(1, 0, 0); got != Ok {
		t.Errorf("without a reserve: %s, want %s", got, Ok)
	}
}

// removeAll deletes the files in dir that match.
func removeAll(t *testing.T, dir, pattern string, remove func(string) error) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if err := remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
}
