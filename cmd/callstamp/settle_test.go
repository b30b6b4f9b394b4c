package main

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// A bucket is settled when the last call that arrived in it is closed, and not
// before; a process that starts in between knows the call and the bucket from
// Postgres.
func TestSettler(t *testing.T) {
	t.Parallel()
	store, _ := emptyDatabase(t)
	fine(t, keepSeed(t.Context(), store, seeded()))
	a := &app{store: store, journal: openJournal(t, ledger.Options{}), log: slog.New(slog.DiscardHandler), failed: make(chan error, 8)}
	a.clock = stamp.NewClock(time.Now(), a.journal.Boot())
	a.node = ledger.NewNodeStamper(a.journal, a.clock)
	bucket := stamp.BucketAt(a.clock.Now().At)
	call := stamp.Subject{Kind: stamp.SubjectCall, ID: stamp.NewID()}
	tell := func(n uint64, phase string, f stamp.Fact) {
		at := a.clock.Now()
		at.At = bucket.Start() + int64(n) // whatever the time of day
		a.journal.Append([]stamp.Stamp{{Org: store.Org(), Subject: call, N: n, Call: call.ID, Instant: at, Phase: phase, Fact: f}}, nil)
	}
	settled := func(want int) {
		t.Helper()
		n, last := 0, a.journal.Appended()
		fine(t, a.journal.Sync(t.Context()))
		r, err := a.journal.Reader(1)
		fine(t, err)
		defer r.Close()
		for e, err := range r.All() {
			fine(t, err)
			if f, ok := e.Stamp.Fact.(stamp.BucketSettled); ok && f.Bucket == bucket {
				n++
			}
		}
		if n != want {
			t.Fatalf("settled %d times at %d, want %d", n, last, want)
		}
	}
	tell(1, stamp.PhaseArriving, stamp.CallCreated{Direction: stamp.In, Trunk: "t"})
	a.node.Record(stamp.BucketClosed{Bucket: bucket})
	fine(t, a.journal.Sync(t.Context()))
	feed, stop := feeding(t, a.journal, postgres.NewLedgerFollower(store, a.journal.Node()))
	defer stop()
	a.truth = feed
	fine(t, a.await(a.journal.Appended()))
	for _, open := range []bool{true, false} { // two lives of the process
		settler, err := newSettler(t.Context(), a, a.journal.Appended())
		fine(t, err)
		ctx, end := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); settler.run(ctx) }()
		if open {
			tell(2, "", stamp.LegInviteReceived{Leg: 1, Trunk: "t"})
			a.node.Record(stamp.NodeStopped{}) // the next life does not read this boot's own stamps
			fine(t, a.await(a.journal.Appended()))
			settled(0)
		} else {
			tell(3, stamp.PhaseOver, stamp.CallReleased{EndedBy: stamp.Customer, PrePhase: stamp.PhaseArriving})
			tell(4, stamp.PhaseClosed, stamp.CallClosed{Outcome: "cancelled"})
			was := a.journal.Appended()
			for deadline := time.Now().Add(10 * time.Second); a.journal.Appended() == was && time.Now().Before(deadline); {
				<-time.After(time.Millisecond)
			}
			settled(1)
		}
		end()
		<-done
	}
	select {
	case err := <-a.failed:
		t.Fatal(err)
	default:
	}
}
