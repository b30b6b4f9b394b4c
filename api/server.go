package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/gorilla/websocket"
)

// Health answers /healthz and /readyz.
type Health interface {
	// Ready returns nil, or what is missing in one sentence.
	Ready(ctx context.Context) error
}

// Deps are the neighbours of the server.
type Deps struct {
	Accounts  Accounts
	Sessions  scs.Store
	Desks     *Desks
	Live      Live
	Reports   Reports
	Campaigns Campaigns
	Health    Health
	Metrics   http.Handler
	Assets    fs.FS    // the built web client
	Origins   []string // besides the request's own host, e.g. https://crm.example
	TLS       bool
	Version   string
	Log       *slog.Logger
}

// Server is the HTTP side.
type Server struct {
	deps     Deps
	sessions *scs.SessionManager
	logins   *logins
	upgrader *websocket.Upgrader
	api      huma.API
	handler  http.Handler
}

// New builds the server; Handler serves it.
func New(d Deps) (*Server, error) {
	l, err := newLogins(d.Accounts)
	if err != nil {
		return nil, err
	}
	s := &Server{deps: d, logins: l, sessions: scs.New()}
	s.sessions.Store = d.Sessions
	s.sessions.Lifetime = 14 * time.Hour // the longest shift; a desk that is open needs no new look-up
	c := cookie(d.TLS)
	s.sessions.Cookie = scs.SessionCookie{Name: c.Name, Path: c.Path, HttpOnly: true, SameSite: c.SameSite, Secure: c.Secure, Persist: true}
	s.sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		s.deps.Log.Error("session store", "err", err)
		writeProblem(w, &denied{codeBusy, "Logins can't be checked at the moment; try again."})
	}
	s.upgrader = &websocket.Upgrader{CheckOrigin: s.sameOrigin, Error: func(w http.ResponseWriter, r *http.Request, status int, reason error) {
		writeProblem(w, &denied{codeForbidden, "The WebSocket was refused: " + reason.Error() + "."})
	}}
	mux := http.NewServeMux()
	s.api = humago.New(mux, humaConfig(d.Version))
	s.routes(mux)
	s.handler = s.recovered(headers(withAddr(s.sessions.LoadAndSave(mux))))
	return s, nil
}

// Handler is the whole server.
func (s *Server) Handler() http.Handler { return s.handler }

// OpenAPI is the document of the HTTP interface, made from the code.
func (s *Server) OpenAPI() ([]byte, error) {
	b, err := s.api.OpenAPI().YAML()
	if err != nil {
		return nil, fmt.Errorf("write OpenAPI: %w", err)
	}
	return b, nil
}

func humaConfig(version string) huma.Config {
	c := huma.DefaultConfig("Callstamp", version)
	c.OpenAPIPath = "/api/openapi"
	c.DocsPath = "" // the library's page loads scripts from elsewhere
	c.SchemasPath = "/api/schemas"
	c.CreateHooks = nil // no $schema field in our answers
	return c
}

// sameOrigin lets pages of our own host and of the configured origins in. A
// request without Origin is no browser's and carries no cookie of one.
func (s *Server) sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	return u.Host == r.Host || slices.Contains(s.deps.Origins, origin)
}

// headers are on every answer.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; "+
			"style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; object-src 'none'")
		h.Set("Permissions-Policy", "microphone=(self), speaker-selection=(self), camera=(), geolocation=()")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

func withAddr(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			host = r.RemoteAddr
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), addrKey{}, host)))
	})
}

// recovered keeps a handler's panic from ending the process.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if x := recover(); x != nil {
				if err, ok := x.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(x)
				}
				s.deps.Log.Error("handler panicked", "path", r.URL.Path, "panic", x)
				writeProblem(w, &denied{codeInternal, "Something went wrong on our side; it has been logged."})
			}
		}()
		next.ServeHTTP(w, r)
	})
}
