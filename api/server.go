package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/danielgtaylor/huma/v2"
	"github.com/gorilla/websocket"
)

// Deps are the neighbours of the server.
type Deps struct {
	Accounts   Accounts
	Sessions   scs.Store
	Desks      *Desks
	Live       Live
	Reports    Reports
	Campaigns  Campaigns
	Recordings Recordings
	Policies   RecordingPolicies
	Routing    Routing
	Ways       Ways
	Park       Park
	Targets    Targets
	Surveys    Surveys
	Asking     SurveyRules
	OptOuts    SurveyOptOuts
	Front      Front
	Health     Health
	Metrics    http.Handler
	Assets     fs.FS    // the built web client
	Origins    []string // besides the request's own host, e.g. https://crm.example
	TLS        bool
	Version    string
	// Zone is the organisation's, an IANA name: days begin in it where a
	// request names none. Nil = UTC.
	Zone func(context.Context) string
	Log  *slog.Logger
}

// Server is the HTTP side.
type Server struct {
	deps     Deps
	sessions *scs.SessionManager
	logins   *logins
	limits   limits
	upgrader *websocket.Upgrader
	api      huma.API
	routes   []route
	handler  http.Handler
	stopping chan struct{} // closed by Shut
	stop     sync.Once
}

// New builds the server; Handler serves it.
func New(d Deps) (*Server, error) {
	l, err := newLogins(d.Accounts)
	if err != nil {
		return nil, err
	}
	s := &Server{deps: d, logins: l, sessions: scs.New(), stopping: make(chan struct{})}
	s.sessions.Store = d.Sessions
	s.sessions.HashTokenInStore = true   // a copy of the table opens no session
	s.sessions.Lifetime = 14 * time.Hour // the longest shift; a desk that is open needs no new look-up
	c := cookie(d.TLS)
	s.sessions.Cookie = scs.SessionCookie{Name: c.Name, Path: c.Path, HttpOnly: true, SameSite: c.SameSite, Secure: c.Secure, Persist: true}
	s.sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		put(w, s.problem(r.Context(), errors.Join(errAway, err)))
	}
	s.upgrader = &websocket.Upgrader{CheckOrigin: s.sameOrigin, Error: refuseUpgrade}
	s.handler = s.recovered(headers(withAddr(s.list())))
	return s, nil
}

// Handler is the whole server.
func (s *Server) Handler() http.Handler { return s.handler }

// Shut ends what would keep http.Server.Shutdown waiting: live streams at once,
// desks with a code that has them come back, until they have gone or ctx ends.
func (s *Server) Shut(ctx context.Context) {
	s.stop.Do(func() { close(s.stopping) })
	s.deps.Desks.Shut(ctx)
}

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
	c.CreateHooks = nil                   // no $schema field in our answers
	c.RejectUnknownQueryParameters = true // a misspelt "from" must not answer for today
	c.Transformers = append(c.Transformers, ours)
	return c
}

// refuseUpgrade answers a request that can't become a WebSocket.
func refuseUpgrade(w http.ResponseWriter, _ *http.Request, status int, reason error) {
	c := codeBadFrame
	if status == http.StatusForbidden {
		c = codeForbidden
	}
	writeProblem(w, &denied{c, "The WebSocket was refused: " + reason.Error() + "."})
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

// headers are on every answer. An answer of the API is nobody's to keep.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if strings.HasPrefix(r.URL.Path, "/api/") {
			h.Set("Cache-Control", "no-store")
		}
		h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; "+
			"style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'")
		h.Set("Permissions-Policy", "microphone=(self), speaker-selection=(self), camera=(), geolocation=()")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		id := rand.Text()[:requestIDLen]
		h.Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, id)))
	})
}

// requestKey carries a request's id, which the answer and the log line share.
type requestKey struct{}

const requestIDLen = 12

func requestOf(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
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
				s.deps.Log.Error("handler panicked", "path", r.URL.Path, "panic", x, "request_id", w.Header().Get("X-Request-Id"),
					"stack", string(debug.Stack()))
				writeProblem(w, &denied{codeInternal, "Something went wrong on our side; it has been logged."})
			}
		}()
		next.ServeHTTP(w, r)
	})
}
