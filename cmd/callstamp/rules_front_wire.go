package main

import (
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// How the front is shown and stored: the same fields, by other names.

func routeOut(r postgres.Route) wire.Route {
	w := wire.Route{ID: r.ID, Name: r.Name, Position: r.Position, Pattern: r.Pattern, To: r.To, HeadStartUS: r.HeadStartUS, VIP: r.VIP, Active: r.Active}
	if r.Trunk != nil {
		w.Trunk = string(*r.Trunk)
	}
	return w
}

func routeIn(w wire.Route) postgres.Route {
	r := postgres.Route{ID: w.ID, Name: w.Name, Position: w.Position, Pattern: w.Pattern, To: w.To, HeadStartUS: w.HeadStartUS, VIP: w.VIP, Active: w.Active}
	if w.Trunk != "" {
		trunk := stamp.TrunkID(w.Trunk)
		r.Trunk = &trunk
	}
	return r
}

func hoursOut(h postgres.Hours) wire.Hours {
	w := wire.Hours{ID: h.ID, Name: h.Name, Zone: h.Zone, Weekly: h.Weekly, Dates: []wire.HoursDate{}}
	for _, d := range h.Dates {
		w.Dates = append(w.Dates, wire.HoursDate(d))
	}
	return w
}

func hoursIn(w wire.Hours) postgres.Hours {
	h := postgres.Hours{ID: w.ID, Name: w.Name, Zone: w.Zone, Weekly: w.Weekly, Dates: []postgres.HoursDate{}}
	for _, d := range w.Dates {
		h.Dates = append(h.Dates, postgres.HoursDate(d))
	}
	return h
}

func menuOut(m postgres.Menu) wire.Menu { return wire.Menu(m) }

func menuIn(w wire.Menu) postgres.Menu { return postgres.Menu(w) }

func doorOut(d postgres.Door, q postgres.Queue) wire.Door {
	return wire.Door{
		Queue: string(d.Queue), Hours: d.Hours, Closed: d.Closed, MaxSize: d.MaxSize, Full: d.Full, Join: d.Join, Stay: d.Stay, Empty: d.Empty,
		MaxWaitUS: q.MaxWaitUS, Overflow: d.Overflow, Keys: d.Keys, Welcome: d.Welcome, Music: d.Music,
		EveryUS: d.EveryUS, Position: d.Position, Wait: d.Wait, Comfort: d.Comfort,
		Callback: wire.Callback{Key: d.CallbackKey, Trunk: string(d.CallbackTrunk), Tries: d.CallbackTries, GapUS: d.CallbackGapUS},
	}
}

func doorIn(w wire.Door) postgres.Door {
	return postgres.Door{
		Queue: stamp.QueueID(w.Queue), Hours: w.Hours, Closed: w.Closed, MaxSize: w.MaxSize, Full: w.Full, Join: w.Join, Stay: w.Stay,
		Empty: w.Empty, Overflow: w.Overflow, Keys: w.Keys, Welcome: w.Welcome, Music: w.Music,
		EveryUS: w.EveryUS, Position: w.Position, Wait: w.Wait, Comfort: w.Comfort, CallbackKey: w.Callback.Key,
		CallbackTrunk: stamp.TrunkID(w.Callback.Trunk), CallbackTries: w.Callback.Tries, CallbackGapUS: w.Callback.GapUS,
	}
}
