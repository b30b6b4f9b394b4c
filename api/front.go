package api

import (
	"context"

	"github.com/callstamp/callstamp/api/wire"
)

// Front keeps where calls are led and what they are told. Errors: ErrUnknown, or
// a refusal that the manager may read.
type Front struct {
	Book    FrontBook
	Prompts PromptBook
}

// FrontBook keeps routes, hours, menus and doors. What would lead calls nowhere,
// round, or to what can't be said is refused.
type FrontBook interface {
	Front(ctx context.Context) (wire.Front, error)
	// Put creates or changes one of them: a wire.Route, wire.Hours, wire.Menu or
	// wire.Door with its id.
	Put(ctx context.Context, thing any) error
	// Remove takes one away: of the kind route, hours, menu or door.
	Remove(ctx context.Context, kind, id string) error
}

// PromptBook keeps the prompts that were uploaded.
type PromptBook interface {
	Prompts(ctx context.Context) ([]wire.Prompt, error)
	PutPrompt(ctx context.Context, language, name string, wav []byte) (wire.Prompt, error)
}

// maxPrompt is the longest file that may be a prompt: six minutes of CD sound.
const maxPrompt = 64 << 20

func (s *Server) frontRoutes() {
	add(s, RoleSupervisor, "GET /api/front", "Where calls are led: routes, hours, menus, doors, and what is wrong with them", s.showFront)
	add(s, RoleManager, "PUT /api/routes/{id}", "Lead a called number somewhere; holds for the next call", s.putRoute)
	add(s, RoleManager, "PUT /api/hours/{id}", "Say when a place is open; holds for the next call", s.putHours)
	add(s, RoleManager, "PUT /api/menus/{id}", "Make or change a menu, whole; holds for the next call", s.putMenu)
	add(s, RoleManager, "PUT /api/doors/{id}", "Say who may wait in a queue, whole; holds for the next call", s.putDoor)
	for _, kind := range []string{"route", "hours", "menu", "door"} {
		plural := map[string]string{"route": "routes", "hours": "hours", "menu": "menus", "door": "doors"}[kind]
		add(s, RoleManager, "DELETE /api/"+plural+"/{id}", "Take away a "+kind+" to which nothing leads", s.removeFront(kind))
	}
	add(s, RoleSupervisor, "GET /api/prompts", "Prompts that were uploaded", s.listPrompts)
	addUpload(s, RoleManager, "PUT /api/prompts/{language}", "Upload a WAV as a prompt's next version; holds for the next call", maxPrompt, s.putPrompt)
}

type frontOutput struct{ Body wire.Front }

func (s *Server) showFront(ctx context.Context, _ *struct{}) (*frontOutput, error) {
	f, err := s.deps.Front.Book.Front(ctx)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &frontOutput{f}, nil
}

type routeInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body wire.Route
}

func (s *Server) putRoute(ctx context.Context, in *routeInput) (*done, error) {
	in.Body.ID = in.ID
	return s.changed(ctx, s.deps.Front.Book.Put(ctx, in.Body))
}

type hoursInput struct {
	ID   string `path:"id" pattern:"^[a-z0-9_-]{1,64}$"`
	Body wire.Hours
}

func (s *Server) putHours(ctx context.Context, in *hoursInput) (*done, error) {
	in.Body.ID = in.ID
	return s.changed(ctx, s.deps.Front.Book.Put(ctx, in.Body))
}

type menuInput struct {
	ID   string `path:"id" pattern:"^[a-z0-9_-]{1,64}$"`
	Body wire.Menu
}

func (s *Server) putMenu(ctx context.Context, in *menuInput) (*done, error) {
	in.Body.ID = in.ID
	return s.changed(ctx, s.deps.Front.Book.Put(ctx, in.Body))
}

type doorInput struct {
	ID   string `path:"id" doc:"the queue's id"`
	Body wire.Door
}

func (s *Server) putDoor(ctx context.Context, in *doorInput) (*done, error) {
	in.Body.Queue = in.ID
	return s.changed(ctx, s.deps.Front.Book.Put(ctx, in.Body))
}

func (s *Server) removeFront(kind string) func(context.Context, *idInput) (*done, error) {
	return func(ctx context.Context, in *idInput) (*done, error) {
		return s.changed(ctx, s.deps.Front.Book.Remove(ctx, kind, in.ID))
	}
}

func (s *Server) listPrompts(ctx context.Context, _ *struct{}) (*listed[wire.Prompt], error) {
	list, err := s.deps.Front.Prompts.Prompts(ctx)
	return lists(ctx, s, list, err)
}

type promptInput struct {
	Language string `path:"language" pattern:"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$" doc:"BCP 47: vi, zh-Hant, en"`
	Name     string `query:"name" required:"true" pattern:"^[a-z0-9][a-z0-9_/-]{0,63}$" doc:"queue-closed, digits/1"`
	RawBody  []byte `contentType:"audio/wav"`
}

type promptOutput struct{ Body wire.Prompt }

func (s *Server) putPrompt(ctx context.Context, in *promptInput) (*promptOutput, error) {
	p, err := s.deps.Front.Prompts.PutPrompt(ctx, in.Language, in.Name, in.RawBody)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &promptOutput{p}, nil
}
