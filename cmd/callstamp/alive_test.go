package main

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/call/switchboard"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// TestRealOwnersAreAsked hangs the real Floor in what it was given to call, and the real journal in a write.
func TestRealOwnersAreAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &hangingDisk{}
		j, err := ledger.Open(t.TempDir(), ledger.Options{Log: slog.New(slog.DiscardHandler), Synced: disk.synced})
		fine(t, err)
		clock := stamp.NewClock(time.Now(), j.Boot())
		a := &app{journal: j, board: switchboard.New(switchboard.Deps{Clock: clock, Log: slog.New(slog.DiscardHandler)})}
		a.floor = acd.NewFloor(acd.Options{Unreachable: 6 * time.Second}, clock, nil, sink{journal: j}, nil, slog.New(slog.DiscardHandler))
		a.pulses = a.ownersOf()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { a.floor.Run(ctx); close(done) }()
		go a.pulses.run(ctx)
		wait := func(d time.Duration) []string {
			<-time.After(d)
			return a.pulses.stuck(time.Now())
		}
		if stuck := wait(time.Minute + nudgeEvery/2); len(stuck) > 0 {
			t.Errorf("all move, and %v are stuck", stuck)
		}
		let := make(chan struct{})
		a.floor.Count("q", func(int) { <-let })
		if stuck := wait(ownerWait + 2*nudgeEvery); !slices.Equal(stuck, []string{"floor"}) {
			t.Errorf("the floor hangs, and %v are stuck", stuck)
		}
		close(let)
		disk.hang(true)
		j.Append([]stamp.Stamp{{Subject: stamp.Subject{Kind: stamp.SubjectNode, ID: "n.1"}, N: 1, Fact: stamp.NodeAlive{}}}, nil)
		if stuck := wait(ownerWait + 5*time.Second); len(stuck) > 0 {
			t.Errorf("a disk may stall for so long, and %v are stuck", stuck)
		}
		if stuck := wait(diskWait); !slices.Equal(stuck, []string{"journal"}) {
			t.Errorf("the journal hangs, and %v are stuck", stuck)
		}
		disk.hang(false)
		if stuck := wait(3 * nudgeEvery); len(stuck) > 0 {
			t.Errorf("all move again, and %v are stuck", stuck)
		}
		cancel()
		<-done
		fine(t, j.Close())
	})
}

// hangingDisk holds the journal's writer where a disk would: the hook runs in its goroutine.
type hangingDisk struct{ let chan struct{} }

func (d *hangingDisk) hang(on bool) {
	if on {
		d.let = make(chan struct{})
		return
	}
	close(d.let)
}

func (d *hangingDisk) synced(time.Duration) {
	if d.let != nil {
		<-d.let
	}
}
