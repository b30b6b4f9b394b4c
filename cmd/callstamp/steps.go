package main

import "time"

// stepped is what follows when somebody, or NTP, set the machine's clock: the
// node has stamped it, timers run by the monotonic clock and stay, and what
// pages count from is moved.
func (a *app) stepped(us int64) {
	a.log.Warn("the wall clock was set", "step", time.Duration(us)*time.Microsecond)
	a.desks.Stepped(us)
}
