package rig

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Mix is a steady load of calls of all fates.
type Mix struct {
	PerSecond float64 // calls, in and out together; 0 = 2
	Count     int     // then it stops by itself, each fate in its share; 0 = until Stop, fates by chance
	Hurry     float64 // factor on all lengths of a call; 0 = 1
	Fates     []string
	Own       []Own        // instead of Fates
	Each      func(no int) // called before each call, from 0; nil = nobody listens
}

// Load places calls until it is stopped.
type Load struct {
	h    *House
	mix  Mix
	rand *rand.Rand
	list []fate // what Count planned

	stop    chan struct{}
	stopped sync.Once
	placing sync.WaitGroup
	callers sync.WaitGroup

	mu     sync.Mutex
	placed int
	failed []error
}

// Load seats the robots and begins to place calls at a steady rate.
func (h *House) Load(m Mix) *Load {
	h.t.Helper()
	h.Seat()
	h.tick()
	if m.PerSecond == 0 {
		m.PerSecond = 2
	}
	l := &Load{h: h, mix: m, rand: rand.New(rand.NewPCG(h.opt.Seed, uint64(20+h.numbered))), stop: make(chan struct{})}
	l.placing.Go(l.run)
	return l
}

func (l *Load) run() {
	list, weights := possible(len(l.h.Sellers) > 0, l.mix.Fates)
	if len(l.mix.Own) > 0 {
		list, weights = owned(l.mix.Own)
	}
	if l.mix.Count > 0 {
		l.list = spread(l.rand, list, weights, l.mix.Count)
	}
	tick := time.NewTicker(time.Duration(float64(time.Second) / l.mix.PerSecond))
	defer tick.Stop()
	for no := 0; l.mix.Count == 0 || no < len(l.list); no++ {
		select {
		case <-l.stop:
			return
		case <-tick.C:
		}
		f := draw(l.rand, list, weights)
		if l.list != nil {
			f = l.list[no]
		}
		if l.mix.Each != nil {
			l.mix.Each(no)
		}
		l.place(f)
	}
}

// place writes the plan down and lets the customer call, or the product.
func (l *Load) place(f fate) {
	h := l.h
	h.numbered++
	c := f.call(l.rand, h.numbered)
	c.hurry(l.mix.Hurry)
	h.announce(c)
	l.mu.Lock()
	l.placed++
	l.mu.Unlock()
	if c.out {
		h.lead(c.number)
		return
	}
	l.callers.Go(func() {
		if _, err := h.Net.Place(h.robots.leave, c.script); err != nil {
			l.mu.Lock()
			l.failed = append(l.failed, err)
			l.mu.Unlock()
		}
	})
}

// Placed is how many calls were begun, or given to the campaign.
func (l *Load) Placed() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.placed
}

// Failed are the calls that could not even be tried.
func (l *Load) Failed() []error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}

// For lets the load go on for d.
func (l *Load) For(d time.Duration) { Pass(d) }

// Stop ends the placing; calls in progress go on. Stopping twice is allowed.
func (l *Load) Stop() {
	l.stopped.Do(func() { close(l.stop) })
	l.placing.Wait()
}

// Wait waits until Count calls are placed.
func (l *Load) Wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() { l.placing.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		l.Stop()
		return ctx.Err()
	}
}
