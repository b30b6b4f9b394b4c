package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callstamp/callstamp/api/wire"
)

func postgresGone(since time.Time) wire.Degraded {
	return wire.Degraded{ID: "postgres_away", Since: since.UnixMicro(), Unready: true, Means: "Records wait.", Do: "Bring it back."}
}

func trunkGone(since time.Time) wire.Degraded {
	return wire.Degraded{ID: "trunk_down", Name: "viettel", Since: since.UnixMicro(), Means: "No answer.", Do: "Ask the carrier."}
}

func TestReadyInWords(t *testing.T) {
	now := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		name     string
		degraded []wire.Degraded
		status   int
		words    []string
	}{
		{"all is well", nil, 200, []string{"ready\n"}},
		{"works with less", []wire.Degraded{trunkGone(now)}, 200, []string{"ready, degraded\n", "trunk_down:viettel since 2026-11-21T14:00:00Z", "No answer.", "Ask the carrier."}},
		{"lacks a store", []wire.Degraded{postgresGone(now), trunkGone(now)}, 503, []string{"not ready\n", "postgres_away since", "Records wait.", "Bring it back.", "trunk_down:viettel"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := open(t, func(d *Deps) { d.Health = health{degraded: row.degraded} })
			a := h.request(http.MethodGet, "/readyz", "", nil)
			body, err := io.ReadAll(a.Body)
			if err != nil || a.StatusCode != row.status {
				t.Errorf("%d, %v", a.StatusCode, err)
			}
			for _, w := range row.words {
				if !strings.Contains(string(body), w) {
					t.Errorf("%q is not in %q", w, body)
				}
			}
		})
	}
}

func TestReadyAsJSON(t *testing.T) {
	h := open(t, func(d *Deps) { d.Health = health{degraded: []wire.Degraded{postgresGone(time.UnixMicro(7))}} })
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.http.URL+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "application/json")
	a := h.do(r, "")
	var got wire.Ready
	if err := json.NewDecoder(a.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if a.StatusCode != http.StatusServiceUnavailable || got.Ready || len(got.Degraded) != 1 || got.Degraded[0] != postgresGone(time.UnixMicro(7)) {
		t.Errorf("%d %+v", a.StatusCode, got)
	}
}

func TestAlive(t *testing.T) {
	for _, row := range []struct {
		stuck  error
		status int
		body   string
	}{{nil, 200, "ok\n"}, {errors.New("the floor has not answered for 11s"), 500, "the floor has not answered for 11s\n"}} {
		h := open(t, func(d *Deps) { d.Health = health{stuck: row.stuck} })
		a := h.request(http.MethodGet, "/healthz", "", nil)
		if body, err := io.ReadAll(a.Body); err != nil || a.StatusCode != row.status || string(body) != row.body {
			t.Errorf("%d %q %v, want %d %q", a.StatusCode, body, err, row.status, row.body)
		}
	}
}

// TestDesksAreToldOfTheServer: at once, when they come later, and when it is over.
func TestDesksAreToldOfTheServer(t *testing.T) {
	h := open(t, nil)
	agent := h.login(RoleAgent)
	page, _ := h.sit(agent, wire.Hello{Desk: "d1"})
	h.desks.Notice([]wire.Degraded{postgresGone(time.UnixMicro(7))})
	first := page.notice(t)
	if len(first.Degraded) != 1 || first.Degraded[0].ID != "postgres_away" {
		t.Errorf("told %+v", first)
	}
	_ = page.conn.Close()
	back, _ := h.sit(agent, wire.Hello{Desk: "d1"})
	if again := back.notice(t); len(again.Degraded) != 1 {
		t.Errorf("told %+v after coming back", again)
	}
	h.desks.Notice([]wire.Degraded{})
	if over := back.notice(t); len(over.Degraded) != 0 {
		t.Errorf("told %+v when it is over", over)
	}
}

func (t *tab) notice(test *testing.T) (n wire.Notice) {
	test.Helper()
	f := t.want(wire.TypeNotice)
	if f.Seq != 0 {
		test.Errorf("a notice has the number %d, which would be replayed", f.Seq)
	}
	if err := decode(f.Body, &n); err != nil {
		test.Fatal(err)
	}
	return n
}

// TestShutSendsPagesBack: each page gets the code, live streams end, and a page that comes meanwhile gets the code too.
func TestShutSendsPagesBack(t *testing.T) {
	h := open(t, nil)
	agent, supervisor := h.login(RoleAgent), h.login(RoleSupervisor)
	page, _ := h.sit(agent, wire.Hello{Desk: "d1"})
	stream := h.request(http.MethodGet, "/api/live", supervisor, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	done := make(chan struct{})
	go func() { h.server.Shut(ctx); close(done) }()
	_, err := page.read()
	if !websocket.IsCloseError(err, wire.CloseRestart) {
		t.Errorf("the page reads %v", err)
	}
	_ = page.conn.Close()
	<-done
	if ctx.Err() != nil {
		t.Error("shutting waited for nobody")
	}
	if _, err := io.ReadAll(stream.Body); err != nil {
		t.Errorf("the stream ended by %v", err)
	}
	late, _, err := h.dial(agent, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := late.ReadMessage(); !websocket.IsCloseError(err, wire.CloseRestart) {
		t.Errorf("a late page reads %v", err)
	}
	h.server.Shut(ctx) // twice is allowed
}
