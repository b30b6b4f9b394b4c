package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
	"github.com/callstamp/callstamp/store/postgres"
)

func (r rules) front() api.Front { return api.Front{Book: r, Prompts: r} }

// Front implements api.FrontBook.
func (r rules) Front(context.Context) (wire.Front, error) {
	now := r.people.now.Load()
	f := wire.Front{Routes: []wire.Route{}, Hours: []wire.Hours{}, Menus: []wire.Menu{}, Doors: []wire.Door{}, Problems: []wire.FrontProblem{}}
	for _, x := range now.front.routes {
		f.Routes = append(f.Routes, routeOut(x))
	}
	for _, x := range now.front.hours {
		f.Hours = append(f.Hours, hoursOut(x))
	}
	for _, x := range now.front.menus {
		f.Menus = append(f.Menus, menuOut(x))
	}
	for _, x := range now.front.doors {
		f.Doors = append(f.Doors, doorOut(x, now.queues[x.Queue]))
	}
	for _, p := range r.people.problems(now.queues, now.front) {
		f.Problems = append(f.Problems, wire.FrontProblem{Where: p.Where, What: p.What})
	}
	return f, nil
}

// Put implements api.FrontBook.
func (r rules) Put(ctx context.Context, thing any) error {
	now := r.people.now.Load()
	queues, next := maps.Clone(now.queues), now.front
	var store func(s *postgres.Store, actor postgres.Actor) error
	switch w := thing.(type) {
	case wire.Route:
		x := routeIn(w)
		if w.Trunk != "" && !slices.ContainsFunc(now.trunks, func(t postgres.Trunk) bool { return string(t.ID) == w.Trunk }) {
			return api.ErrUnknown("trunk", w.Trunk)
		}
		next.routes = with(next.routes, x, func(o postgres.Route) bool { return o.ID == x.ID })
		store = func(s *postgres.Store, a postgres.Actor) error { return s.PutRoute(ctx, a, x) }
	case wire.Hours:
		x := hoursIn(w)
		next.hours = with(next.hours, x, func(o postgres.Hours) bool { return o.ID == x.ID })
		store = func(s *postgres.Store, a postgres.Actor) error { return s.PutHours(ctx, a, x) }
	case wire.Menu:
		x := menuIn(w)
		next.menus = with(next.menus, x, func(o postgres.Menu) bool { return o.ID == x.ID })
		store = func(s *postgres.Store, a postgres.Actor) error { return s.PutMenu(ctx, a, x) }
	case wire.Door:
		x, q := doorIn(w), queues[stamp.QueueID(w.Queue)]
		if q.ID == "" {
			return api.ErrUnknown("queue", w.Queue)
		}
		q.MaxWaitUS = w.MaxWaitUS
		queues[q.ID] = q
		next.doors = with(next.doors, x, func(o postgres.Door) bool { return o.Queue == x.Queue })
		store = func(s *postgres.Store, a postgres.Actor) error {
			return errors.Join(s.PutQueue(ctx, a, q), s.PutDoor(ctx, a, x))
		}
	default:
		return fmt.Errorf("put %T: it is no part of the front", thing)
	}
	if err := r.people.worse(queues, next); err != nil {
		return err
	}
	return r.change(ctx, store)
}

// Remove implements api.FrontBook.
func (r rules) Remove(ctx context.Context, kind, id string) error {
	now := r.people.now.Load()
	next, was := now.front, now.front
	switch kind {
	case "route":
		next.routes = without(was.routes, func(o postgres.Route) bool { return o.ID == id })
	case "hours":
		next.hours = without(was.hours, func(o postgres.Hours) bool { return o.ID == id })
	case "menu":
		next.menus = without(was.menus, func(o postgres.Menu) bool { return o.ID == id })
	case "door":
		next.doors = without(was.doors, func(o postgres.Door) bool { return string(o.Queue) == id })
	}
	if err := r.people.worse(now.queues, next); err != nil {
		return err
	}
	err := r.change(ctx, func(s *postgres.Store, a postgres.Actor) error { return s.RemoveFront(ctx, a, kind, id) })
	if errors.Is(err, postgres.ErrNotFound) {
		return api.ErrUnknown(kind, id)
	}
	return err
}

// with puts x in the place of the one that is it, or at the end.
func with[T any](list []T, x T, is func(T) bool) []T {
	return append(without(list, is), x)
}

func without[T any](list []T, is func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), is)
}

// problems are what would go wrong with a call that is led so.
func (p *people) problems(queues map[stamp.QueueID]postgres.Queue, f front) []call.Problem {
	house, err := houseOf(p.config, p.store.Org(), queues, f)
	var found []call.Problem
	for _, e := range unjoined(err) {
		where, what, _ := strings.Cut(e.Error(), ": ")
		found = append(found, call.Problem{Where: where, What: strings.ReplaceAll(what, "\n", "; ")})
	}
	language := p.config.Organisation.Language
	found = append(found, house.Check(language, p.sounds.Has)...)
	for _, r := range f.routes {
		to, err := call.ParseDestination(r.To)
		if err != nil {
			found = append(found, call.Problem{Where: "route " + r.Name, What: err.Error()})
			continue
		}
		found = append(found, house.CheckRoute(r.Name, to, language, p.sounds.Has)...)
	}
	return found
}

func unjoined(err error) []error {
	if all, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // the join itself, not what is in it
		return all.Unwrap()
	}
	if err != nil {
		return []error{err}
	}
	return nil
}

// worse refuses what brings a problem that is not there now.
func (p *people) worse(queues map[stamp.QueueID]postgres.Queue, f front) error {
	now := p.now.Load()
	had := p.problems(now.queues, now.front)
	var brought []string
	for _, x := range p.problems(queues, f) {
		if !slices.Contains(had, x) {
			brought = append(brought, "In "+x.Where+", "+x.What+".")
		}
	}
	if len(brought) == 0 {
		return nil
	}
	return api.ErrValue("%s", strings.Join(brought, " "))
}

// Prompts implements api.PromptBook.
func (r rules) Prompts(ctx context.Context) ([]wire.Prompt, error) {
	stored, err := r.people.store.Prompts(ctx)
	if err != nil {
		return nil, err
	}
	list := []wire.Prompt{}
	for _, p := range stored {
		list = append(list, wire.Prompt{Language: p.Language, Name: p.Name, Version: p.Version, LengthUS: p.LengthUS})
	}
	return list, nil
}

// PutPrompt implements api.PromptBook.
func (r rules) PutPrompt(ctx context.Context, language, name string, wav []byte) (wire.Prompt, error) {
	p, err := putPrompt(ctx, r.people.store, postgres.Actor(api.Who(ctx)), language, name, wav)
	if errors.Is(err, media.ErrImport) {
		return wire.Prompt{}, api.ErrValue("The file can't be a prompt: %v.", err)
	}
	if err == nil {
		err = r.people.load(ctx)
	}
	return wire.Prompt{Language: p.Language, Name: p.Name, Version: p.Version, LengthUS: p.LengthUS}, err
}

// putPrompt brings a file to what is played and stores it.
func putPrompt(ctx context.Context, store *postgres.Store, actor postgres.Actor, language, name string, wav []byte) (postgres.Prompt, error) {
	clip, err := media.ImportWAV(bytes.NewReader(wav))
	if err != nil {
		return postgres.Prompt{}, err
	}
	var stored bytes.Buffer
	if err := media.WriteWAV(&stored, clip); err != nil {
		return postgres.Prompt{}, err
	}
	return store.PutPrompt(ctx, actor, language, name, stored.Bytes(), clip.Length().Microseconds())
}

// languagesOf are those that calls are spoken to in.
func (p *people) languagesOf(c configs.Config) []string {
	all := []string{c.Organisation.Language}
	for _, q := range p.now.Load().queues {
		if q.Active && q.Language != "" && !slices.Contains(all, q.Language) {
			all = append(all, q.Language)
		}
	}
	slices.Sort(all)
	return all
}
