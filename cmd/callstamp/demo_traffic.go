package main

import (
	"context"
	"sync"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
)

// life lets the robots sit down and the customers call.
func (d *demo) life(context.Context) error {
	for i := range d.cmd.Robots {
		d.colleagues.run(func(ctx context.Context) { d.work(ctx, i) })
	}
	d.customers.run(d.callIn)
	d.customers.run(d.sendGuests)
	d.customers.run(d.tendLeads)
	return nil
}

// callIn lets customers call as a Poisson stream: the pauses between them are
// exponentially distributed.
func (d *demo) callIn(ctx context.Context) {
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
