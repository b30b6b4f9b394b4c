package main

import (
	"context"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/robot"
)

// The first robots come at once, further ones one by one: the server takes 20
// logins a minute from one address, and a person wants in, too.
const (
	demoAtOnce   = 10
	demoLoginGap = 5 * time.Second
	demoRetry    = 5 * time.Second
)

// work keeps the i-th robot at its desk.
func (d *demo) work(ctx context.Context, i int) {
	name := string(demoRobot(i))
	if !nap(ctx, time.Duration(max(0, i-demoAtOnce+1))*demoLoginGap) {
		return
	}
	c := newChance(d.cmd.Seed, uint64(100+i))
	for ctx.Err() == nil {
		err := robot.Run(ctx, robot.Config{
			Server: d.local, Login: name, Password: d.secret,
			Decide: func(r wire.Ring) robot.Plan { return c.plan(r) }, Voice: c.voice(),
		}, nil)
		if err != nil && ctx.Err() == nil {
			d.log.Warn("a robot lost its desk", "robot", name, "err", err)
		}
		nap(ctx, demoRetry)
	}
}

// plan is what a robot does with a call: most answer soon and talk a while;
// some put on hold, a few let it ring or decline. Only its own loop asks.
func (c chance) plan(r wire.Ring) robot.Plan {
	p := robot.Plan{
		React: c.between(700*time.Millisecond, 3500*time.Millisecond), Talk: c.between(10*time.Second, 40*time.Second),
		Wrap: c.between(3*time.Second, 12*time.Second),
	}
	codes := []string{"resolved", "callback", "complaint", "wrong_number", "other"}
	weights := []int{70, 10, 9, 4, 7}
	if r.Call.Direction == "out" {
		codes = []string{"sale", "not_interested", "callback", "wrong_number", "other"}
		weights = []int{22, 48, 20, 4, 6}
	}
	p.Disposition = codes[c.of(weights...)]
	if c.IntN(5) == 0 {
		p.Holds = []robot.Hold{{After: c.between(4*time.Second, 8*time.Second), For: c.between(4*time.Second, 12*time.Second)}}
	}
	switch c.of(94, 4, 2) {
	case 1:
		p.LetRing = true
	case 2:
		p.Decline = true
	}
	return p
}
