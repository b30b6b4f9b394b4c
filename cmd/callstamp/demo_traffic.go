package main

import (
	"context"
	"sync"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// life lets the robots sit down and the customers call.
func (d *demo) life(context.Context) error {
	for i, l := range d.robots {
		d.traffic.run(func(ctx context.Context) { d.work(ctx, i, l) })
	}
	d.traffic.run(d.customers)
	d.traffic.run(d.hosts)
	d.traffic.run(d.tendLeads)
	return nil
}

// customers call in as a Poisson stream: the pauses between them are
// exponentially distributed.
func (d *demo) customers(ctx context.Context) {
	if d.cmd.CallsPerMinute == 0 {
		return
	}
	c := newChance(d.cmd.Seed, 1)
	mean := float64(time.Minute) / d.cmd.CallsPerMinute
	var calls sync.WaitGroup
	defer calls.Wait()
	for nap(ctx, time.Duration(mean*c.ExpFloat64())) {
		s := c.inbound()
		calls.Go(func() { d.place(ctx, s) })
	}
}

// place lets one customer call and waits for the end.
func (d *demo) place(ctx context.Context, s phonenet.Script) {
	if _, err := d.network.Place(ctx, s); err != nil && ctx.Err() == nil {
		d.log.Warn("a customer could not call", "err", err)
	}
}

// hosts keeps a customer waiting for a person who has logged in, until the
// person's first call: whoever presses Go ready hears the phone ring at once.
func (d *demo) hosts(ctx context.Context) {
	c := newChance(d.cmd.Seed, 3)
	var h host
	var calls sync.WaitGroup
	defer calls.Wait()
	for p := range d.app.wall.Watch(ctx) {
		if h.wants(p) {
			s := c.guest()
			calls.Go(func() { d.place(ctx, s) })
		}
	}
}

// host decides from pictures of the floor whether a guest is wanted.
type host struct {
	served bool  // the person has had a call since the login
	last   int64 // when a guest was sent, µs since 1970
}

// guestGap is the pause between two guests: a picture shows the last one only
// after a moment, and robots may take it.
const guestGap = 2 * time.Second

func (h *host) wants(p wire.Live) bool {
	at := -1
	for i, a := range p.Agents {
		if a.ID == demoAgent && a.State != stamp.StateOffline {
			at = i
		}
	}
	if at < 0 {
		h.served = false
		return false
	}
	switch p.Agents[at].State {
	case stamp.StateConnecting, stamp.StateTalking, stamp.StateWrap:
		h.served = true
	}
	if h.served || len(p.Waiting) > 0 || p.At-h.last < guestGap.Microseconds() {
		return false
	}
	h.last = p.At
	return true
}

// tendLeads keeps the campaign's list from running dry.
func (d *demo) tendLeads(ctx context.Context) {
	for nap(ctx, time.Minute) {
		if err := d.fillLeads(ctx); err != nil && ctx.Err() == nil {
			d.log.Warn("no further leads", "err", err)
		}
	}
}

// nap waits; false when ctx ended first.
func nap(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
