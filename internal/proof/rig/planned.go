package rig

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/robot"
)

// planned is one customer with the agents' part.
type planned struct {
	fate   string
	out    bool // the product calls
	number string
	script phonenet.Script
	agent  robot.Plan
	// refuse is how many desks don't answer: they decline, or let it ring.
	refuse  int
	decline bool
}

// call makes the house's no-th call.
func (f fate) call(r *rand.Rand, no int) *planned {
	c := &planned{fate: f.name, out: f.out, number: fmt.Sprintf("+8490%07d", no)}
	if f.out {
		c.number = fmt.Sprintf("+8491%07d", no)
	}
	c.script = phonenet.Script{Number: c.number, Dialed: "1900", Ring: between(r, 200*msec, sec), Voice: robot.NewMurmur(r.Uint64(), 180)}
	c.agent = robot.Plan{React: between(r, 100*msec, 1200*msec), Talk: between(r, sec, 4*sec), Wrap: between(r, 200*msec, sec), Disposition: "resolved"}
	f.make(r, c)
	return c
}

// announce tells everybody what is planned for a call: who will sit at the
// desks, who looks on, and the ledger.
func (h *House) announce(c *planned) {
	h.desks.add(c)
	h.seen.plan(c)
	key := ""
	if c.script.Key != 0 {
		key = string(c.script.Key)
	}
	h.Ledger.Saw(check.Note{Who: "load", What: "plan", Name: c.number, Fate: c.fate, Key: key, At: time.Now().UnixMicro()})
}

// hurry makes everything that a call takes shorter by the factor. A hold and a
// talk keep a length at which a witness can tell them.
func (c *planned) hurry(factor float64) {
	if factor == 0 || factor == 1 {
		return
	}
	times := func(d time.Duration) time.Duration { return time.Duration(float64(d) * factor) }
	for _, d := range []*time.Duration{&c.agent.React, &c.agent.Talk, &c.agent.Wrap, &c.script.Talk, &c.script.Patience, &c.script.OnHold, &c.script.Ring} {
		*d = times(*d)
	}
	for i, hold := range c.agent.Holds {
		c.agent.Holds[i] = robot.Hold{After: max(times(hold.After), 600*msec), For: max(times(hold.For), 600*msec)}
	}
}

// possible are the fates that a house can have: without sellers nobody is
// called.
func possible(sellers bool, names []string) (list []fate, weights int) {
	for _, f := range fates {
		if f.out && !sellers || len(names) > 0 && !slices.Contains(names, f.name) {
			continue
		}
		list = append(list, f)
		weights += f.weight
	}
	return list, weights
}

// draw chooses a fate by its share.
func draw(r *rand.Rand, list []fate, weights int) fate {
	at := r.IntN(weights)
	for _, f := range list {
		if at -= f.weight; at < 0 {
			return f
		}
	}
	return list[0]
}

// spread is n fates, each in its share and once at least, in any order.
func spread(r *rand.Rand, list []fate, weights, n int) []fate {
	var all []fate
	for _, f := range list {
		for range max(1, f.weight*n/weights) {
			all = append(all, f)
		}
	}
	for len(all) < n {
		all = append(all, list[0])
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// desks decides for all robots, by the customer's number.
type desks struct {
	mu     sync.Mutex
	calls  map[string]*planned
	offers map[string]int
}

func newDesks() *desks { return &desks{calls: map[string]*planned{}, offers: map[string]int{}} }

func (d *desks) add(c *planned) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls[c.number] = c
}

func (d *desks) decide(ring wire.Ring) robot.Plan {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.calls[ring.Call.Party.Number]
	if c == nil {
		return robot.Plan{LetRing: true} // the checker will ask whose call it was
	}
	if ring.Offer == "" {
		return c.agent // dialed for the agent, or found again
	}
	d.offers[c.number]++
	if d.offers[c.number] <= c.refuse {
		return robot.Plan{LetRing: !c.decline, Decline: c.decline, React: c.agent.React}
	}
	return c.agent
}

// called is the script of a customer whom the product calls.
func (d *desks) called(number string) phonenet.Script {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.calls[number]; c != nil {
		return c.script
	}
	return phonenet.Script{Fate: phonenet.Unknown}
}
