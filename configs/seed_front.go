package configs

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// What an empty database begins with of the way that calls are led. Destinations are kind:name, such as queue:service,
// menu:main, announcement:closed, or hangup; "" is none.

// SeedHours say when a place is open.
type SeedHours struct {
	Name   string              `koanf:"name"`
	Zone   string              `koanf:"zone"`   // IANA; "" is the organisation's
	Weekly map[string][]string `koanf:"weekly"` // mon … sun: 08:00-12:00
	Dates  map[string][]string `koanf:"dates"`  // 2027-02-06: in place of the weekday; none is closed all day
}

// SeedMenu is one node of a dialogue by key.
type SeedMenu struct {
	Name     string            `koanf:"name"`
	Language string            `koanf:"language"` // "" is the organisation's
	Prompt   string            `koanf:"prompt"`
	Timeout  time.Duration     `koanf:"timeout"` // for a key, after the prompt
	Retries  int               `koanf:"retries"`
	Invalid  string            `koanf:"invalid"` // prompt after a wrong key
	Silent   string            `koanf:"silent"`  // … after none
	Failed   string            `koanf:"failed"`  // destination
	Operator string            `koanf:"operator"`
	Options  map[string]string `koanf:"options"` // key: destination, repeat, back or operator
}

// SeedDoor says who may wait in a queue, and what they hear.
type SeedDoor struct {
	Queue            string            `koanf:"queue"`
	Hours            string            `koanf:"hours"` // by name; "" is always open
	Closed           string            `koanf:"closed"`
	MaxSize          int               `koanf:"max_size"`
	Full             string            `koanf:"full"`
	Join             string            `koanf:"join"`
	Stay             string            `koanf:"stay"`
	Empty            string            `koanf:"empty"`
	MaxWait          time.Duration     `koanf:"max_wait"` // 0 is for ever
	Overflow         string            `koanf:"overflow"`
	Keys             map[string]string `koanf:"keys"`
	Welcome          string            `koanf:"welcome"`
	Music            string            `koanf:"music"`
	AnnounceEvery    time.Duration     `koanf:"announce_every"`
	AnnouncePosition bool              `koanf:"announce_position"`
	AnnounceWait     bool              `koanf:"announce_wait"`
	Comfort          string            `koanf:"comfort"`
	CallbackKey      string            `koanf:"callback_key"`
	CallbackTrunk    string            `koanf:"callback_trunk"`
	CallbackTries    int               `koanf:"callback_tries"`
	CallbackGap      time.Duration     `koanf:"callback_gap"`
}

// DefaultMenu is a menu of which only name, prompt and options are given.
func DefaultMenu() SeedMenu { return SeedMenu{Timeout: 5 * time.Second, Retries: 2} }

// DefaultDoor is a door of which only the queue is given: nobody is turned away.
func DefaultDoor() SeedDoor { return SeedDoor{CallbackTries: 3, CallbackGap: 10 * time.Minute} }

var keyPattern = regexp.MustCompile(`^[0-9*#]$`)

// checkFront checks what seed says of the way that calls are led; what leads in rings is said when it is compiled.
func (s Seed) checkFront(p *problems, queues map[string]bool) {
	places := map[string]map[string]bool{"queue": queues, "menu": {}}
	hours := map[string]bool{}
	for i, h := range s.Hours {
		key := fmt.Sprintf("seed.hours[%d]", i)
		unique(p, hours, key+".name", h.Name)
		if _, err := time.LoadLocation(h.Zone); err != nil {
			p.add(key+".zone", "%q is no time zone, so nobody could tell when it opens; write it as Asia/Ho_Chi_Minh", h.Zone)
		}
	}
	for i, m := range s.Menus {
		unique(p, places["menu"], fmt.Sprintf("seed.menus[%d].name", i), m.Name)
	}
	for i, m := range s.Menus {
		m.check(p, fmt.Sprintf("seed.menus[%d]", i), places)
	}
	doors := map[string]bool{}
	for i, d := range s.Doors {
		key := fmt.Sprintf("seed.doors[%d]", i)
		unique(p, doors, key+".queue", d.Queue)
		d.check(p, key, places, hours)
	}
	for i, r := range s.Routes {
		key := fmt.Sprintf("seed.routes[%d]", i)
		if r.To != "" && r.Queue != "" {
			p.add(key+".to", "the call can't go to %q and to the queue %q; leave one of them out", r.To, r.Queue)
		}
		leads(p, key+".to", r.To, places)
	}
}

func (m SeedMenu) check(p *problems, key string, places map[string]map[string]bool) {
	if m.Prompt == "" {
		p.add(key+".prompt", "a menu that says nothing is not understood; name a prompt")
	}
	if !inLanguages(m.Language) {
		p.add(key+".language", "%q has no prompts; choose vi, zh-Hant, en, or leave it empty for the organisation's", m.Language)
	}
	p.within(bound{key + ".timeout", m.Timeout, time.Second, time.Minute, "people need a moment, and a line that waits costs"})
	p.counts(count{key + ".retries", m.Retries, 0, 10, "after so many it is said no more"})
	leads(p, key+".failed", m.Failed, places)
	leads(p, key+".operator", m.Operator, places)
	for _, digit := range sorted(m.Options) {
		if !keyPattern.MatchString(digit) {
			p.add(key+".options", "%q is no key of a telephone; use 0 to 9, * or #", digit)
		}
		if to := m.Options[digit]; to != "repeat" && to != "back" && to != "operator" {
			leads(p, key+".options", to, places)
		}
	}
}

func (d SeedDoor) check(p *problems, key string, places map[string]map[string]bool, hours map[string]bool) {
	if !places["queue"][d.Queue] {
		p.add(key+".queue", "no queue is called %q; choose one of %v", d.Queue, sorted(places["queue"]))
	}
	if d.Hours != "" && !hours[d.Hours] {
		p.add(key+".hours", "no hours are called %q; add them to seed.hours, or leave it empty for always open", d.Hours)
	}
	for _, to := range [][2]string{{"closed", d.Closed}, {"full", d.Full}, {"empty", d.Empty}, {"overflow", d.Overflow}} {
		leads(p, key+"."+to[0], to[1], places)
	}
	for _, digit := range sorted(d.Keys) {
		if !keyPattern.MatchString(digit) {
			p.add(key+".keys", "%q is no key of a telephone; use 0 to 9, * or #", digit)
		}
		leads(p, key+".keys", d.Keys[digit], places)
	}
	p.oneOf(key+".join", d.Join, "", "logged_in", "reachable")
	p.oneOf(key+".stay", d.Stay, "", "logged_in", "reachable")
	p.counts(count{key + ".max_size", d.MaxSize, 0, 100000, "0 is any number"}, count{key + ".callback_tries", d.CallbackTries, 1, 20, "more would be a nuisance"})
	if d.CallbackKey != "" && !keyPattern.MatchString(d.CallbackKey) {
		p.add(key+".callback_key", "%q is no key of a telephone; use 0 to 9, * or #", d.CallbackKey)
	}
	if d.AnnounceEvery != 0 {
		p.within(bound{key + ".announce_every", d.AnnounceEvery, 10 * time.Second, time.Hour, "0 says nothing between the music"})
	}
	p.within(bound{key + ".max_wait", d.MaxWait, 0, 24 * time.Hour, "0 is for ever"}, bound{key + ".callback_gap", d.CallbackGap, 10 * time.Second, 24 * time.Hour, "between two tries of a call-back"})
}

// leads checks a destination by name.
func leads(p *problems, key, to string, places map[string]map[string]bool) {
	if to == "" || to == "hangup" {
		return
	}
	kind, name, named := strings.Cut(to, ":")
	all, place := places[kind]
	switch {
	case !named || name == "" || !place && kind != "announcement" && kind != "voicemail":
		p.add(key, "%q is no destination; write queue:NAME, menu:NAME, announcement:PROMPT or hangup", to)
	case place && !all[name]:
		p.add(key, "no %s is called %q, so the call had nowhere to go; choose one of %v", kind, name, sorted(all))
	}
}
