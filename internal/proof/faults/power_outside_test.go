package faults_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// outside writes down what has left the machine, in a process and a memory that
// the power cut does not touch: whatever stands here may not be lost.
type outside struct {
	h    *rig.House
	stop context.CancelFunc
	done sync.WaitGroup

	mu     sync.Mutex
	stamps map[int64]string // that PostgreSQL has shown, by seq: the hash
	last   int64
	closed map[string]int64 // calls that PostgreSQL has shown as closed: when
	live   int64            // the position that Redis has shown
}

// watchEvery is how often the witnesses look: several times in the life of a
// group of stamps on its way.
const watchEvery = 15 * time.Millisecond

func watchOutside(t *testing.T, h *rig.House) *outside {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	o := &outside{h: h, stop: stop, stamps: map[int64]string{}, closed: map[string]int64{}}
	o.done.Go(func() { o.watchSQL(ctx) })
	o.done.Go(func() { o.watchRedis(ctx) })
	t.Cleanup(o.end)
	return o
}

func (o *outside) end() {
	o.stop()
	o.done.Wait()
}

// watchSQL looks at the database again and again; it connects anew where the
// server was away.
func (o *outside) watchSQL(ctx context.Context) {
	for ctx.Err() == nil {
		if conn, err := pgx.Connect(ctx, o.h.DSN); err == nil {
			for o.lookSQL(ctx, conn) == nil {
				wait(ctx, watchEvery)
			}
			_ = conn.Close(context.WithoutCancel(ctx)) // it is broken, or we are at the end
		}
		wait(ctx, watchEvery)
	}
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// lookSQL keeps what a whole answer has shown.
func (o *outside) lookSQL(ctx context.Context, conn *pgx.Conn) error {
	type row struct {
		Seq  int64
		Hash string
	}
	rows, err := conn.Query(ctx, `SELECT seq, encode(hash, 'hex') FROM stamps WHERE seq > $1 ORDER BY seq`, o.position())
	if err != nil {
		return err
	}
	shown, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
	if err != nil {
		return err
	}
	ended, err := conn.Query(ctx, `SELECT call, closed_at FROM records.calls WHERE closed AND last_seq > $1`, o.position()-2000)
	if err != nil {
		return err
	}
	type end struct {
		Call string
		At   int64
	}
	closed, err := pgx.CollectRows(ended, pgx.RowToStructByPos[end])
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, r := range shown {
		o.stamps[r.Seq], o.last = r.Hash, r.Seq
	}
	for _, c := range closed {
		o.closed[c.Call] = c.At
	}
	return nil
}

func (o *outside) position() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.last
}

func (o *outside) watchRedis(ctx context.Context) {
	client := redis.NewClient(&redis.Options{Network: o.h.Redis.Network(), Addr: o.h.Redis.Addr(), MaxRetries: -1})
	defer client.Close()
	for ; ctx.Err() == nil; wait(ctx, watchEvery) {
		keys, err := client.Keys(ctx, "callstamp:*:position").Result()
		if err != nil || len(keys) != 1 {
			continue
		}
		text, err := client.HGet(ctx, keys[0], "seq").Result()
		if err != nil {
			continue
		}
		seq, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			continue
		}
		o.mu.Lock()
		o.live = max(o.live, seq)
		o.mu.Unlock()
	}
}

// told is what had left the machine at one moment.
type told struct {
	last, live int64
	stamps     map[int64]string
	closed     map[string]int64
	numbers    []string // customers with a call that was answered, or that were called
}

// upTo is what stood here when the disk was cut; calls are those whose first
// 18x, 200 or INVITE was on the wire before.
func (o *outside) upTo(cut time.Time) told {
	o.mu.Lock()
	defer o.mu.Unlock()
	w := told{last: o.last, live: o.live, stamps: map[int64]string{}, closed: map[string]int64{}}
	for seq, hash := range o.stamps {
		w.stamps[seq] = hash
	}
	for call, at := range o.closed {
		w.closed[call] = at
	}
	for _, c := range o.h.Calls() {
		if c.Out && c.Invite.Before(cut) || !c.Setup.IsZero() && c.Setup.Before(cut) {
			w.numbers = append(w.numbers, c.Number)
		}
	}
	return w
}

// lostStamps are those that PostgreSQL had shown and does not have now, or has
// otherwise; lostRecords likewise for closed calls.
func (w told) lostStamps(h *rig.House) (lost []int64) {
	have := map[int64]string{}
	for _, r := range h.SQL.Rows(`SELECT seq, encode(hash, 'hex') AS hash FROM stamps`) {
		have[r["seq"].(int64)] = r["hash"].(string)
	}
	for seq, hash := range w.stamps {
		if have[seq] != hash {
			lost = append(lost, seq)
		}
	}
	return lost
}

func (w told) lostRecords(h *rig.House) (lost []string) {
	have := map[string]int64{}
	for _, r := range h.SQL.Rows(`SELECT call, closed_at FROM records.calls WHERE closed`) {
		have[r["call"].(string)] = r["closed_at"].(int64)
	}
	for call, at := range w.closed {
		if have[call] != at {
			lost = append(lost, call)
		}
	}
	return lost
}

// lostCalls are the customers whose call was on the wire and has no record.
func (w told) lostCalls(h *rig.House) (lost []string) {
	have := map[string]bool{}
	for _, r := range h.SQL.Rows(`SELECT p.number FROM parties p JOIN records.calls c ON c.organisation_id = p.organisation_id AND c.party = p.id`) {
		have[r["number"].(string)] = true
	}
	for _, n := range w.numbers {
		if !have[n] {
			lost = append(lost, n)
		}
	}
	return lost
}
