package api

import (
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// tab is a page's side of the desk's WebSocket.
type tab struct {
	*house
	conn *websocket.Conn
	id   uint64 // of the last command
}

// dial opens a WebSocket with extra headers.
func (h *house) dial(cookie string, extra http.Header) (*websocket.Conn, *http.Response, error) {
	h.Helper()
	header := extra.Clone()
	if header == nil {
		header = http.Header{}
	}
	if cookie != "" {
		header.Set("Cookie", cookie)
	}
	conn, answer, err := websocket.DefaultDialer.DialContext(h.Context(), "ws"+strings.TrimPrefix(h.http.URL, "http")+"/api/desk", header)
	if err == nil {
		h.Cleanup(func() { _ = conn.Close() })
	}
	if answer != nil {
		h.Cleanup(func() { _ = answer.Body.Close() })
	}
	return conn, answer, err
}

// sit opens a page at the agent's desk.
func (h *house) sit(cookie string, hello wire.Hello) (*tab, wire.Welcome) {
	h.Helper()
	var conn *websocket.Conn
	h.until("a page may connect", func() (ok bool) { // a user may send 100 requests a second
		c, res, err := h.dial(cookie, nil)
		if err != nil && (res == nil || res.StatusCode != http.StatusTooManyRequests) {
			h.Fatal(err)
		}
		conn = c
		return err == nil
	})
	t := &tab{house: h, conn: conn}
	hello.Protocol = wire.Protocol
	t.write(frame(wire.TypeHello, hello))
	var w wire.Welcome
	f := t.want(wire.TypeWelcome)
	if err := decode(f.Body, &w); err != nil {
		h.Fatal(err)
	}
	t.id = w.NextID - 1
	return t, w
}

func (t *tab) write(f wire.Frame) {
	t.Helper()
	if err := t.conn.WriteJSON(f); err != nil {
		t.Fatal(err)
	}
}

func (t *tab) read() (wire.Frame, error) {
	t.Helper()
	if err := t.conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	var f wire.Frame
	err := t.conn.ReadJSON(&f)
	return f, err
}

// want reads the next frame, which must be of the type.
func (t *tab) want(typ string) wire.Frame {
	t.Helper()
	f, err := t.read()
	if err != nil {
		t.Fatalf("wait for %s: %v", typ, err)
	}
	if f.Type != typ {
		t.Fatalf("got %s %s, want %s", f.Type, f.Body, typ)
	}
	return f
}

// closed reads on until the connection is closed, and returns its code.
func (t *tab) closed() int {
	t.Helper()
	for {
		_, err := t.read()
		if e, ok := errors.AsType[*websocket.CloseError](err); ok {
			return e.Code
		}
		if err != nil {
			t.Fatalf("closed without a code: %v", err)
		}
	}
}

// command sends the next command and returns its answer, which must be the
// next frame; the error frame's code, "" for done.
func (t *tab) command(typ string, body any) (code string) {
	t.Helper()
	t.id++
	f := frame(typ, body)
	f.ID = t.id
	t.write(f)
	return t.answer(t.id)
}

func (t *tab) answer(id uint64) (code string) {
	t.Helper()
	f, err := t.read()
	if err != nil {
		t.Fatal(err)
	}
	if f.ID != id {
		t.Fatalf("an answer to %d, not to %d: %s %s", f.ID, id, f.Type, f.Body)
	}
	switch f.Type {
	case wire.TypeDone, wire.TypeMediaAnswer:
		return ""
	case wire.TypeError:
		var e wire.Error
		if err := decode(f.Body, &e); err != nil || e.Message == "" {
			t.Errorf("error frame %s: %v", f.Body, err)
		}
		return e.Code
	}
	t.Fatalf("answered by %s", f.Type)
	return ""
}

const me stamp.AgentID = "u-agent"

// talk puts the agent into a call's first segment.
func (h *house) talk(id stamp.ID) {
	h.desks.Show(call.Seat{Agent: me}, call.View{Call: id, Phase: stamp.PhaseTalking, Segment: 1})
}

func TestDoorOfTheDesk(t *testing.T) {
	h := open(t, func(d *Deps) { d.Origins = []string{"https://crm.example"} })
	agent := h.login(RoleAgent)
	for name, tt := range map[string]struct {
		origin string
		status int
	}{
		"our own page":                   {h.http.URL, http.StatusSwitchingProtocols},
		"an allowed origin":              {"https://crm.example", http.StatusSwitchingProtocols},
		"no browser":                     {"", http.StatusSwitchingProtocols},
		"another site":                   {"https://evil.example", http.StatusForbidden},
		"the allowed one's other scheme": {"http://crm.example", http.StatusForbidden},
		"no page at all":                 {"null", http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			for _, cookie := range []string{agent, ""} { // a foreign page learns nothing about sessions
				extra := http.Header{}
				if tt.origin != "" {
					extra.Set("Origin", tt.origin)
				}
				_, answer, err := h.dial(cookie, extra)
				if answer == nil {
					t.Fatal(err)
				}
				if answer.StatusCode != tt.status {
					t.Errorf("%s, want %d", answer.Status, tt.status)
				}
			}
		})
	}
}

func TestNobodySitsDown(t *testing.T) {
	h := open(t, nil)
	if p := h.problem(h.request(http.MethodGet, "/api/desk", "", nil)); p.Status != http.StatusUnauthorized {
		t.Errorf("a plain request: %+v", p)
	}
	for name, cookie := range map[string]string{"no cookie": "", "a made-up token": "callstamp=" + strings.Repeat("a", 43)} {
		t.Run(name, func(t *testing.T) {
			conn, _, err := h.dial(cookie, nil)
			if err != nil {
				t.Fatal(err)
			}
			if code := (&tab{house: h, conn: conn}).closed(); code != wire.CloseUnauthorized {
				t.Errorf("closed with %d", code)
			}
		})
	}
	if p := h.problem(h.request(http.MethodGet, "/api/desk", h.login(RoleAgent), nil)); p.Code != string(codeBadFrame) {
		t.Errorf("no WebSocket: %+v", p)
	}
}

func TestHelloComesFirst(t *testing.T) {
	h := open(t, nil)
	agent := h.login(RoleAgent)
	for name, first := range map[string]string{
		"a command":            `{"type":"ready","id":1}`,
		"another protocol":     `{"type":"hello","body":{"protocol":2,"desk":"d","last_seq":0}}`,
		"no desk":              `{"type":"hello","body":{"protocol":1,"desk":"","last_seq":0}}`,
		"an unknown field":     `{"type":"hello","body":{"protocol":1,"desk":"d","last_seq":0,"who":"me"}}`,
		"a desk without end":   `{"type":"hello","body":{"protocol":1,"desk":"` + strings.Repeat("d", 65) + `","last_seq":0}}`,
		"no JSON":              `hello`,
		"two values":           `{"type":"hello"} {}`,
		"a hello without body": `{"type":"hello"}`,
	} {
		t.Run(name, func(t *testing.T) {
			conn, _, err := h.dial(agent, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := conn.WriteMessage(websocket.TextMessage, []byte(first)); err != nil {
				t.Fatal(err)
			}
			if code := (&tab{house: h, conn: conn}).closed(); code != wire.CloseProtocol {
				t.Errorf("closed with %d", code)
			}
		})
	}
}

func TestWelcomeHasAllThatAPageNeeds(t *testing.T) {
	h := open(t, nil)
	h.floor.presence = &acd.Presence{Seat: call.Seat{Agent: me}, State: stamp.StateReady, Sound: true}
	before := time.Now().UnixMicro()
	_, w := h.sit(h.login(RoleAgent), wire.Hello{Desk: "d1"})
	if w.Now < before || w.Now > time.Now().UnixMicro() {
		t.Errorf("now is %d", w.Now)
	}
	w.Now = 0
	want := wire.Welcome{
		Agent:  wire.Agent{ID: string(me), Name: "agent", Role: RoleAgent, Language: "en"},
		Server: "v1", NextID: 1, Presence: wire.Presence{State: stamp.StateReady, Seat: true},
		Queues: directory{}.QueuesOf(me), Dispositions: directory{}.Dispositions(), PauseReasons: []string{"break", "lunch", "meeting", "training"},
		AuxReasons: reasons(),
	}
	if !reflect.DeepEqual(w, want) {
		t.Errorf("got  %+v\nwant %+v", w, want)
	}
	if !slices.Equal(h.calls.shown, []stamp.AgentID{me}) {
		t.Errorf("the calls were not asked to show themselves: %v", h.calls.shown)
	}
}

// What a page sends that is no frame is refused; the page lives on.
func TestBadFramesLeaveThePageAlive(t *testing.T) {
	h := open(t, nil)
	page, _ := h.sit(h.login(RoleAgent), wire.Hello{Desk: "d1"})
	for _, bad := range []string{
		`{`, `[]`, `null`, `"ready"`, `{"id":1}`, `{"type":""}`, `{"type":"ready","id":-1}`, `{"type":"ready","id":1,"more":1}`,
		`{"type":"ready","id":1}{"type":"ready","id":2}`, "\xff\xfe", `{"type":7}`,
	} {
		if err := page.conn.WriteMessage(websocket.TextMessage, []byte(bad)); err != nil {
			t.Fatal(err)
		}
		if code := page.answer(0); code != string(codeBadFrame) {
			t.Errorf("%s: %s", bad, code)
		}
	}
	if err := page.conn.WriteMessage(websocket.BinaryMessage, []byte(`{"type":"ready","id":1}`)); err != nil {
		t.Fatal(err)
	}
	if code := page.answer(0); code != string(codeBadFrame) {
		t.Errorf("binary: %s", code)
	}
	if code := page.command(wire.TypeReady, nil); code != "" {
		t.Errorf("the page is dead: %s", code)
	}
}

func TestTooManyFrames(t *testing.T) {
	h := open(t, nil)
	page, _ := h.sit(h.login(RoleAgent), wire.Hello{Desk: "d1"})
	for range 4 * framesPerSec { // two whole seconds' worth can't fit into what is let through
		if page.conn.WriteJSON(frame(wire.TypeHeartbeat, wire.Heartbeat{})) != nil {
			break // closed already
		}
	}
	if code := page.closed(); code != wire.CloseTooFast {
		t.Errorf("closed with %d", code)
	}
}

func TestLongFrameEndsThePage(t *testing.T) {
	h := open(t, nil)
	page, _ := h.sit(h.login(RoleAgent), wire.Hello{Desk: "d1"})
	long := frame(wire.TypeNote, wire.Note{Text: strings.Repeat("a", 1<<20)})
	_ = page.conn.WriteJSON(long) // the server may close while we write
	if code := page.closed(); code != websocket.CloseMessageTooBig {
		t.Errorf("closed with %d", code)
	}
}

func TestHeartbeat(t *testing.T) {
	h := open(t, nil)
	page, _ := h.sit(h.login(RoleAgent), wire.Hello{Desk: "d1"})
	page.write(frame(wire.TypeHeartbeat, wire.Heartbeat{ClientAt: 42, Mic: true}))
	var ack wire.HeartbeatAck
	f := page.want(wire.TypeHeartbeatAck)
	if err := decode(f.Body, &ack); err != nil || ack.ClientAt != 42 || ack.ServerAt == 0 || f.Seq != 0 || f.ID != 0 {
		t.Errorf("%+v %+v %v", f, ack, err)
	}
	h.floor.mu.Lock()
	defer h.floor.mu.Unlock()
	if h.floor.beats != 2 { // the hello is one
		t.Errorf("%d beats reached the floor", h.floor.beats)
	}
}
