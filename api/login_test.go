package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/api/wire"
)

// Hashes that others made (RFC 9106 §5.3's algorithm): with the reference
// implementation's command line, "argon2 somesalt -id -t 2 -m 16 -p 4 -l 24"
// and its own test vectors.
func TestCheckPassword(t *testing.T) {
	for name, tt := range map[string]struct {
		hash, password string
		want           bool
	}{
		"reference, p=1":        {"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password", true},
		"reference, 256 KiB":    {"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "password", true},
		"reference, p=2":        {"$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc", "password", true},
		"another password":      {"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "Password", false},
		"another salt":          {"$argon2id$v=19$m=256,t=2,p=1$ZGlmZnNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "password", false},
		"argon2i":               {"$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "password", false},
		"old version":           {"$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "password", false},
		"no memory to speak of": {"$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR", "password", false},
		"no passes":             {"$argon2id$v=19$m=256,t=0,p=1$c29tZXNhbHQ$nf65EOgLrQMR", "password", false},
		"no lanes":              {"$argon2id$v=19$m=256,t=2,p=0$c29tZXNhbHQ$nf65EOgLrQMR", "password", false},
		"no key":                {"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$", "", false},
		"nothing":               {"", "", false},
		"no hash":               {"password", "password", false},
		"no base64":             {"$argon2id$v=19$m=256,t=2,p=1$c29t!$nf65", "password", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := checkPassword(tt.hash, tt.password); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func TestHashPassword(t *testing.T) {
	a, err1 := HashPassword("mật khẩu")
	b, err2 := HashPassword("mật khẩu")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if a == b {
		t.Error("two hashes of one password are equal: no salt")
	}
	if !strings.HasPrefix(a, "$argon2id$v=19$m=65536,t=3,p=2$") {
		t.Errorf("weaker than meant: %s", a)
	}
	if !checkPassword(a, "mật khẩu") || checkPassword(a, "mat khau") {
		t.Error("the hash does not tell its password from another")
	}
}

// A wrong password and an unknown login get the same answer, to the byte.
func TestWrongLoginTellsNothing(t *testing.T) {
	h := open(t, func(d *Deps) {
		a := everyRole()
		gone := a[RoleAgent]
		gone.Login, gone.Active = "gone", false
		a["gone"] = gone
		d.Accounts = a
	})
	var answers []string
	for _, l := range []wire.Login{{Login: RoleAgent, Password: "wrong"}, {Login: "nobody", Password: "wrong"}, {Login: "gone", Password: password}} {
		a := h.request(http.MethodPost, "/api/login", "", l)
		b, err := io.ReadAll(a.Body)
		if err != nil || a.StatusCode != http.StatusUnauthorized || len(a.Cookies()) != 0 {
			t.Errorf("%s: %s, %v, cookies %v", l.Login, a.Status, err, a.Cookies())
		}
		answers = append(answers, string(b))
	}
	if answers[0] != answers[1] || answers[0] != answers[2] {
		t.Errorf("the answers differ: %q", answers)
	}
}

func TestLockOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, err := newLogins(everyRole())
		if err != nil {
			t.Fatal(err)
		}
		l.dummy = passwordHash()
		try := func(login, password string) error {
			_, err := l.check(t.Context(), "192.0.2."+login, login, password)
			return err
		}
		for i := range lockAfter {
			spelling := RoleAgent
			if i%2 == 1 {
				spelling = " AGENT " // the same account
			}
			if err := try(spelling, "wrong"); !errors.Is(err, errLogin) {
				t.Fatalf("attempt %d: %v", i+1, err)
			}
		}
		if err := try(RoleAgent, password); !errors.Is(err, errLocked) {
			t.Errorf("not locked: %v", err)
		}
		if err := try(RoleManager, password); err != nil {
			t.Errorf("another account: %v", err)
		}
		time.Sleep(lockFor + time.Second)
		if err := try(RoleAgent, password); err != nil {
			t.Errorf("after the lock: %v", err)
		}
		if err := try(RoleAgent, "wrong"); !errors.Is(err, errLogin) {
			t.Errorf("counted from before: %v", err)
		}
	})
}

// One address may fail so often a minute; logins that succeed don't count.
func TestAttemptsFromOneAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, err := newLogins(everyRole())
		if err != nil {
			t.Fatal(err)
		}
		l.dummy = passwordHash()
		try := func(addr, login, password string) error {
			_, err := l.check(t.Context(), addr, login, password)
			return err
		}
		for range loginsPerMinute + 5 {
			if err := try("192.0.2.1", RoleAgent, password); err != nil {
				t.Fatal(err)
			}
		}
		for i := range loginsPerMinute {
			if err := try("192.0.2.1", "nobody"+string(rune('a'+i)), "x"); !errors.Is(err, errLogin) {
				t.Fatalf("attempt %d: %v", i+1, err)
			}
		}
		if err := try("192.0.2.1", RoleAgent, password); !errors.Is(err, errTooMany) {
			t.Errorf("not refused: %v", err)
		}
		if err := try("192.0.2.2", RoleAgent, password); err != nil {
			t.Errorf("another address: %v", err)
		}
		time.Sleep(time.Minute + time.Second)
		if err := try("192.0.2.1", RoleAgent, password); err != nil {
			t.Errorf("a minute later: %v", err)
		}
	})
}

// A session's token from before the login is worthless after it, and none is
// left after the logout.
func TestTokenIsRenewed(t *testing.T) {
	h := open(t, nil)
	first := h.login(RoleAgent)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.http.URL+"/api/login",
		strings.NewReader(`{"login":"manager","password":"`+password+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Callstamp", "1")
	r.Header.Set("Content-Type", "application/json")
	a := h.do(r, first)
	if len(a.Cookies()) != 1 {
		t.Fatalf("%s, cookies %v", a.Status, a.Cookies())
	}
	c := a.Cookies()[0]
	second := c.Name + "=" + c.Value
	if second == first {
		t.Error("the token is the same")
	}
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Secure {
		t.Errorf("cookie %+v", c)
	}
	h.who(first, http.StatusUnauthorized)
	h.who(second, http.StatusOK)
	if a := h.request(http.MethodPost, "/api/logout", second, nil); a.StatusCode != http.StatusNoContent {
		t.Errorf("logout: %s", a.Status)
	}
	h.who(second, http.StatusUnauthorized)
}

func (h *house) who(cookie string, status int) {
	h.Helper()
	if a := h.request(http.MethodGet, "/api/me", cookie, nil); a.StatusCode != status {
		h.Errorf("who am I: %s, want %d", a.Status, status)
	}
}

func TestCookieOverTLS(t *testing.T) {
	h := open(t, func(d *Deps) { d.TLS = true })
	a := h.request(http.MethodPost, "/api/login", "", wire.Login{Login: RoleAgent, Password: password})
	if len(a.Cookies()) != 1 || !a.Cookies()[0].Secure {
		t.Errorf("%+v", a.Cookies())
	}
}

// A user who was made inactive is out at the next request.
func TestInactiveUserIsOut(t *testing.T) {
	users := everyRole()
	h := open(t, func(d *Deps) { d.Accounts = users })
	cookie := h.login(RoleAgent)
	h.who(cookie, http.StatusOK)
	u := users[RoleAgent]
	u.Active = false
	users[RoleAgent] = u
	h.who(cookie, http.StatusUnauthorized)
}

// With the store of the sessions away nobody is let in, and nobody is told
// that the login is wrong.
func TestSessionStoreIsAway(t *testing.T) {
	h := open(t, func(d *Deps) { d.Sessions = away{} })
	for _, r := range [][2]string{{http.MethodGet, "/api/me"}, {http.MethodGet, "/api/live"}, {http.MethodGet, "/api/desk"}} {
		if p := h.problem(h.request(r[0], r[1], "callstamp=x", nil)); p.Status != http.StatusServiceUnavailable || p.Code != string(codeBusy) {
			t.Errorf("%s: %+v", r[1], p)
		}
	}
	if p := h.problem(h.request(http.MethodPost, "/api/login", "", wire.Login{Login: RoleAgent, Password: password})); p.Status != http.StatusServiceUnavailable {
		t.Errorf("login: %+v", p)
	}
}

// away is a session store without its database.
type away struct{}

var errGone = errors.New("connection refused")

func (away) Find(string) ([]byte, bool, error)      { return nil, false, errGone }
func (away) Commit(string, []byte, time.Time) error { return errGone }
func (away) Delete(string) error                    { return errGone }

// The store holds no token that opens a session.
func TestStoreHoldsNoToken(t *testing.T) {
	kept := &keeping{}
	h := open(t, func(d *Deps) { d.Sessions = kept })
	cookie := h.login(RoleAgent)
	_, token, _ := strings.Cut(cookie, "=")
	if kept.token == "" || kept.token == token || bytes.Contains(kept.data, []byte(token)) {
		t.Errorf("the store holds %q, the cookie is %q", kept.token, token)
	}
}

type keeping struct {
	token string
	data  []byte
}

func (k *keeping) Find(string) ([]byte, bool, error) { return nil, false, nil }
func (k *keeping) Commit(token string, data []byte, _ time.Time) error {
	k.token, k.data = token, data
	return nil
}
func (k *keeping) Delete(string) error { return nil }

// Passwords wait for their turn, and give up with their request.
func TestHashingWaitsItsTurn(t *testing.T) {
	l, err := newLogins(everyRole())
	if err != nil {
		t.Fatal(err)
	}
	for range hashing {
		l.free <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.check(ctx, "192.0.2.1", RoleAgent, password); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
