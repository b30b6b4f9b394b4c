package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// seedFront turns what the seed says of the way that calls are led into rows.
func seedFront(s *postgres.Seed, c configs.Config) {
	for _, h := range c.Seed.Hours {
		row := postgres.Hours{ID: slug(h.Name), Name: h.Name, Zone: cmp.Or(h.Zone, c.Organisation.Zone), Weekly: h.Weekly}
		for _, date := range slices.Sorted(maps.Keys(h.Dates)) {
			day, _, _ := strings.Cut(date, " ") // YAML takes a date without quotation marks for an instant
			row.Dates = append(row.Dates, postgres.HoursDate{Date: day, Open: h.Dates[date]})
		}
		s.Hours = append(s.Hours, row)
	}
	for _, m := range c.Seed.Menus {
		row := postgres.Menu{
			ID: slug(m.Name), Name: m.Name, Language: m.Language, Prompt: m.Prompt, TimeoutUS: m.Timeout.Microseconds(), Retries: m.Retries,
			Invalid: m.Invalid, Silent: m.Silent, Failed: seedTo(m.Failed), Operator: seedTo(m.Operator), Options: map[string]string{},
		}
		for key, to := range m.Options {
			row.Options[key] = seedTo(to)
		}
		s.Menus = append(s.Menus, row)
	}
	for _, d := range c.Seed.Doors {
		row := postgres.Door{
			Queue: stamp.QueueID(slug(d.Queue)), Closed: seedTo(d.Closed), MaxSize: d.MaxSize, Full: seedTo(d.Full),
			Join: d.Join, Stay: d.Stay, Empty: seedTo(d.Empty), Overflow: seedTo(d.Overflow), Keys: map[string]string{}, Welcome: d.Welcome,
			Music: d.Music, EveryUS: d.AnnounceEvery.Microseconds(), Position: d.AnnouncePosition, Wait: d.AnnounceWait, Comfort: d.Comfort,
			CallbackKey: d.CallbackKey, CallbackTries: d.CallbackTries, CallbackGapUS: d.CallbackGap.Microseconds(),
		}
		if d.Hours != "" {
			row.Hours = slug(d.Hours)
		}
		if d.CallbackTrunk != "" {
			row.CallbackTrunk = stamp.TrunkID(slug(d.CallbackTrunk))
		}
		for key, to := range d.Keys {
			row.Keys[key] = seedTo(to)
		}
		for i := range s.Queues {
			if s.Queues[i].ID == row.Queue {
				s.Queues[i].MaxWaitUS = d.MaxWait.Microseconds()
			}
		}
		s.Doors = append(s.Doors, row)
	}
}

// seedTo turns a destination by name into one by id. Prompts have no other name
// than theirs; repeat, back and operator stay what they are.
func seedTo(text string) string {
	switch kind, name, named := strings.Cut(text, ":"); {
	case !named || kind == "announcement":
		return text
	default:
		return kind + ":" + slug(name)
	}
}
