package redis_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/postgres/storetest"
	"github.com/callstamp/callstamp/store/redis"
)

const (
	org  stamp.OrgID  = "acme"
	node stamp.NodeID = "n1"
	hour int64        = 3_600_000_000
)

// world is a live store with its truth beside it.
type world struct {
	testing.TB
	live  *redis.Store
	truth *postgres.Store
	wall  *redis.Wall
	raw   *goredis.Client // looks in beside the store
}

// everywhere runs a test on redis-server and on miniredis: both must pass.
func everywhere(t *testing.T, test func(w *world)) {
	t.Parallel()
	t.Run("redis-server", func(t *testing.T) {
		t.Parallel()
		test(newWorld(t, "unix://"+private.TestRedis(t).Addr()))
	})
	t.Run("miniredis", func(t *testing.T) {
		t.Parallel()
		test(newWorld(t, "redis://"+miniredis.RunT(t).Addr()))
	})
}

func newWorld(t testing.TB, url string) *world {
	t.Helper()
	return worldWith(t, url, must(redis.OpenPatient(url))(t))
}

func worldWith(t testing.TB, url string, live *redis.Store) *world {
	t.Helper()
	t.Cleanup(func() { ok(t, live.Close()) })
	raw := goredis.NewClient(must(goredis.ParseURL(url))(t))
	t.Cleanup(func() { ok(t, raw.Close()) })
	dsn := private.TestPostgresFrom(t, "callstamp", func(ctx context.Context, dsn string) error {
		db, err := postgres.Open(ctx, dsn)
		if err != nil {
			return err
		}
		defer db.Close()
		return db.Migrate(ctx)
	})
	db := must(postgres.Open(t.Context(), dsn))(t)
	t.Cleanup(db.Close)
	return &world{TB: t, live: live, truth: db.For(org), wall: redis.NewWall(live, node), raw: raw}
}

func (w *world) follower() *redis.LiveFollower { return redis.NewLiveFollower(w.live, w.truth, node) }

// feed brings a follower forward from its own position, as a journal does.
func (w *world) feed(f ledger.Follower, entries []ledger.Entry, size int) {
	w.Helper()
	ok(w, w.try(f, entries, size))
}

func (w *world) try(f ledger.Follower, entries []ledger.Entry, size int) error {
	position, err := f.Position(w.Context())
	if err != nil {
		return err
	}
	for rest := entries[position:]; len(rest) > 0; {
		n := min(size, len(rest))
		if err := f.Apply(w.Context(), rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// persist is feed for a server that has hung: a batch of another follower may
// still be carried out, and then this one has to look anew.
func (w *world) persist(f ledger.Follower, entries []ledger.Entry, size int) {
	w.Helper()
	err := w.try(f, entries, size)
	for deadline := time.Now().Add(30 * time.Second); err != nil && time.Now().Before(deadline); {
		err = w.try(f, entries, size)
	}
	ok(w, err)
}

func (w *world) counters() []kpi.Interval {
	w.Helper()
	return must(w.wall.Counters(w.Context(), stamp.BucketAt(storetest.Start), stamp.BucketAt(storetest.Start+24*hour)))(w)
}

func (w *world) snapshot() kpi.Now {
	w.Helper()
	return must(w.wall.Snapshot(w.Context()))(w)
}

// counted is what kpi.Live alone makes of a journal.
func counted(t testing.TB, entries []ledger.Entry) ([]kpi.Interval, kpi.Now) {
	t.Helper()
	live, sums := kpi.NewLive(), map[kpi.Key]int64{}
	for _, e := range entries {
		pulse := must(live.Apply(e.Stamp))(t)
		for _, d := range pulse.Deltas {
			sums[d.Key] += d.Add
		}
	}
	var rows []kpi.Interval
	for k, v := range sums {
		if v != 0 {
			rows = append(rows, kpi.Interval{Key: k, Value: v})
		}
	}
	slices.SortFunc(rows, func(a, b kpi.Interval) int { return a.Key.Compare(b.Key) })
	return rows, live.Now()
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](got T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		ok(t, err)
		return got
	}
}
