package ledger

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
)

// Everything that may happen at once happens at once; the race detector and
// the chain are the judges.
func TestAllAtOnce(t *testing.T) {
	const owners, each = 4, 300
	dir := t.TempDir()
	opts := quiet()
	opts.SegmentBytes = 30_000
	j := open(t, dir, opts)
	m := &memory{}
	f, _ := fed(t, j, m)

	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var all, side sync.WaitGroup
	stop := make(chan struct{})
	for w := range owners {
		all.Go(func() {
			r := NewRecorder(j)
			for i := range each {
				r.Record(story("s", 1), party(fmt.Sprintf("p-%d", i%7), "0912000111"))
				durable := make(chan uint64, 1)
				r.AfterDurable(func(seq uint64) { durable <- seq })
				if i%20 == w {
					if seq := <-durable; seq != r.Last() || j.Durable() < seq {
						t.Errorf("durable %d, told of %d", j.Durable(), seq)
					}
				}
			}
		})
	}
	side.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
			if _, err := j.Erase(ctx, "p-3"); err != nil {
				t.Error(err)
			}
			if _, err := Verify(dir); err != nil {
				t.Error(err)
			}
		}
	})
	all.Wait()
	close(stop)
	side.Wait()
	synced(t, j)
	for f.Position() < owners*each {
		if ctx.Err() != nil {
			t.Fatalf("follower at %d of %d: %v", f.Position(), owners*each, f.Failing())
		}
		time.Sleep(time.Millisecond)
	}
	if err := m.complete(owners * each); err != nil {
		t.Error(err)
	}
	held := func(context.Context, Span) (bool, error) { return true, nil }
	if n, err := j.Prune(ctx, []uint64{f.Position()}, held, 0); n < 2 || err != nil {
		t.Errorf("pruned %d, %v", n, err)
	}
	if _, err := j.Erase(ctx, "p-3"); err != nil {
		t.Error(err)
	}
	shut(t, j)
	if sum, err := Verify(dir); err != nil || sum.Last != owners*each {
		t.Errorf("%+v, %v", sum, err)
	}
}
