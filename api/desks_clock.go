package api

import (
	"maps"
	"slices"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Stepped draws every desk anew after the wall clock was set by us µs: pages
// count seconds from and to the instants that they are shown, and those of
// before are on the old clock.
func (d *Desks) Stepped(us int64) {
	d.mu.Lock()
	desks := slices.Collect(maps.Values(d.desks))
	d.mu.Unlock()
	for _, k := range desks {
		k.stepped(us)
		d.deps.Calls.Show(k.agent) // what it draws of calls asks the clock
	}
}

func (k *desk) stepped(us int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.presence.State != stamp.StateOffline {
		k.presence.Since += us
		k.presences++
		k.sendLocked(wire.TypePresence, k.presence)
	}
	if k.ring != nil {
		r := *k.ring
		r.From, r.Until = r.From+us, r.Until+us
		k.ring = &r
		k.sendLocked(wire.TypeRing, k.ring)
	}
}
