package main

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/postgres/storetest"
	"github.com/callstamp/callstamp/store/redis"
)

// stopped is a clock that stands at the last stamp of a day.
type stopped stamp.Instant

func (s stopped) Now() stamp.Instant { return stamp.Instant(s) }

// The wall on real stores shows every call, agent and figure as they are at the
// last stamp, and is told of the next one.
func TestWallShowsTheStores(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, storetest.Options{Seed: 12, StillOn: true})
	if err := l.store.PutOrganisation(t.Context(), "test", postgres.Organisation{Name: "Acme", Zone: "Asia/Ho_Chi_Minh"}); err != nil {
		t.Fatal(err)
	}
	l.spoil(`UPDATE records.calls SET party = 'p1'`)
	l.spoil(`INSERT INTO parties (organisation_id, id, number) VALUES ('acme', 'p1', '+84900000123')`)
	store, err := redis.Open("unix://" + private.TestRedis(t).Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	follower := redis.NewLiveFollower(store, l.store, nodeOne)
	seq, err := follower.Position(t.Context()) // an empty store is made anew from Postgres: it has the whole day
	if err != nil || seq != uint64(len(l.day)) {
		t.Fatalf("position %d of %d, %v", seq, len(l.day), err)
	}
	last := l.day[len(l.day)-1].Stamp
	w := watchWall(liveDeps{
		org: acme, wall: redis.NewWall(store, nodeOne), past: l.store.Reader(), names: titled{}, teams: ofDay{l.queues()},
		clock: stopped(last.Instant), state: newDegraded(slog.Default(), nil), log: slog.Default(),
	})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { w.run(ctx) })
	defer running.Wait()
	defer cancel()
	pictures := w.Watch(ctx)
	l.sameWall(l.next(pictures, func(p wire.Live) bool { return p.Seq == last.Seq }))
	if err := follower.Apply(t.Context(), l.rest[:1]); err != nil {
		t.Fatal(err)
	}
	l.next(pictures, func(p wire.Live) bool { return p.Seq == last.Seq+1 })
}

// queues are those of the day.
func (l *library) queues() []wire.Named {
	var list []wire.Named
	for _, row := range l.report(whole("queue", "")).Rows {
		list = append(list, wire.Named{ID: row.Key, Name: row.Name})
	}
	return list
}

// ofDay has every agent work for every queue of a day.
type ofDay struct{ queues []wire.Named }

func (o ofDay) Queues() []wire.Named                { return o.queues }
func (o ofDay) QueuesOf(stamp.AgentID) []wire.Named { return o.queues }
func (ofDay) Running() []wire.Named                 { return nil }

// next waits for a picture.
func (l *library) next(pictures <-chan wire.Live, is func(wire.Live) bool) wire.Live {
	l.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case p := <-pictures:
			if is(p) {
				return p
			}
		case <-limit:
			l.Fatal("no such picture")
		}
	}
}

// sameWall compares a picture with what kpi.Live alone makes of the day.
func (l *library) sameWall(got wire.Live) {
	l.Helper()
	live := kpi.NewLive()
	for _, e := range l.day {
		if _, err := live.Apply(e.Stamp); err != nil {
			l.Fatal(err)
		}
	}
	now, waiting, ready := live.Now(), map[string]int{}, 0
	for _, c := range now.Calls {
		if c.WaitingSince != 0 {
			waiting[string(c.Queue)]++
		}
	}
	for _, a := range now.Agents {
		if a.State == stamp.StateReady {
			ready++
		}
	}
	if len(got.Waiting)+len(got.Calls) != len(now.Calls) || len(got.Waiting) == 0 || len(got.Agents) != len(now.Agents) {
		l.Errorf("%d waiting, %d other calls, %d agents; want %d calls, %d agents",
			len(got.Waiting), len(got.Calls), len(got.Agents), len(now.Calls), len(now.Agents))
	}
	for _, c := range append(got.Waiting, got.Calls...) {
		if c.Party != "•••••••••123" {
			l.Errorf("call %s is of %q", c.ID, c.Party)
		}
	}
	for _, q := range got.Queues {
		if q.Waiting != waiting[q.ID] || (q.Longest != 0) != (q.Waiting > 0) || q.Ready != ready {
			l.Errorf("%+v, want %d waiting, %d ready", q, waiting[q.ID], ready)
		}
		l.sameFigures(q.Figures, kpi.Dim{Kind: kpi.DimQueue, ID: q.ID})
	}
	l.sameFigures(got.Figures, kpi.Dim{Kind: kpi.DimOrg, ID: string(acme)})
}

func (l *library) sameFigures(got []wire.Figure, d kpi.Dim) {
	l.Helper()
	f, seen := l.counted(d), 0
	for _, figure := range got {
		def, _ := kpi.Find(figure.KPI)
		if def.Value.IsZero() {
			continue // of the moment
		}
		if want := kpi.Evaluate(def, f); figure.Num != want.Num || figure.Den != want.Den {
			l.Errorf("%s %s: %+v, counted %+v", d.ID, figure.KPI, figure, want)
		}
		seen++
	}
	if seen < 10 {
		l.Errorf("%s: %d figures", d.ID, seen)
	}
}
