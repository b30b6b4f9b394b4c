package api

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// sessionUser is the session's one value: the user's id.
const sessionUser = "user"

// loginsPerMinute bounds failed attempts from one address: a whole floor that
// begins its shift behind one may log in. lockAfter failures in a row lock an
// account for lockFor.
const (
	loginsPerMinute = 20
	lockAfter       = 10
	lockFor         = 15 * time.Minute
)

var (
	errLogin    = refuse(codeUnauthorized, "The login or the password is wrong.")
	errNoLogin  = refuse(codeUnauthorized, "You are not logged in.")
	errTooMany  = refuse(codeTooMany, "Too many attempts from your address; wait a minute.")
	errLocked   = refuse(codeTooMany, "Too many wrong passwords; the account is locked for 15 minutes.")
	errRole     = refuse(codeForbidden, "Your role may not do this.")
	errMustMark = refuse(codeForbidden, "A changing request needs the header X-Callstamp: 1.")
)

// hashing is how many passwords are checked at once: each takes 64 MiB.
const hashing = 4

// logins checks passwords and counts failures.
type logins struct {
	accounts Accounts
	dummy    string        // hash that is compared for an unknown login, so that it takes as long
	free     chan struct{} // capacity hashing

	mu       sync.Mutex
	byAddr   map[string]window
	failures map[string]window
}

// maxWindows bounds the memory of failures: made-up logins must not fill it.
const maxWindows = 10_000

// window counts since an instant.
type window struct {
	since time.Time
	n     int
}

// nobody makes the hash that unknown logins are compared with, once: it takes
// as long as a login.
var nobody = sync.OnceValues(func() (string, error) { return HashPassword("nobody") })

func newLogins(a Accounts) (*logins, error) {
	dummy, err := nobody()
	return &logins{
		accounts: a, dummy: dummy, free: make(chan struct{}, hashing),
		byAddr: map[string]window{}, failures: map[string]window{},
	}, err
}

// check returns the user of a login and password. An unknown login and a wrong
// password give the same answer after the same work.
func (l *logins) check(ctx context.Context, addr, login, password string) (User, error) {
	login = strings.ToLower(strings.TrimSpace(login)) // as the store compares them
	if l.seen(l.byAddr, addr, time.Minute) >= loginsPerMinute {
		return User{}, errTooMany
	}
	if l.seen(l.failures, login, lockFor) >= lockAfter {
		return User{}, errLocked
	}
	u, err := l.accounts.UserByLogin(ctx, login)
	known := err == nil && u.Active
	if err != nil && !errors.Is(err, ErrNoUser) {
		return User{}, err
	}
	hash := u.Hash
	if !known {
		hash = l.dummy
	}
	good, err := l.compare(ctx, hash, password)
	if err != nil {
		return User{}, err
	}
	if !good || !known {
		l.count(l.byAddr, addr, time.Minute)
		l.count(l.failures, login, lockFor)
		return User{}, errLogin
	}
	l.clear(login)
	return u, nil
}

// compare waits for its turn to check a password.
func (l *logins) compare(ctx context.Context, hash, password string) (bool, error) {
	select {
	case l.free <- struct{}{}:
		defer func() { <-l.free }()
		return checkPassword(hash, password), nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

func (l *logins) count(m map[string]window, key string, span time.Duration) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if len(m) > maxWindows {
		maps.DeleteFunc(m, func(_ string, w window) bool { return now.Sub(w.since) > span })
	}
	if len(m) > maxWindows {
		clear(m)
	}
	w := m[key]
	if now.Sub(w.since) > span {
		w = window{since: now}
	}
	w.n++
	m[key] = w
	return w.n
}

func (l *logins) seen(m map[string]window, key string, span time.Duration) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w := m[key]; time.Since(w.since) <= span {
		return w.n
	}
	return 0
}

func (l *logins) clear(login string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.failures, login)
}

// whoKey carries the user of a request in its context.
type whoKey struct{}

func whoOf(ctx context.Context) User {
	u, _ := ctx.Value(whoKey{}).(User)
	return u
}

// identify finds the session's user; User{} when there is none. With Postgres
// away it fails, so nobody is let in by mistake.
func (s *Server) identify(ctx context.Context) (User, error) {
	id := s.sessions.GetString(ctx, sessionUser)
	if id == "" {
		return User{}, errNoLogin
	}
	u, err := s.deps.Accounts.User(ctx, stamp.AgentID(id))
	if errors.Is(err, ErrNoUser) || err == nil && !u.Active {
		return User{}, errNoLogin
	}
	return u, err
}

type loginInput struct {
	Body struct {
		Login    string `json:"login" minLength:"1" maxLength:"200"`
		Password string `json:"password" minLength:"1" maxLength:"200"`
	}
}

type userOutput struct{ Body wire.Session }

func userBody(u User) *userOutput {
	return &userOutput{wire.Session{User: wire.Agent{ID: string(u.ID), Name: u.Name, Role: u.Role, Language: u.Language}}}
}

func (s *Server) login(ctx context.Context, in *loginInput) (*userOutput, error) {
	u, err := s.logins.check(ctx, addrOf(ctx), in.Body.Login, in.Body.Password)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	if err := s.sessions.RenewToken(ctx); err != nil { // a login never keeps an older token
		return nil, s.fail(ctx, err)
	}
	s.sessions.Put(ctx, sessionUser, string(u.ID))
	return userBody(u), nil
}

// logout ends the session and closes the desk that was opened with it.
func (s *Server) logout(ctx context.Context, _ *struct{}) (*struct{}, error) {
	if err := s.sessions.Destroy(ctx); err != nil {
		return nil, s.fail(ctx, err)
	}
	s.deps.Desks.close(whoOf(ctx).ID)
	return nil, nil
}

func (s *Server) me(ctx context.Context, _ *struct{}) (*userOutput, error) {
	return userBody(whoOf(ctx)), nil
}

// addrKey carries the client's address.
type addrKey struct{}

func addrOf(ctx context.Context) string {
	a, _ := ctx.Value(addrKey{}).(string)
	return a
}

// cookie is how the session's token travels: never to scripts, never to other
// sites, and only over TLS where the server speaks it.
func cookie(secure bool) http.Cookie {
	return http.Cookie{Name: "callstamp", Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: secure}
}
