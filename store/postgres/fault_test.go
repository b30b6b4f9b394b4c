package postgres_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/store/postgres"
)

// The server is killed again and again while the follower feeds it: whether a
// transaction was committed is known to the server alone, and each stamp is
// still there once.
func TestKilledServerLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	server := private.TestServer(t)
	dsn := must(server.Create(t.Context(), "callstamp", ""))(t)
	store, day := open(t, dsn), someDay(60)
	ok(t, store.Migrate(t.Context()))
	f, chance := postgres.NewLedgerFollower(store, "n1"), rand.New(rand.NewPCG(60, 1))
	for kills, done := 0, 0; done < len(day); {
		var wait sync.WaitGroup
		if kills < 5 {
			kills++
			wait.Go(func() {
				if err := errors.Join(server.Kill(), server.Restart(t.Context())); err != nil {
					t.Error(err)
				}
			})
		}
		for i := 0; i < 200 && done < len(day); i++ {
			n := min(1+chance.IntN(40), len(day)-done)
			if f.Apply(t.Context(), day[done:done+n]) != nil {
				break
			}
			done += n
		}
		wait.Wait()
		position, err := f.Position(t.Context())
		for deadline := time.Now().Add(30 * time.Second); err != nil && time.Now().Before(deadline); {
			position, err = f.Position(t.Context())
		}
		ok(t, err)
		done = int(position)
	}
	report := must(store.Check(t.Context()))(t)
	if !report.Balanced || report.Calls != 60 {
		t.Errorf("%d calls, %.3v", report.Calls, report.Violations)
	}
	equal(t, "stamps", query[int](t, dsn, `SELECT count(*) FROM stamps`)[0], len(day))
}
