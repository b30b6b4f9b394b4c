package check

import (
	"fmt"
	"slices"
)

// ServerDead is the fault in which the product itself is gone: from its death
// until it is ready again.
const ServerDead = "server dead"

// margin is what a window reaches beyond both its ends, µs: the product proves
// that it lives once a second, and desks come back one after the other.
const margin = 1_000_000

// crossing is what may pass between the ledger's line and the death itself, µs.
const crossing = 100_000

// longestLeg is how long a trunk's leg may outlive the product, µs.
const longestLeg = 35_000_000

// forever is the end of a window that was never closed.
const forever = int64(1) << 62

// window is a fault, from the load's line "fault" to its line "healed".
type window struct {
	name     string
	from, to int64
	dead     bool  // ServerDead: calls end as abnormal, new ones may be refused, desks see nothing
	blind    bool  // desks may miss what happens, and what they do may arrive late
	refuse   bool  // new calls may be refused without a record
	slack    int64 // by which any duration that touches it may be off, µs
	cut      bool  // an agent's network was cut; else the desk said that it was lost
}

// loose says whether something outside may go unseen in it. A fault that is not
// loose excuses nothing: calls must not feel it.
func (w window) loose() bool { return w.dead || w.blind || w.slack > 0 }

func (w window) touches(from, to int64) bool { return from <= w.to+margin && to >= w.from-margin }

func (w window) length() int64 {
	if w.to == forever {
		return 0 // never healed: what it excuses is said by its other properties
	}
	return w.to - w.from
}

// faults are the windows of a run, and when each agent's desk was away.
type faults struct {
	all  []window
	away map[string][]window // by agent
	used int                 // disagreements that a window excused
}

// readFaults reads the windows from the notes: "fault" opens the one of its
// name, "healed" closes it; "lost" and "back" do so for an agent's desk, "cut"
// and "healed" for an agent's network.
func readFaults(f *findings, notes []Note) *faults {
	x := &faults{away: map[string][]window{}}
	open := map[string]int{}
	for _, n := range notes {
		switch {
		case n.Who == "load" && n.What == "fault":
			if _, twice := open[n.Name]; twice {
				f.say("ledger", n.Name, LawWitness, "a fault that heals before it comes again", "twice")
			}
			dead := n.Name == ServerDead
			open[n.Name] = len(x.all)
			x.all = append(x.all, window{name: n.Name, from: n.Exact, to: forever, dead: dead, blind: dead || n.Blind, refuse: dead || n.Refuse, slack: n.US})
		case n.Who == "load" && n.What == "healed":
			i, ok := open[n.Name]
			if !ok {
				f.say("ledger", n.Name, LawWitness, "a fault before it healed", "none")
				continue
			}
			x.all[i].to = n.Exact
			delete(open, n.Name)
		case n.Who == "agent" && n.What == "lost":
			x.away[n.Name] = append(x.away[n.Name], window{name: n.Name, from: n.Exact, to: forever, blind: true})
		case n.Who == "agent" && (n.What == "back" || n.What == "ready"):
			closeLast(x.away[n.Name], false, n.Exact)
		case n.Who == "agent" && n.What == "cut":
			x.away[n.Name] = append(x.away[n.Name], window{name: n.Name, from: n.Exact, to: forever, blind: true, cut: true})
		case n.Who == "agent" && n.What == "healed":
			closeLast(x.away[n.Name], true, n.Exact+settling)
		}
	}
	return x
}

// settling is how long after its network has healed a desk may still be away, µs.
const settling = 3_000_000

// closeLast ends the newest window of the kind, if it is open.
func closeLast(list []window, cut bool, at int64) {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].cut == cut {
			if list[i].to == forever {
				list[i].to = at
			}
			return
		}
	}
}

// any returns the first window that fits and touches from … to.
func (x *faults) any(from, to int64, fits func(window) bool) (window, bool) {
	i := slices.IndexFunc(x.all, func(w window) bool { return fits(w) && w.touches(from, to) })
	if i < 0 {
		return window{}, false
	}
	return x.all[i], true
}

// loose reports whether what was seen outside between from and to may be less
// than what happened. It counts what it excuses.
func (x *faults) loose(from, to int64) bool { return x.excuses(from, to, window.loose) }

// refuses reports whether a new call may have been refused then.
func (x *faults) refuses(from, to int64) bool {
	return x.excuses(from, to, func(w window) bool { return w.refuse })
}

func (x *faults) excuses(from, to int64, fits func(window) bool) bool {
	_, ok := x.any(from, to, fits)
	if ok {
		x.used++
	}
	return ok
}

// blind reports whether the agent's desk may have missed something then.
func (x *faults) blind(agent string, from, to int64) bool {
	touches := func(w window) bool { return w.blind && w.touches(from, to) }
	ok := slices.ContainsFunc(x.all, touches) || slices.ContainsFunc(x.away[agent], touches)
	if ok {
		x.used++
	}
	return ok
}

// death returns the window in which the product died while something lasted:
// from … to, where to = 0 says that it never ended on the wire.
func (x *faults) death(from, to int64) (window, bool) {
	i := slices.IndexFunc(x.all, func(w window) bool { return w.dead && from < w.from && (to == 0 || to > w.from) })
	if i < 0 {
		return window{}, false
	}
	return x.all[i], true
}

// slack is by how much a duration between its edges may be off: by nothing
// without a window; by a second and the window where its end was estimated, or
// where it is told by a desk that was blind.
func (x *faults) slack(agent string, estimated bool, edges []int64) int64 {
	if len(edges) == 0 {
		return 0
	}
	from, to, sum := slices.Min(edges), slices.Max(edges), int64(0)
	for _, w := range slices.Concat(x.all, x.away[agent]) {
		if !w.touches(from, to) {
			continue
		}
		sum += w.slack
		if w.dead && w.from <= from && from < w.to {
			sum += w.to - from // its sockets are open before it is ready: what it finds in them it sees late
		}
		if w.dead && estimated || w.blind && agent != "" {
			sum += margin + w.length()
		}
	}
	return sum
}

// unhealed says that a fault never healed: nobody may forget to close one.
func (x *faults) unhealed(f *findings) {
	for _, w := range x.all {
		if w.to == forever {
			f.say("ledger", w.name, LawWitness, "a fault that healed", fmt.Sprintf("open since %d", w.from))
		}
	}
}

// steps wants that somebody meant to set the clock: elsewhere the machine's own
// was set, the witnesses' too, and the run proves nothing.
func (x *faults) steps(f *findings, n int) {
	if n > 0 && !slices.ContainsFunc(x.all, func(w window) bool { return w.name == ClockSet }) {
		f.sayf("stamps", "clock.step", LawWitness, "a steady clock", fmt.Sprint(n, " steps"))
	}
}

// returns is how often an agent's desk may have come back as another session,
// or have begun one that nobody could write down.
func (x *faults) returns(agent string) int {
	n := len(x.away[agent])
	for _, w := range x.all {
		if w.blind {
			n++
		}
	}
	return n
}
