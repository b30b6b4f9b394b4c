package redis_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/store/redis"
)

// A server that hangs makes the follower give up soon; what was on its way may
// be carried out later, and still each stamp counts once.
func TestFrozenServerIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	server := private.TestRedis(t)
	url := "unix://" + server.Addr()
	w, hasty := newWorld(t, url), worldWith(t, url, must(redis.Open(url))(t))
	day := someDay(70, true)
	for done := 0; done < len(day); done += 200 {
		w.persist(w.follower(), day[:done], 50)
		f := hasty.follower()
		w.persist(f, day[:done], 50) // it is where the other one is
		ok(t, server.Freeze())
		began := time.Now()
		if err := f.Apply(t.Context(), day[done:min(done+50, len(day))]); err == nil {
			t.Error("a frozen server answered")
		}
		if took := time.Since(began); took > 5*200*time.Millisecond { // the limit of one exchange, with room
			t.Errorf("gave up after %v", took)
		}
		ok(t, server.Thaw())
	}
	w.persist(w.follower(), day, 50)
	w.same(day)
}

// A server that is killed and comes back empty is filled again.
func TestKilledServerIsFilledAgain(t *testing.T) {
	t.Parallel()
	server := private.TestRedis(t)
	w := newWorld(t, "unix://"+server.Addr())
	day, f := someDay(71, true), w.follower()
	w.feed(f, day[:300], 50)
	ok(t, server.Kill())
	if err := f.Apply(t.Context(), day[300:350]); err == nil {
		t.Error("a killed server answered")
	}
	ok(t, server.Restart(t.Context()))
	w.feed(f, day, 50)
	w.same(day)
}
