package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

const (
	// nudgeEvery is how often each owner is asked for a sign of life.
	nudgeEvery = time.Second
	// ownerWait is how long an owner may be silent: none of them ever waits, so
	// that what takes longer is stuck, on the slowest machine too.
	ownerWait = 10 * time.Second
	// diskWait is the same for the journal's writer, which waits for the disk:
	// network disks stall for ten seconds and come back.
	diskWait = 30 * time.Second
	// callsEvery is how often every call is asked.
	callsEvery = 5 * time.Second
)

// pulse is one owner's sign of life.
type pulse struct {
	name  string
	bound time.Duration
	nudge func(context.Context) error // returns when the owner has answered
	last  atomic.Int64                // when it did, by the monotonic clock: ns since begun
}

// pulses watch the owners that everything passes through. What they know is
// read without waiting for anybody.
type pulses struct {
	begun time.Time
	all   []*pulse
	calls atomic.Int64 // calls that gave no sign of life when last asked
}

func newPulses(begun time.Time, all ...*pulse) *pulses { return &pulses{begun: begun, all: all} }

// run nudges the owners until ctx ends. An owner that is stuck keeps only its
// own goroutine here.
func (p *pulses) run(ctx context.Context) {
	for _, one := range p.all {
		one.last.Store(int64(time.Since(p.begun)))
		go p.beat(ctx, one)
	}
	<-ctx.Done()
}

func (p *pulses) beat(ctx context.Context, one *pulse) {
	tick := time.NewTicker(nudgeEvery)
	defer tick.Stop()
	for {
		if one.nudge(ctx) == nil {
			one.last.Store(int64(time.Since(p.begun)))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// stuck names the owners that are silent for longer than they may be.
func (p *pulses) stuck(now time.Time) (names []string) {
	for _, one := range p.all {
		if p.silent(one, now) > one.bound {
			names = append(names, one.name)
		}
	}
	return names
}

func (p *pulses) silent(one *pulse, now time.Time) time.Duration {
	return now.Sub(p.begun) - time.Duration(one.last.Load())
}

// alive returns nil while every owner moves, else who does not, in words.
func (p *pulses) alive(now time.Time) error {
	var errs []error
	for _, one := range p.all {
		if d := p.silent(one, now); d > one.bound {
			errs = append(errs, fmt.Errorf("the %s has not answered for %v", one.name, d.Round(time.Second)))
		}
	}
	return errors.Join(errs...)
}

func (p *pulses) stuckCalls() int { return int(p.calls.Load()) }

// ownersOf are the owners of a server.
func (a *app) ownersOf() *pulses {
	return newPulses(time.Now(),
		&pulse{name: "floor", bound: ownerWait, nudge: func(ctx context.Context) error {
			_, _, err := a.floor.Presence(ctx, "")
			return err
		}},
		&pulse{name: "switchboard", bound: ownerWait, nudge: func(context.Context) error {
			_ = a.board.Talking() // takes its lock
			return nil
		}},
		&pulse{name: "journal", bound: diskWait, nudge: func(context.Context) error {
			if age := time.Since(a.journal.Health().Beat); age > 2*nudgeEvery {
				return fmt.Errorf("last round %v ago", age)
			}
			return nil
		}},
	)
}

// nudgeCalls asks every call for a sign of life, again and again until ctx ends.
func (a *app) nudgeCalls(ctx context.Context) {
	tick := time.NewTicker(callsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		asking, cancel := context.WithTimeout(ctx, callsEvery)
		stuck := a.board.Nudge(asking)
		cancel()
		if ctx.Err() == nil {
			a.pulses.calls.Store(int64(len(stuck)))
			for _, id := range stuck {
				a.log.Error("call gives no sign of life", "call", id)
			}
		}
	}
}
