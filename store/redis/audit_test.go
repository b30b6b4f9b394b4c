package redis_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// What is shown is what the stamps say; a counter or a call that somebody
// changed is named.
func TestAudit(t *testing.T) {
	everywhere(t, func(w *world) {
		day := someDay(3, true)
		w.feed(w.follower(), day, 100)
		w.feed(postgres.NewLedgerFollower(w.truth, node), day, 100)
		from := stamp.BucketAt(day[0].Stamp.At)
		until := stamp.Bucket(stamp.BucketAt(day[len(day)-1].Stamp.At).End())
		a := must(w.wall.Audit(w.Context(), w.truth, from, until))(w)
		if !a.Same() || a.Seq != uint64(len(day)) || len(a.Shown.Calls) == 0 {
			w.Fatalf("at %d of %d: %+v\nshown %+v\ncounted %+v", a.Seq, len(day), a.Differences, a.Shown, a.Counted)
		}
		key := "callstamp:{n1}:bucket:" + strconv.FormatInt(int64(from), 10)
		fields := must(w.raw.HKeys(w.Context(), key).Result())(w)
		ok(w, w.raw.HIncrBy(w.Context(), key, fields[0], 3).Err())
		a = must(w.wall.Audit(w.Context(), w.truth, from, until))(w)
		if len(a.Differences) != 1 || a.Differences[0].Rolled-a.Differences[0].Folded != 3 {
			w.Fatalf("a counter raised by 3: %+v", a.Differences)
		}
		ok(w, w.raw.HIncrBy(w.Context(), key, fields[0], -3).Err())
		ok(w, w.raw.HDel(w.Context(), "callstamp:{n1}:calls", string(a.Shown.Calls[0].Call)).Err())
		if a = must(w.wall.Audit(w.Context(), w.truth, from, until))(w); a.Same() {
			w.Fatal("a call was taken off the wall and not missed")
		}
	})
}

// A source that is behind is waited for, as long as the caller does.
func TestAuditWaitsForTheSource(t *testing.T) {
	everywhere(t, func(w *world) {
		day := someDay(4, false)
		w.feed(w.follower(), day, 100)
		ctx, cancel := context.WithTimeout(w.Context(), 200*time.Millisecond)
		defer cancel()
		if _, err := w.wall.Audit(ctx, w.truth, 0, 0); err == nil {
			w.Fatal("compared with a source that has nothing")
		}
	})
}
