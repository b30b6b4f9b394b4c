package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/callstamp/callstamp/api/wire"
)

// routes is the one list of what the server answers. The second column is the
// least role; "" needs no login. A test walks it for every role.
func (s *Server) routes(mux *http.ServeMux) {
	add(s, "", "POST /api/login", "Log in; sets the session cookie", s.login)
	add(s, RoleAgent, "POST /api/logout", "Log out", s.logout)
	add(s, RoleAgent, "GET /api/me", "Who is logged in", s.me)

	add(s, RoleAgent, "GET /api/kpis", "The KPI catalogue", s.kpis)
	add(s, RoleSupervisor, "GET /api/kpi", "KPI values over a range, grouped", s.report)
	add(s, RoleSupervisor, "GET /api/kpi/{id}/calls", "The calls behind a number", s.behind)
	add(s, RoleSupervisor, "GET /api/calls", "Calls of a range, newest first", s.listCalls)
	add(s, RoleSupervisor, "GET /api/calls/{id}", "One call with its stamps", s.showCall)

	add(s, RoleSupervisor, "GET /api/campaigns", "Campaigns with their lines and lists", s.listCampaigns)
	add(s, RoleManager, "POST /api/campaigns/{id}/start", "Start dialing", s.startCampaign)
	add(s, RoleManager, "POST /api/campaigns/{id}/stop", "Stop dialing; calls in progress go on", s.stopCampaign)

	mux.Handle("GET /api/desk", s.guarded(RoleAgent, s.serveDesk))
	mux.Handle("GET /api/live", s.guarded(RoleSupervisor, s.serveLive))
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /metrics", s.deps.Metrics)
	mux.Handle("/", s.assets())
	mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, &denied{codeUnknown, "There is no such address; GET /api/openapi.yaml lists what there is."})
	})
}

// add registers one operation behind its role.
func add[I, O any](s *Server, role, pattern, summary string, do func(context.Context, *I) (*O, error)) {
	method, path, _ := strings.Cut(pattern, " ")
	op := huma.Operation{
		OperationID: operationID(method, path), Method: method, Path: path, Summary: summary, MaxBodyBytes: 1 << 20,
		Middlewares: huma.Middlewares{s.humaGuard(role)}, Errors: []int{400, 401, 403, 404, 409, 422, 429, 503},
		Metadata: map[string]any{"role": role},
	}
	huma.Register(s.api, op, do)
}

// operationID is "get-api-calls-id" for GET /api/calls/{id}.
func operationID(method, path string) string {
	id := strings.NewReplacer("/api/", "", "/", "-", "{", "", "}", "").Replace(path)
	return strings.ToLower(method) + "-" + id
}

// guard finds the user and checks role and, for a changing request, the header
// that no foreign form can set.
func (s *Server) guard(ctx context.Context, role, method, mark string) (User, error) {
	if method != http.MethodGet && mark != "1" {
		return User{}, errMustMark
	}
	if role == "" {
		return User{}, nil
	}
	u, err := s.identify(ctx)
	if err != nil {
		return User{}, err
	}
	if rank(u.Role) < rank(role) {
		return User{}, errRole
	}
	return u, nil
}

func (s *Server) humaGuard(role string) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		u, err := s.guard(c.Context(), role, c.Method(), c.Header("X-Callstamp"))
		if err != nil {
			p, _ := s.fail(c.Context(), err).(*Problem)
			_ = huma.WriteErr(s.api, c, p.Status, p.Detail, p) // the client is gone if this fails
			return
		}
		next(huma.WithValue(c, whoKey{}, u))
	}
}

func (s *Server) guarded(role string, do http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, err := s.guard(r.Context(), role, r.Method, "")
		if err != nil {
			_ = s.fail(r.Context(), err) // logs what must not be read
			writeProblem(w, meaning(err))
			return
		}
		do(w, r.WithContext(context.WithValue(r.Context(), whoKey{}, u)))
	})
}

// serveDesk hands the connection to the desks. The role is checked before the
// upgrade, the origin by the upgrader.
func (s *Server) serveDesk(w http.ResponseWriter, r *http.Request) {
	s.deps.Desks.Serve(w, r, whoOf(r.Context()), s.upgrader)
}

func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err := s.deps.Health.Ready(r.Context()); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(err.Error() + "\n"))
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}

type kpisOutput struct{ Body []wire.KPI }

func (s *Server) kpis(context.Context, *struct{}) (*kpisOutput, error) {
	return &kpisOutput{s.deps.Reports.Catalogue()}, nil
}
