package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// leastRole is what each route is meant to ask for. A route that is not here
// fails the test, and so does an entry without its route.
var leastRole = map[string]string{ //nolint:gochecknoglobals // read-only table
	"POST /api/login":                     "",
	"POST /api/logout":                    RoleAgent,
	"GET /api/me":                         RoleAgent,
	"GET /api/kpis":                       RoleAgent,
	"GET /api/kpi":                        RoleAgent,
	"GET /api/kpi/{id}/calls":             RoleSupervisor,
	"GET /api/calls":                      RoleSupervisor,
	"GET /api/calls/{id}":                 RoleSupervisor,
	"GET /api/parked":                     RoleAgent,
	"GET /api/targets":                    RoleAgent,
	"GET /api/campaigns":                  RoleSupervisor,
	"POST /api/campaigns/{id}/start":      RoleManager,
	"POST /api/campaigns/{id}/stop":       RoleManager,
	"GET /api/queues":                     RoleSupervisor,
	"PUT /api/queues/{id}/routing":        RoleManager,
	"GET /api/skills":                     RoleSupervisor,
	"PUT /api/skills/{id}":                RoleManager,
	"DELETE /api/skills/{id}":             RoleManager,
	"GET /api/agents":                     RoleSupervisor,
	"PUT /api/agents/{id}/skills":         RoleManager,
	"POST /api/agents/{id}/state":         RoleSupervisor,
	"GET /api/aux-reasons":                RoleSupervisor,
	"PUT /api/aux-reasons/{id}":           RoleManager,
	"GET /api/front":                      RoleSupervisor,
	"PUT /api/routes/{id}":                RoleManager,
	"DELETE /api/routes/{id}":             RoleManager,
	"PUT /api/hours/{id}":                 RoleManager,
	"DELETE /api/hours/{id}":              RoleManager,
	"PUT /api/menus/{id}":                 RoleManager,
	"DELETE /api/menus/{id}":              RoleManager,
	"PUT /api/doors/{id}":                 RoleManager,
	"DELETE /api/doors/{id}":              RoleManager,
	"GET /api/prompts":                    RoleSupervisor,
	"PUT /api/prompts/{language}":         RoleManager,
	"GET /api/callers":                    RoleManager,
	"PUT /api/callers/{id}":               RoleManager,
	"DELETE /api/callers/{id}":            RoleManager,
	"GET /api/desk":                       RoleAgent,
	"GET /api/live":                       RoleSupervisor,
	"GET /api/trunks":                     RoleManager,
	"PUT /api/trunks/{id}":                RoleAdmin,
	"DELETE /api/trunks/{id}":             RoleAdmin,
	"GET /api/outbound-routes":            RoleManager,
	"PUT /api/outbound-routes/{id}":       RoleAdmin,
	"DELETE /api/outbound-routes/{id}":    RoleAdmin,
	"GET /api/caller-sets":                RoleManager,
	"PUT /api/caller-sets/{id}":           RoleAdmin,
	"DELETE /api/caller-sets/{id}":        RoleAdmin,
	"PUT /api/agents/{id}/dialing":        RoleManager,
	"PUT /api/campaigns/{id}/caps":        RoleManager,
	"GET /healthz":                        "",
	"GET /readyz":                         "",
	"GET /metrics":                        "",
	"GET /":                               "",
	"GET /api/surveys":                    RoleSupervisor,
	"PUT /api/surveys/{id}":               RoleManager,
	"DELETE /api/surveys/{id}":            RoleManager,
	"GET /api/surveys/{id}/history":       RoleManager,
	"GET /api/survey-results":             RoleSupervisor,
	"GET /api/survey-rules":               RoleSupervisor,
	"PUT /api/survey-rules/{of}/{id}":     RoleManager,
	"DELETE /api/survey-rules/{of}/{id}":  RoleManager,
	"GET /api/survey-optouts":             RoleManager,
	"PUT /api/survey-optouts/{number}":    RoleManager,
	"DELETE /api/survey-optouts/{number}": RoleManager,

	"GET /api/calls/{id}/recordings":               RoleSupervisor,
	"DELETE /api/calls/{id}/recordings/{no}":       RoleManager,
	"GET /api/calls/{id}/recordings/{no}/accesses": RoleManager,
	"GET /api/calls/{id}/recordings/{no}/audio":    RoleSupervisor,
	"GET /api/recording-policies":                  RoleSupervisor,
	"PUT /api/recording-policies/{place}":          RoleManager,
	"POST /api/calls/{id}/requeue":                 RoleSupervisor,
}

func TestEveryRouteForEveryRole(t *testing.T) {
	h := open(t, nil)
	close(h.pictures) // the stream sends nothing and ends
	cookies := map[string]string{"nobody": ""}
	for _, role := range []string{RoleAgent, RoleSupervisor, RoleManager, RoleAdmin} {
		cookies[role] = h.login(role)
	}
	seen := map[string]bool{}
	for _, r := range h.server.routes {
		least, listed := leastRole[r.pattern]
		if !listed || least != r.role {
			t.Errorf("%s asks for %q; the matrix says %q (listed: %v)", r.pattern, r.role, least, listed)
		}
		seen[r.pattern] = true
		for role, cookie := range cookies {
			if r.pattern == "POST /api/logout" && cookie != "" {
				cookie = h.login(role) // it ends the session
			}
			want := permitted
			switch {
			case least != "" && role == "nobody":
				want = http.StatusUnauthorized
			case rank(role) < rank(least):
				want = http.StatusForbidden
			}
			method, path, _ := strings.Cut(r.pattern, " ")
			if got := h.outcome(method, filled(path), cookie); got != want {
				t.Errorf("%s as %s: %d, want %d", r.pattern, role, got, want)
			}
		}
	}
	for pattern := range leastRole {
		if !seen[pattern] {
			t.Errorf("%s is in the matrix but is no route", pattern)
		}
	}
}

const permitted = 0

// outcome is the status if it is one of the guard's, else permitted.
func (h *house) outcome(method, path, cookie string) int {
	h.Helper()
	a := h.request(method, path, cookie, nil)
	if a.StatusCode == http.StatusUnauthorized || a.StatusCode == http.StatusForbidden {
		h.problem(a)
		return a.StatusCode
	}
	return permitted
}

// filled fills a pattern's places.
func filled(path string) string {
	return strings.NewReplacer("{id}", "there", "{no}", "1", "{place}", "queue:there").Replace(path)
}

func TestUnknownAddress(t *testing.T) {
	h := open(t, nil)
	agent := h.login(RoleAgent)
	for _, r := range []string{"GET /api/nothing", "DELETE /api/me", "POST /api/desk", "PUT /api/calls/there"} {
		method, path, _ := strings.Cut(r, " ")
		if p := h.problem(h.request(method, path, agent, nil)); p.Code != string(codeUnknown) {
			t.Errorf("%s: %+v", r, p)
		}
	}
}

// A changing request without the mark of our own pages is refused, whoever
// sends it.
func TestUnmarkedRequestChangesNothing(t *testing.T) {
	h := open(t, nil)
	admin := h.login(RoleAdmin)
	for _, r := range h.server.routes {
		method, path, _ := strings.Cut(r.pattern, " ")
		if method == http.MethodGet {
			continue
		}
		req, err := http.NewRequestWithContext(t.Context(), method, h.http.URL+filled(path), strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if p := h.problem(h.do(req, admin)); p.Status != http.StatusForbidden || !strings.Contains(p.Detail, "X-Callstamp") {
			t.Errorf("%s: %+v", r.pattern, p)
		}
	}
}

func TestHeadersOnEveryAnswer(t *testing.T) {
	h := open(t, nil)
	close(h.pictures)
	supervisor := h.login(RoleSupervisor)
	var ids []string
	for _, path := range []string{"/", "/assets/app-1a2b.js", "/nothing", "/healthz", "/readyz", "/metrics", "/api/me", "/api/live", "/api/desk", "/api/nothing", "/api/calls/panic"} {
		a := h.request(http.MethodGet, path, supervisor, nil)
		for name, want := range map[string]string{
			"Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "no-referrer", "Permissions-Policy": "microphone=(self)", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if !strings.Contains(a.Header.Get(name), want) {
				t.Errorf("%s: %s is %q", path, name, a.Header.Get(name))
			}
		}
		if csp := a.Header.Get("Content-Security-Policy"); strings.Contains(csp, "script-src") || strings.Contains(csp, "default-src *") {
			t.Errorf("%s: scripts may come from elsewhere: %s", path, csp)
		}
		if strings.HasPrefix(path, "/api/") && a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be cached: %q", path, a.Header.Get("Cache-Control"))
		}
		ids = append(ids, a.Header.Get("X-Request-Id"))
	}
	slices.Sort(ids)
	if ids[0] == "" || len(slices.Compact(ids)) != len(ids) {
		t.Errorf("request ids are not each their own: %v", ids)
	}
}

func TestPanicIsAnswered(t *testing.T) {
	h := open(t, nil)
	a := h.request(http.MethodGet, "/api/calls/panic", h.login(RoleManager), nil)
	if p := h.problem(a); p.Status != http.StatusInternalServerError || p.Code != string(codeInternal) || strings.Contains(p.Detail, "fault") {
		t.Errorf("%+v", p)
	}
	id := a.Header.Get("X-Request-Id")
	h.http.Close()
	if log := h.log.String(); !strings.Contains(log, "a fault") || !strings.Contains(log, id) {
		t.Errorf("the log says neither what nor which request:\n%s", log)
	}
}

func TestTooManyRequests(t *testing.T) {
	var l limits
	now := time.Unix(946684800, 0)
	for i := range perUser {
		if l.over(now, "a", perUser) {
			t.Fatalf("request %d refused", i+1)
		}
	}
	if !l.over(now, "a", perUser) || l.over(now, "b", perUser) {
		t.Error("the limit is not each user's own")
	}
	if l.over(now.Add(1e9), "a", perUser) {
		t.Error("the next second is not a new one")
	}
}

// A user is limited, others are not.
func TestFloodIsRefused(t *testing.T) {
	h := open(t, nil)
	agent, other := h.login(RoleAgent), h.login(RoleSupervisor)
	var a *http.Response
	for deadline := time.Now().Add(10 * time.Second); a == nil || a.StatusCode == http.StatusOK; { // a second may end between
		if time.Now().After(deadline) {
			t.Fatal("never refused")
		}
		for range perUser {
			h.server.limits.over(time.Now(), "user u-agent", perUser)
		}
		a = h.request(http.MethodGet, "/api/me", agent, nil)
	}
	if p := h.problem(a); p.Code != string(codeTooMany) || a.Header.Get("Retry-After") != "1" {
		t.Errorf("%+v", p)
	}
	if a := h.request(http.MethodGet, "/api/me", other, nil); a.StatusCode != http.StatusOK {
		t.Errorf("another user: %s", a.Status)
	}
}

func TestBodyLimitAndShape(t *testing.T) {
	h := open(t, nil)
	for name, tt := range map[string]struct {
		body any
		code int
	}{
		"too long":      {map[string]string{"login": strings.Repeat("a", 2<<20), "password": "b"}, http.StatusRequestEntityTooLarge},
		"unknown field": {map[string]string{"login": "a", "password": "b", "role": "admin"}, http.StatusUnprocessableEntity},
		"wrong type":    {map[string]any{"login": 1, "password": "b"}, http.StatusUnprocessableEntity},
		"nothing":       {map[string]any{}, http.StatusUnprocessableEntity},
	} {
		t.Run(name, func(t *testing.T) {
			a := h.request(http.MethodPost, "/api/login", "", tt.body)
			if a.StatusCode != tt.code {
				t.Errorf("%s, want %d", a.Status, tt.code)
			}
			h.problem(a)
		})
	}
}
