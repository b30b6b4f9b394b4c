package rig

import (
	"maps"
	"math/rand/v2"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/robot"
)

// Own is a fate that a scenario makes up for itself.
type Own struct {
	Name   string
	Out    bool // the product calls
	Weight int  // of the shares; 0 = 1
	// Make changes what the customer and the agent of a usual call do.
	Make func(r *rand.Rand, s *phonenet.Script, a *robot.Plan)
	// Refuse is how many desks let the call ring.
	Refuse int
}

// owned are a mix's own fates as the load draws them.
func owned(list []Own) (fates []fate, weights int) {
	for _, o := range list {
		fates = append(fates, fate{o.Name, max(1, o.Weight), o.Out, func(r *rand.Rand, c *planned) {
			c.refuse = o.Refuse
			if o.Make != nil {
				o.Make(r, &c.script, &c.agent)
			}
		}})
		weights += max(1, o.Weight)
	}
	return fates, weights
}

// trunk is the carrier as the seed has it, with what the options change.
func (h *House) trunk() map[string]any {
	t := map[string]any{"name": "carrier", "addresses": []string{"127.0.0.1/32"}, "host": h.toPhones, "caller_id": "+842871000000",
		"max_calls": 250, "prefixes": []string{"+84"}, "session_expires": "0s", "options_every": "0s"}
	maps.Copy(t, h.opt.Trunk)
	return t
}
