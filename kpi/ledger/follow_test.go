package ledger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var errAway = errors.New("store is away")

// memory is a store whose position and effect change together. Faults are
// those of a network: an error may come with the effect or without.
type memory struct {
	mu      sync.Mutex
	applied []uint64
	fault   func() (before, after error)
	calls   int
	largest int
}

var _ Follower = (*memory)(nil)

func (m *memory) set(fault func() (before, after error)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = fault
}

func (m *memory) faults() (before, after error) {
	m.calls++
	if m.fault == nil {
		return nil, nil
	}
	return m.fault()
}

func (m *memory) positionLocked() uint64 {
	if len(m.applied) == 0 {
		return 0
	}
	return m.applied[len(m.applied)-1]
}

func (m *memory) Position(context.Context) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	before, after := m.faults()
	return m.positionLocked(), errors.Join(before, after)
}

func (m *memory) Apply(_ context.Context, entries []Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	before, after := m.faults()
	if before != nil {
		return before
	}
	if entries[0].Seq != m.positionLocked()+1 {
		return fmt.Errorf("batch begins at %d, position is %d", entries[0].Seq, m.positionLocked())
	}
	m.largest = max(m.largest, len(entries))
	for _, e := range entries {
		m.applied = append(m.applied, e.Seq)
	}
	return after
}

// complete says whether all up to n was applied, each once and in order.
func (m *memory) complete(n int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, seq := range m.applied {
		if seq != uint64(i+1) {
			return fmt.Errorf("stamp %d is applied as number %d", seq, i+1)
		}
	}
	if len(m.applied) != n {
		return fmt.Errorf("%d stamps are applied, want %d", len(m.applied), n)
	}
	return nil
}

func quietFeed() FeedOptions {
	return FeedOptions{Name: "test", Log: slog.New(slog.DiscardHandler)}
}

// fed runs a feed and stops it at the end of the test.
func fed(t *testing.T, j *Journal, m Follower) (*Feed, <-chan error) {
	t.Helper()
	f := NewFeed(j, m, quietFeed())
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		ended <- f.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-stopped
	})
	return f, ended
}

func TestFollowerGetsAllOnce(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	synctest.Test(t, func(t *testing.T) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		opts := quiet()
		opts.SegmentBytes = 20_000
		j := open(t, t.TempDir(), opts)
		m := &memory{}
		m.set(func() (before, after error) {
			switch rnd.IntN(4) {
			case 0:
				return errAway, nil
			case 1:
				return nil, errAway
			}
			return nil, nil
		})
		j.Append(story("s", 2000), nil)
		f, _ := fed(t, j, m)
		for range 100 {
			j.Append(story("s", 10), nil)
			time.Sleep(7 * time.Millisecond)
		}
		m.set(nil)
		time.Sleep(6 * time.Second) // the longest pause
		synctest.Wait()
		if err := m.complete(3000); err != nil {
			t.Error(err)
		}
		if m.largest > 512 || m.largest < 100 {
			t.Errorf("largest batch %d", m.largest)
		}
		if f.Position() != 3000 || f.Failing() != nil || f.Lag() != (Lag{}) {
			t.Errorf("position %d, lag %+v, failing %v", f.Position(), f.Lag(), f.Failing())
		}
	})
}

// A store that forgot everything gets everything again.
func TestFollowerFlushed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := open(t, t.TempDir(), quiet())
		m := &memory{}
		fed(t, j, m)
		j.Append(story("s", 30), nil)
		synctest.Wait()
		m.mu.Lock()
		m.applied = nil
		m.mu.Unlock()
		j.Append(story("s", 1), nil)
		time.Sleep(time.Second)
		synctest.Wait()
		if err := m.complete(31); err != nil {
			t.Error(err)
		}
	})
}

func TestPausesGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := open(t, t.TempDir(), quiet())
		j.Append(story("s", 1), nil)
		m := &memory{}
		m.set(func() (before, after error) { return errAway, nil })
		f, _ := fed(t, j, m)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		// 2.5 to 5 s each, after seven shorter ones
		if m.calls < 120 || m.calls > 250 {
			t.Errorf("asked %d times in 10 minutes", m.calls)
		}
		if !errors.Is(f.Failing(), errAway) {
			t.Errorf("failing: %v", f.Failing())
		}
	})
}

func TestLagIsStampsAndAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := open(t, t.TempDir(), quiet())
		m := &memory{}
		f, _ := fed(t, j, m)
		synctest.Wait()
		now := story("s", 4)
		for i := range now {
			now[i].At = time.Now().UnixMicro()
		}
		slow := make(chan struct{})
		m.set(func() (before, after error) {
			m.mu.Unlock() // the test may look on
			<-slow
			m.mu.Lock()
			return nil, nil
		})
		j.Append(now, nil)
		time.Sleep(3 * time.Second)
		if got, want := f.Lag(), (Lag{Stamps: 4, Age: 3 * time.Second}); got != want {
			t.Errorf("lag %+v, want %+v", got, want)
		}
		close(slow)
		synctest.Wait()
		if got := f.Lag(); got != (Lag{}) {
			t.Errorf("lag %+v, want none", got)
		}
	})
}

func TestFollowGivesUp(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second) // where it does not
	defer cancel()
	ahead := &memory{applied: []uint64{1, 2, 3, 4}}
	j := open(t, t.TempDir(), quiet())
	j.Append(story("s", 3), nil)
	synced(t, j)
	if err := Follow(ctx, j, ahead, quietFeed()); !errors.Is(err, ErrAhead) {
		t.Errorf("store ahead: %v", err)
	}
	damaged := open(t, t.TempDir(), quiet())
	damaged.Append(story("s", 3), nil)
	synced(t, damaged)
	f, err := os.OpenFile(segmentPath(damaged.dir, 1), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte("XXXX"), headerBytes+200); err != nil {
		t.Fatal(err)
	}
	var fault *Fault
	if err := Follow(ctx, damaged, &memory{}, quietFeed()); !errors.As(err, &fault) || fault.Seq != 1 {
		t.Errorf("damaged journal: %v", err)
	}
}

func TestFollowRefusesAPrunedJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, _ := pruned(t)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		all := func(context.Context, Span) (bool, error) { return true, nil }
		if n, err := j.Prune(ctx, []uint64{50}, all, 0); n != 4 || err != nil {
			t.Fatal(n, err)
		}
		if err := Follow(ctx, j, &memory{applied: []uint64{1, 2}}, quietFeed()); !errors.Is(err, ErrPruned) {
			t.Errorf("pruned journal: %v", err)
		}
	})
}

func TestFollowEndsWithTheJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := open(t, t.TempDir(), quiet())
		m := &memory{}
		_, ended := fed(t, j, m)
		j.Append(story("s", 700), nil)
		shut(t, j)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := m.complete(700); err != nil {
			t.Error(err)
		}
	})
}
