package main

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/dialer/guard"
	"github.com/callstamp/callstamp/dialer/route"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// advanceSilent is how long an INVITE may go without any answer where there is
// another way to the number: the customer's telephone shall ring within 4 s. With
// T1 of 500 ms it has been sent three times by then (0, 0.5 and 1.5 s).
const advanceSilent = 3 * time.Second

// trunkWays says how many addresses of a trunk may be tried (sip.UA).
type trunkWays interface {
	Ways(id stamp.TrunkID) int
}

// wanted is a call that somebody wants to make.
type wanted struct {
	number   string        // E.164
	trunk    stamp.TrunkID // tried first; "": by the routes
	callerID string        // shown where the trunk owns it; "": by the routes
	ringUS   int64
}

// ways chooses how a number is called. The configuration is given; what is kept
// is the sets' turns.
type ways struct {
	mu    sync.Mutex
	turns map[string]uint64 // by caller set
}

// find returns the dials by which a number may be reached, in the order in which
// they are tried, or the guard's refusal.
func (w *ways) find(c *configuration, ua trunkWays, want wanted) ([]call.Dial, error) {
	routes := c.routesTo(want)
	if len(routes) == 0 {
		return nil, guard.Refusal{Word: guard.NoTrunk, Text: "There is no trunk by which this number could be called."}
	}
	var dials []call.Dial
	var refused error
	for _, r := range routes {
		t := c.trunk(r.Trunk)
		if err := rulesOf(t).Judge(want.number); err != nil {
			if refused == nil || wordOf(refused) == guard.OutsidePrefix { // what the number is says more
				refused = err
			}
			continue
		}
		d := call.Dial{Trunk: t.ID, Number: want.number, CallerID: w.shown(c, t, r, want), RingUS: want.ringUS}
		for range max(1, ua.Ways(t.ID)) {
			dials = append(dials, d)
		}
	}
	if len(dials) == 0 {
		return nil, refused
	}
	for i := range dials[:len(dials)-1] {
		dials[i].SilentUS = advanceSilent.Microseconds()
	}
	return dials, nil
}

// routesTo are the routes of a call, over trunks that call out. Where nobody made
// a route, each trunk that lists the number's prefix is one, by name.
func (c *configuration) routesTo(want wanted) []route.Route {
	var all []route.Route
	for _, o := range c.outbound {
		if o.Active && c.trunk(o.Trunk) != nil {
			r := route.Route{ID: o.ID, Prefix: o.Prefix, Position: o.Position, Weight: o.Weight, Trunk: o.Trunk}
			if o.CallerSet != nil {
				r.CallerSet = *o.CallerSet
			}
			all = append(all, r)
		}
	}
	order := route.Order(all, want.number, rand.IntN)
	if c.trunk(want.trunk) != nil {
		own := route.Route{Trunk: want.trunk}
		if i := slices.IndexFunc(order, func(r route.Route) bool { return r.Trunk == want.trunk }); i >= 0 {
			own = order[i]
			order = slices.Delete(order, i, i+1)
		}
		return append([]route.Route{own}, order...)
	}
	if len(order) == 0 && want.trunk == "" {
		for _, t := range c.trunks {
			if c.trunk(t.ID) != nil && rulesOf(&t).Judge(want.number) == nil {
				order = append(order, route.Route{Trunk: t.ID})
			}
		}
	}
	if len(order) == 0 && want.trunk == "" { // the refusal shall say what is wrong with the number
		for _, t := range c.trunks {
			if c.trunk(t.ID) != nil {
				order = append(order, route.Route{Trunk: t.ID})
			}
		}
	}
	return order
}

// trunk is an active trunk that calls out, nil where there is none of the id.
func (c *configuration) trunk(id stamp.TrunkID) *postgres.Trunk {
	for i := range c.trunks {
		if t := &c.trunks[i]; t.ID == id && t.Active && t.Host != "" {
			return t
		}
	}
	return nil
}

// rulesOf says what a trunk calls.
func rulesOf(t *postgres.Trunk) guard.Rules {
	r := guard.Rules{Prefixes: t.Prefixes}
	for _, s := range t.Sorts {
		r.Sorts = append(r.Sorts, guard.Sort(s))
	}
	return r
}

// shown is the number of ours that the customer sees: the one that was asked for
// where the trunk owns it, else the route's set's, else the trunk's. "" leaves it
// to the trunk.
func (w *ways) shown(c *configuration, t *postgres.Trunk, r route.Route, want wanted) string {
	if want.callerID != "" && slices.Contains(c.callerIDs(t), want.callerID) {
		return want.callerID
	}
	id := r.CallerSet
	if id == "" && t.CallerSet != nil {
		id = *t.CallerSet
	}
	set, ok := c.callerSets[id]
	if !ok {
		return t.CallerID
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.turns == nil {
		w.turns = map[string]uint64{}
	}
	turn := w.turns[id]
	w.turns[id]++
	return route.CallerSet{Mode: route.Mode(set.Mode), Numbers: set.Numbers}.Pick(want.number, turn)
}

// callerIDs are the numbers that may be shown by a trunk: its own, its set's, and
// those of the sets of routes that lead to it.
func (c *configuration) callerIDs(t *postgres.Trunk) (all []string) {
	if t.CallerID != "" {
		all = append(all, t.CallerID)
	}
	add := func(set *string) {
		if set != nil {
			for _, n := range c.callerSets[*set].Numbers {
				if !slices.Contains(all, n) {
					all = append(all, n)
				}
			}
		}
	}
	add(t.CallerSet)
	for _, o := range c.outbound {
		if o.Trunk == t.ID {
			add(o.CallerSet)
		}
	}
	return all
}

// wordOf is the refusal's word for a stamp.
func wordOf(err error) string {
	if err == nil {
		return ""
	}
	if r, ok := errors.AsType[guard.Refusal](err); ok {
		return r.Word
	}
	return "failed"
}
