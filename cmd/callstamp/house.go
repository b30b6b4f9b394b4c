package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// front is what is stored of where calls are led.
type front struct {
	hours  []postgres.Hours
	menus  []postgres.Menu
	doors  []postgres.Door
	routes []postgres.Route
}

// houseOf compiles what is stored. What can't be read is left out and named, so
// that the rest works.
func houseOf(c configs.Config, org stamp.OrgID, queues map[stamp.QueueID]postgres.Queue, f front) (*call.House, error) {
	h := &call.House{Queues: map[stamp.QueueID]*call.Plan{}, Menus: map[string]*call.Menu{}}
	var faults []error
	keep := func(err error) { faults = append(faults, err) }
	hours := map[string]*call.Hours{}
	for _, s := range f.hours {
		open, err := hoursOf(s)
		keep(err)
		hours[s.ID] = open
	}
	for id, q := range queues {
		if q.Active {
			p := planOf(c, q)
			p.Org, p.House = org, h
			h.Queues[id] = &p
		}
	}
	for _, d := range f.doors {
		if p := h.Queues[d.Queue]; p != nil {
			keep(openDoor(p, d, hours))
		}
	}
	for _, m := range f.menus {
		menu, err := menuOf(m)
		keep(err)
		h.Menus[m.ID] = menu
	}
	return h, errors.Join(faults...)
}

// weekdays are the keys of a week's hours, in time.Weekday's order.
var weekdays = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} //nolint:gochecknoglobals // read-only table

// hoursOf compiles stored hours; what can't be read is closed.
func hoursOf(s postgres.Hours) (*call.Hours, error) {
	var faults []error
	h := &call.Hours{Zone: time.UTC, Dates: map[call.Date][]call.Span{}}
	zone, err := time.LoadLocation(s.Zone)
	if err != nil || s.Zone == "" {
		faults = append(faults, fmt.Errorf("zone %q is not known; write it as Asia/Ho_Chi_Minh", s.Zone))
	} else {
		h.Zone = zone
	}
	spans := func(list []string) (all []call.Span) {
		for _, text := range list {
			span, err := call.ParseSpan(text)
			if err != nil {
				faults = append(faults, err)
				continue
			}
			all = append(all, span)
		}
		return all
	}
	known := 0
	for i, day := range weekdays {
		if list, ok := s.Weekly[day]; ok {
			known++
			h.Weekly[i] = spans(list)
		}
	}
	if known < len(s.Weekly) {
		faults = append(faults, fmt.Errorf("days are written %s", strings.Join(weekdays[:], ", ")))
	}
	for _, d := range s.Dates {
		date, err := call.ParseDate(d.Date)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		h.Dates[date] = spans(d.Open)
	}
	if err := errors.Join(faults...); err != nil {
		return h, fmt.Errorf("hours %s: %w", s.ID, err)
	}
	return h, nil
}

// openDoor lays a stored policy over a queue's plan.
func openDoor(p *call.Plan, d postgres.Door, hours map[string]*call.Hours) error {
	read := reader{where: "queue " + string(d.Queue)}
	p.MaxSize, p.Join, p.Stay = d.MaxSize, call.Staff(d.Join), call.Staff(d.Stay)
	p.Closed, p.Full, p.Empty, p.Overflow = read.to("closed", d.Closed), read.to("full", d.Full), read.to("empty", d.Empty), read.to("overflow", d.Overflow)
	p.Keys = map[rune]call.Destination{}
	for key, text := range d.Keys {
		p.Keys[read.key(key)] = read.to("key "+key, text)
	}
	if d.Hours != "" {
		if p.Hours = hours[d.Hours]; p.Hours == nil {
			read.fault("there are no hours %q; create them, or leave hours empty for always", d.Hours)
		}
	}
	p.AnnounceUS, p.AnnouncePosition, p.AnnounceWait, p.Comfort = d.EveryUS, d.Position, d.Wait, d.Comfort
	if d.CallbackKey != "" {
		p.CallbackKey = read.key(d.CallbackKey)
	}
	p.CallbackTrunk, p.CallbackTries, p.CallbackGapUS = d.CallbackTrunk, d.CallbackTries, d.CallbackGapUS
	switch {
	case d.Welcome == "-":
		p.Welcome = ""
	case d.Welcome != "":
		p.Welcome = d.Welcome
	}
	if d.Music != "" {
		p.Music = d.Music
	}
	return read.err()
}

func menuOf(s postgres.Menu) (*call.Menu, error) {
	read := reader{where: "menu " + s.ID}
	m := &call.Menu{
		ID: s.ID, Language: s.Language, Prompt: s.Prompt, TimeoutUS: s.TimeoutUS, Retries: s.Retries, Invalid: s.Invalid, Silent: s.Silent,
		Failed: read.to("failed", s.Failed), Operator: read.to("operator", s.Operator), Options: map[rune]call.Option{},
	}
	for key, text := range s.Options {
		switch do := call.Action(text); do {
		case call.Repeat, call.Back, call.Operator:
			m.Options[read.key(key)] = call.Option{Do: do}
		default:
			m.Options[read.key(key)] = call.Option{To: read.to("key "+key, text)}
		}
	}
	return m, read.err()
}

// reader reads texts of one row and keeps what is wrong with them.
type reader struct {
	where  string
	faults []error
}

func (r *reader) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Errorf(format, args...))
}

func (r *reader) to(what, text string) call.Destination {
	d, err := call.ParseDestination(text)
	if err != nil {
		r.fault("%s: %w", what, err)
	}
	return d
}

func (r *reader) key(text string) rune {
	if len(text) != 1 || !strings.Contains("0123456789*#", text) {
		r.fault("%q is no key of a telephone; use 0 to 9, * or #", text)
		return 0
	}
	return rune(text[0])
}

func (r *reader) err() error {
	if len(r.faults) == 0 {
		return nil
	}
	return fmt.Errorf("%s: %w", r.where, errors.Join(r.faults...))
}
