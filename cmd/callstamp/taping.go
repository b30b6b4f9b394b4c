package main

import (
	"cmp"
	"context"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/store/postgres"
)

// taping is which calls are recorded, by queue:id and campaign:id.
type taping map[string]postgres.RecordingPolicy

func loadTaping(ctx context.Context, s *postgres.Store) (taping, error) {
	policies, err := s.RecordingPolicies(ctx)
	if err != nil {
		return nil, err
	}
	t := taping{}
	for _, p := range policies {
		t[p.ID] = p
	}
	return t, nil
}

// plan lets the first of the places that has a policy say what of a call is
// recorded; where none has, nothing is.
func (t taping) plan(p *call.Plan, places ...string) {
	p.Record, p.RecordShare, p.Disclosure = call.RecordOff, 0, ""
	for _, place := range places {
		policy, ok := t[place]
		if !ok {
			continue
		}
		p.Record, p.Disclosure = call.RecordMode(policy.Mode), policy.Disclosure
		if p.Record == "off" {
			p.Record = call.RecordOff
		}
		if p.Record == call.RecordShare {
			p.RecordShare = policy.Share
		}
		return
	}
}

// keep is how many days a recording of the place is kept, for pages.
func (t taping) keep(place string) int { return cmp.Or(t[place].KeepDays, 90) }
