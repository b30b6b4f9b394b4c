package replay

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	goredis "github.com/redis/go-redis/v9"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/redis"
)

// stores are the real ones: a PostgreSQL database and a redis-server of the
// test's own.
type stores struct {
	testing.TB
	seen  *tally
	dsn   string
	truth *postgres.Store
	live  *redis.Store
	raw   *goredis.Client
}

func newStores(t testing.TB) *stores {
	t.Helper()
	return storesOn(t, private.TestPostgresFrom(t, "callstamp", migrated))
}

func migrated(ctx context.Context, dsn string) error {
	db, err := postgres.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Migrate(ctx)
}

// storesOn uses the database at dsn, which may be empty.
func storesOn(t testing.TB, dsn string) *stores {
	t.Helper()
	must(t, migrated(t.Context(), dsn))
	summer(t, dsn)
	db, err := postgres.OpenPool(t.Context(), dsn, 6)
	must(t, err)
	t.Cleanup(db.Close)
	url := "unix://" + private.TestRedis(t).Addr()
	live, err := redis.OpenWithin(url, 20*time.Second)
	must(t, err)
	t.Cleanup(func() { must(t, live.Close()) })
	options, err := goredis.ParseURL(url)
	must(t, err)
	raw := goredis.NewClient(options)
	t.Cleanup(func() { must(t, raw.Close()) })
	return &stores{t, &tally{}, dsn, db.For(org), live, raw}
}

// summer puts the database into a zone with summer time: nothing may depend on it.
func summer(t testing.TB, dsn string) {
	t.Helper()
	db, err := pgx.Connect(t.Context(), dsn)
	must(t, err)
	defer db.Close(context.Background())
	_, err = db.Exec(t.Context(), `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Europe/Berlin'); END $$`)
	must(t, err)
}

// follower makes a new follower of a node, as a process that starts does.
func (s *stores) ledger(node stamp.NodeID) ledger.Follower {
	return postgres.NewLedgerFollower(s.truth, node)
}

func (s *stores) counters(node stamp.NodeID) ledger.Follower {
	return redis.NewLiveFollower(s.live, s.truth, node)
}

// feed brings the journal of one node to one follower, in order, in batches of
// a usual size.
func (s *stores) feed(f ledger.Follower, journal []ledger.Entry) {
	s.Helper()
	_, err := f.Position(s.Context())
	must(s, err)
	for batch := range slices.Chunk(journal, 512) {
		must(s, f.Apply(s.Context(), batch))
	}
}

// inOrder feeds every journal once.
func (s *stores) inOrder(journals map[stamp.NodeID][]ledger.Entry) *stores {
	s.Helper()
	for node, journal := range journals {
		s.feed(s.ledger(node), journal)
		s.feed(s.counters(node), journal)
		s.roll(node)
	}
	return s
}

// roll gives what was frozen at the cuts from one store to the other, as the
// product does now and then.
func (s *stores) roll(node stamp.NodeID) {
	s.Helper()
	must(s, redis.NewWall(s.live, node).Roll(s.Context(), s.truth))
}

// way is one node's journal on its way to one follower.
type way struct {
	made    func() ledger.Follower
	f       ledger.Follower
	journal []ledger.Entry
	at      int // applied, as far as the sender knows
}

// inDisorder brings the journals to all followers as delivery may: see the
// package's doc.
func (s *stores) inDisorder(r *rand.Rand, journals map[stamp.NodeID][]ledger.Entry) *stores {
	s.Helper()
	var ways []*way
	for node, journal := range journals {
		ways = append(ways, &way{made: func() ledger.Follower { return s.ledger(node) }, journal: journal},
			&way{made: func() ledger.Follower { return s.counters(node) }, journal: journal})
	}
	for len(ways) > 0 {
		i := r.IntN(len(ways))
		if w := ways[i]; !s.step(r, w) {
			ways = slices.Delete(ways, i, i+1)
		}
		if r.IntN(10) == 0 {
			s.roll([]stamp.NodeID{"n1", "n2"}[r.IntN(2)])
		}
	}
	s.roll("n1")
	s.roll("n2")
	return s
}

// step is one delivery; false: this way is at its end.
func (s *stores) step(r *rand.Rand, w *way) bool {
	s.Helper()
	if w.f == nil || r.IntN(8) == 0 { // the one before died
		w.f = w.made()
		s.seen.deaths.Add(1)
		seq, err := w.f.Position(s.Context())
		must(s, err)
		w.at = int(seq)
	}
	if w.at >= len(w.journal) {
		return false
	}
	from, to := w.at, min(w.at+1+r.IntN(250), len(w.journal))
	s.seen.batches.Add(1)
	switch r.IntN(10) {
	case 0: // its confirmation was lost: some come again
		from = max(0, w.at-r.IntN(100))
		s.seen.repeated.Add(1)
	case 1: // too early
		if from = w.at + 1 + r.IntN(50); from < len(w.journal) {
			if err := w.f.Apply(s.Context(), w.journal[from:min(from+20, len(w.journal))]); err == nil {
				s.Fatalf("entries from %d on were taken after %d", from+1, w.at)
			}
			s.seen.early.Add(1)
		}
		return true
	case 2: // it dies in the middle of its transaction, or right after
		ctx, cancel := context.WithTimeout(s.Context(), time.Duration(r.IntN(4_000))*time.Microsecond)
		if err := w.f.Apply(ctx, w.journal[from:to]); err != nil {
			s.seen.cut.Add(1)
		}
		cancel()
		w.f = nil
		return true
	}
	must(s, w.f.Apply(s.Context(), w.journal[from:to]))
	w.at = to
	return true
}

// tables is Tables; without seqs the numbers of the journal are left out, and
// the stamps that carry them.
func (s *stores) tables(seqs bool) map[string]string {
	s.Helper()
	db, err := pgx.Connect(s.Context(), s.dsn)
	must(s, err)
	defer db.Close(s.Context())
	if seqs {
		found, err := Tables(s.Context(), db)
		must(s, err)
		return found
	}
	found, err := Tables(s.Context(), db, Numbers()...)
	must(s, err)
	delete(found, "public.stamps")
	return found
}

// now is all that the live store holds of a node, but for the follower's own
// state, which may be behind its position, and what is only on its way.
func (s *stores) now(frozen bool) map[string]string {
	s.Helper()
	out := map[string]string{}
	keys, err := s.raw.Keys(s.Context(), "*").Result()
	must(s, err)
	for _, k := range keys {
		name := k[strings.LastIndex(k, "}:")+2:]
		bucket := strings.HasPrefix(name, "bucket:") || name == "calls" || name == "agents"
		copied := strings.HasPrefix(name, "event:") || strings.HasPrefix(name, "cohort:")
		if !bucket && !(frozen && copied) {
			continue
		}
		fields, err := s.raw.HGetAll(s.Context(), k).Result()
		must(s, err)
		for f, v := range fields {
			if v != "0" {
				out[k+" "+f] = v
			}
		}
	}
	return out
}

// journals of a day.
func journals(t testing.TB, a, b []line) map[stamp.NodeID][]ledger.Entry {
	t.Helper()
	return map[stamp.NodeID][]ledger.Entry{"n1": entries(t, press(a)), "n2": entries(t, press(b))}
}

func compare(t testing.TB, what string, got, want map[string]string) {
	t.Helper()
	for _, d := range Differ(got, want) {
		t.Errorf("%s: %s", what, d)
	}
}

// throughTheStores proves on the real stores what the package's doc says:
// feeding twice, feeding in every disorder, writing in another order, and
// rebuilding all come to the same rows. The independent checker and the
// product's own are content with them.
func throughTheStores(t *testing.T, rep *report) {
	t.Parallel()
	z, times := small(), 30
	if os.Getenv("PROOF") == "full" {
		z, times = large(), 100
	}
	a, b := live(t, "n1", 100, z), live(t, "n2", 101, z)
	day := journals(t, a, b)
	ref := newStores(t).inOrder(day)
	rows, plain, now, sums := ref.tables(true), ref.tables(false), ref.now(true), ref.now(false)
	ref.balanced()

	ref.inOrder(day)
	compare(t, "fed twice", ref.tables(true), rows)
	compare(t, "counted twice", ref.now(true), now)
	must(t, ref.truth.Rebuild(t.Context()))
	compare(t, "rebuilt", ref.tables(true), rows)
	rep.row("PostgreSQL and Redis", "%d stamps of two nodes; both checkers are content; fed twice and rebuilt: the same to the byte", len(day["n1"])+len(day["n2"]))
	rep.tables(rows)
	delivered, written := &tally{}, &tally{}
	t.Cleanup(func() {
		rep.row("PostgreSQL and Redis, delivered in disorder", "%d times: %s; the same to the byte", times-(times+2)/3, delivered)
		rep.row("PostgreSQL and Redis, written in another order, up to 20 min late, and rebuilt", "%d times: %s; the same but for the journal's numbers", (times+2)/3, written)
	})
	for i := range times {
		t.Run(fmt.Sprintf("trial %d", i), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(i), 3))
			s := newStores(t)
			if i%3 != 0 {
				s.seen = delivered
				s.inDisorder(r, day)
				compare(t, "delivered in disorder", s.tables(true), rows)
				compare(t, "counted in disorder", s.now(true), now)
				return
			}
			s.seen = written
			s.inDisorder(r, journals(t, delayed(r, a, 20*time.Minute), delayed(r, b, 20*time.Second)))
			compare(t, "written in disorder", s.tables(false), plain)
			compare(t, "counted late", s.now(false), sums)
			s.balanced()
			before := s.tables(true)
			must(t, s.truth.Rebuild(t.Context()))
			compare(t, "written in disorder and rebuilt", s.tables(true), before)
		})
	}
}

// balanced: both checkers find nothing.
func (s *stores) balanced() {
	s.Helper()
	db, err := pgx.Connect(s.Context(), s.dsn)
	must(s, err)
	defer db.Close(s.Context())
	found, err := check.Records(s.Context(), db)
	must(s, err)
	for _, f := range found[:min(len(found), 10)] {
		s.Error(f)
	}
	report, err := s.truth.Check(s.Context())
	must(s, err)
	if !report.Balanced {
		s.Errorf("callstamp check: %+v", report)
	}
}
