package kpi

// fate checks what the forms of the service level are made of.
func (k *checker) fate(c *Call) {
	row, at, within := c.row(), int64(0), AnsweredWithin
	switch c.Service {
	case "":
	case AnsweredWithin, AnsweredLate:
		at = c.ConnectedAt
		if c.PickupUS > c.WaitUS {
			k.say(LawFate, row, "picked up after %d µs, connected after %d µs", c.PickupUS, c.WaitUS)
		}
	default:
		at, within = c.ExitedAt, GoneWithin
		if !gaveUp(c.Exit) || c.ConnectedAt != 0 {
			k.say(LawFate, row, "%s, but its exit is %q and it was connected at %d", c.Service, c.Exit, c.ConnectedAt)
		}
	}
	if c.FateAt != at {
		k.say(LawFate, row, "%q at %d, should be at %d", c.Service, c.FateAt, at)
	}
	if c.EnteredAt != 0 && (c.ConnectedAt != 0 || gaveUp(c.Exit)) != (c.Service != "") {
		k.say(LawFate, row, "connected at %d, exit %q, but its service is %q", c.ConnectedAt, c.Exit, c.Service)
	}
	if inTime := c.WaitUS <= c.TargetUS; c.Service != "" && inTime != (c.Service == within) || c.Within != (c.Service == AnsweredWithin) {
		k.say(LawFate, row, "%q after %d µs of %d µs", c.Service, c.WaitUS, c.TargetUS)
	}
}
