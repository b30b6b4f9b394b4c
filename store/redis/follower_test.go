package redis_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/postgres/storetest"
	"github.com/callstamp/callstamp/store/redis"
)

func someDay(seed uint64, stillOn bool) []ledger.Entry {
	return storetest.Day(storetest.Options{
		Seed: seed, Node: node, Org: org, Calls: 60, Span: hour, Late: true, StillOn: stillOn,
	})
}

// same compares what the store shows with what kpi.Live alone makes of day.
func (w *world) same(day []ledger.Entry) {
	w.Helper()
	rows, now := counted(w, day)
	if got := w.counters(); !reflect.DeepEqual(got, rows) {
		w.Errorf("counters: %s", differ(got, rows))
	}
	if got := w.snapshot(); !reflect.DeepEqual(got, now) {
		w.Errorf("wall\n%+v, want\n%+v", got, now)
	}
}

func differ(got, want []kpi.Interval) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("%+v, want %+v", got[i], want[i])
		}
	}
	return fmt.Sprintf("%d rows, want %d", len(got), len(want))
}

func TestWallShowsWhatIsCounted(t *testing.T) {
	everywhere(t, func(w *world) {
		day := someDay(1, true)
		w.feed(w.follower(), day, 100)
		w.same(day)
		if now := w.snapshot(); len(now.Calls) == 0 || len(now.Agents) == 0 {
			w.Errorf("a poor wall: %+v", now)
		}
	})
}

// However the stamps are batched and however often the process dies in
// between, each counts once.
func TestBatchesAndRestartsChangeNothing(t *testing.T) {
	everywhere(t, func(w *world) {
		day := someDay(2, true)
		for done := 0; done < len(day); done += 137 {
			w.feed(w.follower(), day[:done], 31)
		}
		f := w.follower()
		w.feed(f, day, 31)
		ok(w, f.Apply(w.Context(), day[:500])) // all of it again
		w.same(day)
	})
}

func TestGapIsRefused(t *testing.T) {
	everywhere(t, func(w *world) {
		day, f := someDay(3, true), w.follower()
		w.feed(f, day[:100], 100)
		var gap *kpi.GapError
		if err := f.Apply(w.Context(), day[101:110]); !errors.As(err, &gap) {
			w.Errorf("a gap: %v", err)
		}
		w.same(day[:100])
		w.feed(f, day, 100)
		w.same(day)
	})
}

// Two followers of one node, a mistake, can't count a stamp twice.
func TestSecondFollowerIsNoticed(t *testing.T) {
	everywhere(t, func(w *world) {
		day, first, second := someDay(4, true), w.follower(), w.follower()
		w.feed(first, day[:100], 100)
		w.feed(second, day[:200], 100)
		if err := first.Apply(w.Context(), day[100:150]); !errors.Is(err, redis.ErrLost) {
			w.Errorf("the first one, behind: %v", err)
		}
		w.same(day[:200])
	})
}

func TestFlushedStoreIsMadeAnew(t *testing.T) {
	everywhere(t, func(w *world) {
		day, f := someDay(5, true), w.follower()
		truth := postgres.NewLedgerFollower(w.truth, node)
		ok(w, w.truth.PutOrganisation(w.Context(), "test", postgres.Organisation{Name: "Acme", Zone: "UTC", Language: "en", Currency: "EUR"}))
		for i, upTo := range []int{len(day) / 3, len(day) / 2, len(day) * 3 / 4, len(day)} {
			w.feed(f, day[:upTo], 100)
			w.feed(truth, day[:upTo-50], 100) // the truth lags
			if i%2 == 0 {
				ok(w, w.wall.Roll(w.Context(), w.truth)) // not after every cut
			}
			ok(w, w.raw.FlushAll(w.Context()).Err())
			if _, err := w.wall.Snapshot(w.Context()); !errors.Is(err, redis.ErrLost) {
				w.Errorf("wall of an empty store: %v", err)
			}
			if err := f.Apply(w.Context(), day[upTo-10:upTo]); err == nil && upTo < len(day) {
				w.Log("nothing new was in the batch") // passed over before the store is asked
			}
		}
		w.feed(w.follower(), day, 100)
		w.same(day)
		seq, _, _, err := w.truth.Checkpoint(w.Context(), node)
		ok(w, err)
		if seq == 0 {
			w.Error("no checkpoint was ever stored")
		}
	})
}

func TestFlushInTheMiddleOfARunIsNoticed(t *testing.T) {
	everywhere(t, func(w *world) {
		day, f := someDay(6, true), w.follower()
		w.feed(f, day[:100], 100)
		ok(w, w.raw.FlushAll(w.Context()).Err())
		if err := f.Apply(w.Context(), day[100:110]); !errors.Is(err, redis.ErrLost) {
			w.Errorf("after a flush: %v", err)
		}
		w.feed(f, day, 100)
		w.same(day)
	})
}

func TestFrozenStaysAsItWasAtTheCut(t *testing.T) {
	everywhere(t, func(w *world) {
		day := someDay(7, false)
		w.feed(w.follower(), day, 512)
		var cuts int
		for i, e := range day {
			cut := redis.Cut{Basis: kpi.Event}
			switch fact := e.Stamp.Fact.(type) {
			case stamp.BucketClosed:
				cut.Bucket = fact.Bucket
			case stamp.BucketSettled:
				cut.Bucket, cut.Basis = fact.Bucket, kpi.Cohort
			default:
				continue
			}
			cuts++
			rows, seq, err := w.wall.Frozen(w.Context(), cut)
			ok(w, err)
			if seq != e.Seq {
				w.Errorf("%v was frozen at %d, its cut is %d", cut, seq, e.Seq)
			}
			all, _ := counted(w, day[:i+1])
			var want []kpi.Interval
			for _, r := range all {
				if r.Bucket == cut.Bucket && r.Basis == cut.Basis {
					want = append(want, r)
				}
			}
			if !slices.Equal(rows, want) {
				w.Errorf("%v: %s", cut, differ(rows, want))
			}
		}
		if cuts < 8 {
			w.Errorf("only %d cuts", cuts)
		}
	})
}

func TestKeysCarryTheTagOfTheirNode(t *testing.T) {
	everywhere(t, func(w *world) {
		w.feed(w.follower(), someDay(8, false), 512)
		names := must(w.raw.Keys(w.Context(), "*").Result())(w)
		for _, name := range names {
			if !strings.HasPrefix(name, "callstamp:{n1}:") {
				w.Errorf("key %s", name)
			}
			counter := strings.Contains(name, ":bucket:") || strings.Contains(name, ":event:") || strings.Contains(name, ":cohort:")
			if ttl := must(w.raw.TTL(w.Context(), name).Result())(w); (ttl > 0) != counter {
				w.Errorf("key %s lives %v", name, ttl)
			}
		}
		if len(names) < 12 {
			w.Errorf("only %v", names)
		}
	})
}

func TestChangesAreTold(t *testing.T) {
	everywhere(t, func(w *world) {
		day := someDay(9, true)
		ctx, stop := context.WithCancel(w.Context())
		ready, heard, done := make(chan struct{}), make(chan uint64, 100), make(chan error, 1)
		go func() {
			done <- w.wall.Changes(ctx, func() { close(ready) }, func(seq uint64) { heard <- seq })
		}()
		<-ready
		w.feed(w.follower(), day[:30], 10)
		for _, want := range []uint64{10, 20, 30} {
			if got := <-heard; got != want {
				w.Errorf("change %d, want %d", got, want)
			}
		}
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			w.Errorf("the subscription ended with %v", err)
		}
	})
}

// After the truth was put back, what was counted since is emptied and counted
// anew; another node's counters stay.
func TestEmptiedNodeIsMadeAnew(t *testing.T) {
	everywhere(t, func(w *world) {
		day := someDay(4, true)
		ok(w, w.truth.PutOrganisation(w.Context(), "test", postgres.Organisation{Name: "Acme", Zone: "UTC", Language: "en", Currency: "EUR"}))
		w.feed(postgres.NewLedgerFollower(w.truth, node), day[:400], 100)
		w.feed(w.follower(), day, 100)
		other := redis.NewLiveFollower(w.live, w.truth, "n-other")
		position := must(other.Position(w.Context()))(w)
		ok(w, w.live.Empty(w.Context(), node))
		if again := must(redis.NewLiveFollower(w.live, w.truth, "n-other").Position(w.Context()))(w); again != position {
			w.Errorf("the other node is at %d, was at %d", again, position)
		}
		w.feed(w.follower(), day[:400], 100)
		w.same(day[:400])
	})
}
