package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/callstamp/callstamp/store/postgres"
)

// checkWays looks for routes by which nothing could be called.
func (d *doctor) checkWays(ctx context.Context, s *postgres.Store) {
	trunks, err1 := s.Trunks(ctx)
	routes, err2 := s.OutboundRoutes(ctx)
	if err := errors.Join(err1, err2); err != nil {
		d.add("outbound routes", bad, err.Error(), "")
		return
	}
	c := &configuration{trunks: trunks, outbound: routes}
	for _, f := range c.lostRoutes() {
		d.add("outbound route "+f.name, bad, f.what, f.do)
	}
}

// lostRoute is a route that leads nowhere.
type lostRoute struct{ name, what, do string }

// lostRoutes are the active routes whose trunk can't or may not call what they
// lead to it.
func (c *configuration) lostRoutes() (lost []lostRoute) {
	for _, r := range c.outbound {
		t := c.trunk(r.Trunk)
		switch {
		case !r.Active:
		case t == nil:
			lost = append(lost, lostRoute{r.Name, fmt.Sprintf("trunk %s is switched off or has no host", r.Trunk), "switch the trunk on, or the route off"})
		case !covers(t.Prefixes, r.Prefix):
			lost = append(lost, lostRoute{
				r.Name, fmt.Sprintf("trunk %s lists no prefix under which %q falls, so the guard refuses every call", t.Name, r.Prefix),
				"add the prefix to the trunk, or narrow the route",
			})
		}
	}
	return lost
}

// covers reports whether some number with the prefix may be called.
func covers(listed []string, prefix string) bool {
	for _, p := range listed {
		if strings.HasPrefix(prefix, p) || strings.HasPrefix(p, prefix) {
			return true
		}
	}
	return false
}
