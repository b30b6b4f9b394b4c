package e2e

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// upgrade opens the desk's WebSocket for the client from a page of the origin, and returns the status of the answer.
func upgrade(t *testing.T, c *rig.Client, origin string) (*websocket.Conn, int) {
	t.Helper()
	h := http.Header{"Origin": {origin}}
	for _, k := range c.Cookies(t) {
		h.Add("Cookie", k.String())
	}
	d := websocket.Dialer{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // it talks to what the test has started
	conn, res, err := d.DialContext(t.Context(), "ws"+strings.TrimPrefix(c.Base, "http")+"/api/desk", h)
	if res == nil {
		t.Fatal(err)
	}
	if err == nil {
		t.Cleanup(func() { conn.Close() })
	}
	return conn, res.StatusCode
}

// TestBadWeb knocks at the web's doors with wrong origin, role, JSON and passwords.
func TestBadWeb(t *testing.T) {
	t.Parallel()
	h := open(t)
	nobody, lan, boss := rig.NewClient(t, h.URL(), ""), rig.NewClient(t, h.URL(), "lan"), rig.NewClient(t, h.URL(), "boss")

	for _, row := range []struct {
		who          *rig.Client
		name         string
		method, path string
		want         int
	}{
		{nobody, "nobody", http.MethodGet, "/api/me", 401},
		{nobody, "nobody", http.MethodGet, "/api/live", 401},
		{nobody, "nobody", http.MethodGet, "/api/desk", 401},
		{lan, "agent", http.MethodGet, "/api/live", 403},
		{lan, "agent", http.MethodGet, "/api/calls", 403},
		{lan, "agent", http.MethodGet, "/api/campaigns", 403},
		{lan, "agent", http.MethodPost, "/api/campaigns/spring/start", 403},
		{boss, "manager", http.MethodPost, "/api/campaigns/none/start", 404},
		{boss, "manager", http.MethodGet, "/api/calls/none", 404},
		{boss, "manager", http.MethodGet, "/api/nothing", 404},
	} {
		if status, body := row.who.Ask(row.method, row.path, nil); status != row.want {
			t.Errorf("%s %s %s: %d %s, want %d", row.name, row.method, row.path, status, body, row.want)
		}
	}
	if status, body := nobody.Ask(http.MethodPost, "/api/login", wire.Login{Login: "lan", Password: "wrong-horse-7"}); status != 401 || strings.Contains(body, "Set-Cookie") {
		t.Errorf("a wrong password: %d %s", status, body)
	}
	if _, status := upgrade(t, lan, "https://evil.example"); status != http.StatusForbidden {
		t.Errorf("a page of another origin: %d, want 403", status)
	}
	conn, _ := upgrade(t, nobody, h.URL()) // a page sees a close code, but no status of a refused upgrade
	if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, wire.CloseUnauthorized) {
		t.Errorf("a desk without a session: %v, want close code 4401", err)
	}
	h.badFrames(t, lan)
	if status, body := h.Server.Get("/readyz"); status != 200 {
		t.Errorf("afterwards the server says %d %s", status, body)
	}
	h.balanced(t)
}

// badFrames says wrong things on a good socket; each gets an error, and the socket goes on.
func (h *house) badFrames(t *testing.T, lan *rig.Client) {
	t.Helper()
	conn, status := upgrade(t, lan, h.URL())
	if status != http.StatusSwitchingProtocols {
		t.Fatalf("the desk answers %d", status)
	}
	must(t, conn.SetReadDeadline(time.Now().Add(rig.Patience)))
	say := func(text string) { must(t, conn.WriteMessage(websocket.TextMessage, []byte(text))) }
	await := func(typ string) wire.Frame {
		for {
			var f wire.Frame
			if err := conn.ReadJSON(&f); err != nil {
				t.Fatalf("waiting for %s: %v", typ, err)
			}
			if f.Type == typ {
				return f
			}
		}
	}
	say(fmt.Sprintf(`{"type":"hello","body":{"protocol":%d,"desk":"d-1","last_seq":0}}`, wire.Protocol))
	await(wire.TypeWelcome)
	for _, row := range []struct{ text, code string }{
		{`{"type": "ready"`, "bad_frame"},
		{`[]`, "bad_frame"},
		{`{"type":"accept","id":1,"body":{"offer":7}}`, "bad_frame"},
		{`{"type":"accept","id":2,"body":{"offer":"none"}}`, ""},
		{`{"type":"hangup","id":3,"body":{"call":"none"}}`, ""},
		{`{"type":"sing","id":4}`, ""},
	} {
		say(row.text)
		var e wire.Error
		must(t, json.Unmarshal(await(wire.TypeError).Body, &e))
		if e.Code == "" || e.Message == "" || row.code != "" && e.Code != row.code {
			t.Errorf("%s: %+v, want code %q", row.text, e, row.code)
		}
	}
	say(`{"type":"heartbeat","body":{"client_at":1,"mic":false}}`)
	await(wire.TypeHeartbeatAck)
}

// TestBadConfiguration names every problem of a file at once and ends with 3.
func TestBadConfiguration(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "callstamp.yaml")
	must(t, os.WriteFile(file, []byte("http: {lisen: 127.0.0.1:1}\nsip: {t1: fast}\nmedia: {rtp_ports: 5-4}\nlog: {level: loud}\n"), 0o600))
	code, out := command(t, "serve", "--config", file)
	if code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
	for _, key := range []string{"http.lisen", "sip.t1", "media.rtp_ports", "log.level"} {
		if !strings.Contains(out, key) {
			t.Errorf("%s is not named in:\n%s", key, out)
		}
	}
}
