package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/gorilla/websocket"

	"github.com/callstamp/callstamp/api/wire"
)

// route is one entry of the list.
type route struct {
	role    string // the least one; "" needs no login
	pattern string // method and path
}

// list is the one list of what the server answers, and the handler of it all.
// The second column is the least role. A test walks it for every role.
func (s *Server) list() http.Handler {
	mux, operations := http.NewServeMux(), http.NewServeMux()
	s.api = humago.New(operations, humaConfig(s.deps.Version))

	add(s, "", "POST /api/login", "Log in; sets the session cookie", s.login)
	add(s, RoleAgent, "POST /api/logout", "Log out", s.logout)
	add(s, RoleAgent, "GET /api/me", "Who is logged in", s.me)

	add(s, RoleAgent, "GET /api/kpis", "The KPI catalogue", s.kpis)
	add(s, RoleAgent, "GET /api/kpi", "KPI values over a range, grouped; agents see their own", s.report)
	add(s, RoleSupervisor, "GET /api/kpi/{id}/calls", "The calls behind a number", s.behind)
	add(s, RoleSupervisor, "GET /api/calls", "Calls of a range, newest first", s.listCalls)
	add(s, RoleSupervisor, "GET /api/calls/{id}", "One call with its stamps", s.showCall)

	add(s, RoleAgent, "GET /api/parked", "Calls that are parked; an agent fetches one by the desk's message retrieve", s.listParked)

	add(s, RoleAgent, "GET /api/targets", "Whom an agent may bring into a call, or give one to", s.listTargets)

	add(s, RoleSupervisor, "GET /api/campaigns", "Campaigns with their lines and lists", s.listCampaigns)
	add(s, RoleManager, "POST /api/campaigns/{id}/start", "Start dialing", s.startCampaign)
	add(s, RoleManager, "POST /api/campaigns/{id}/stop", "Stop dialing; calls in progress go on", s.stopCampaign)

	s.waysRoutes()
	s.routingRoutes()
	s.surveyRoutes()
	s.frontRoutes()
	s.recordingRoutes()

	raw := func(role, pattern string, h http.HandlerFunc) {
		s.routes = append(s.routes, route{role, pattern})
		mux.Handle(pattern, h)
	}
	raw(RoleAgent, "GET /api/desk", s.serveDesk)
	raw(RoleSupervisor, "GET /api/live", s.guarded(RoleSupervisor, s.serveLive))
	raw(RoleSupervisor, "GET /api/calls/{id}/recordings/{no}/audio", s.guarded(RoleSupervisor, s.playRecording))
	raw("", "GET /healthz", s.healthz)
	raw("", "GET /readyz", s.readyz)
	raw("", "GET /metrics", s.metrics)
	s.routes = append(s.routes, route{"", "GET /"})
	mux.Handle("/", s.assets()) // without a method, which would contradict "/api/"
	s.describe()

	// Only operations may change a session; what streams or takes over the
	// connection needs its own writer.
	mux.Handle("/api/", s.sessions.LoadAndSave(operations))
	operations.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, &denied{codeUnknown, "There is no such address; GET /api/openapi.yaml lists what there is."})
	})
	return mux
}

// add registers one operation behind its role.
func add[I, O any](s *Server, role, pattern, summary string, do func(context.Context, *I) (*O, error)) {
	addUpload(s, role, pattern, summary, 1<<20, do)
}

// addUpload is add for an operation whose body may be so long.
func addUpload[I, O any](s *Server, role, pattern, summary string, most int64, do func(context.Context, *I) (*O, error)) {
	method, path, _ := strings.Cut(pattern, " ")
	s.routes = append(s.routes, route{role, pattern})
	op := huma.Operation{
		OperationID: operationID(method, path), Method: method, Path: path, Summary: summary, MaxBodyBytes: most,
		Middlewares: huma.Middlewares{s.humaGuard(role)},
	}
	s.document(&op, role)
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
	if s.limits.over(time.Now(), "address "+addrOf(ctx), perAddress) {
		return User{}, errTooFast
	}
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
	if s.limits.over(time.Now(), "user "+string(u.ID), perUser) {
		return User{}, errTooFast
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
			p := s.problem(c.Context(), err)
			c.SetHeader("Content-Type", p.ContentType(""))
			if p.Status == http.StatusTooManyRequests {
				c.SetHeader("Retry-After", "1")
			}
			c.SetStatus(p.Status)
			_ = json.NewEncoder(c.BodyWriter()).Encode(p) // the client is gone if this fails
			return
		}
		next(huma.WithValue(c, whoKey{}, u))
	}
}

// guarded is humaGuard for what is no operation.
func (s *Server) guarded(role string, do http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, err := s.admit(r, role)
		if err != nil {
			put(w, s.problem(r.Context(), err))
			return
		}
		do(w, r.WithContext(ctx))
	}
}

// admit finds the session and its user for a request that never changes the
// session.
func (s *Server) admit(r *http.Request, role string) (context.Context, error) {
	token := ""
	if c, err := r.Cookie(s.sessions.Cookie.Name); err == nil {
		token = c.Value
	}
	ctx, err := s.sessions.Load(r.Context(), token)
	if err != nil {
		return nil, fmt.Errorf("load session: %w", errors.Join(errAway, err))
	}
	u, err := s.guard(ctx, role, r.Method, r.Header.Get("X-Callstamp"))
	if err != nil {
		return nil, err
	}
	return context.WithValue(ctx, whoKey{}, u), nil
}

// serveDesk hands the connection to the desks. The origin is checked before
// anything else, by the upgrader. A browser does not see the status of a
// WebSocket that was refused, so one without a session is closed with a code.
func (s *Server) serveDesk(w http.ResponseWriter, r *http.Request) {
	ctx, err := s.admit(r, RoleAgent)
	switch {
	case err == nil:
		s.deps.Desks.Serve(w, r.WithContext(ctx), whoOf(ctx), s.upgrader)
	case meaning(err).code == codeUnauthorized && websocket.IsWebSocketUpgrade(r):
		turnAway(w, r, s.upgrader)
	default:
		put(w, s.problem(r.Context(), err))
	}
}

// metrics are for the machines beside us: whoever comes through a proxy or from
// a public address needs to be an admin.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request) {
	ip := net.ParseIP(addrOf(r.Context()))
	if ip != nil && (ip.IsLoopback() || ip.IsPrivate()) && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == "" {
		s.deps.Metrics.ServeHTTP(w, r)
		return
	}
	s.guarded(RoleAdmin, s.deps.Metrics.ServeHTTP)(w, r)
}

type kpisOutput struct{ Body []wire.KPI }

func (s *Server) kpis(context.Context, *struct{}) (*kpisOutput, error) {
	return &kpisOutput{s.deps.Reports.Catalogue()}, nil
}
