package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/alexedwards/scs/v2/memstore"
	"golang.org/x/crypto/argon2"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// password is everybody's.
const password = "correct horse"

// passwordHash is a cheap one: real parameters take 50 ms and more.
func passwordHash() string {
	salt, b64 := []byte("somesalt"), base64.RawStdEncoding
	return "$argon2id$v=19$m=64,t=1,p=1$" + b64.EncodeToString(salt) + "$" + b64.EncodeToString(argon2.IDKey([]byte(password), salt, 1, 64, 1, 32))
}

// accounts are one user of each role, whose login is the role's name.
type accounts map[string]User

func everyRole() accounts {
	a := accounts{}
	for _, role := range []string{RoleAgent, RoleSupervisor, RoleManager, RoleAdmin} {
		a[role] = User{ID: stamp.AgentID("u-" + role), Login: role, Name: role, Role: role, Language: "en", Hash: passwordHash(), Active: true}
	}
	return a
}

func (a accounts) UserByLogin(_ context.Context, login string) (User, error) {
	if u, ok := a[login]; ok {
		return u, nil
	}
	return User{}, ErrNoUser
}

func (a accounts) User(_ context.Context, id stamp.AgentID) (User, error) {
	return a.UserByLogin(context.Background(), strings.TrimPrefix(string(id), "u-"))
}

// calls remembers what was asked of it; a call named "busy" is never able to.
type calls struct {
	mu    sync.Mutex
	asked []call.Input
	hold  chan struct{} // not nil: Ask waits for it
	shown []stamp.AgentID
}

func (c *calls) Ask(_ context.Context, id stamp.ID, in call.Input) error {
	c.mu.Lock()
	c.asked = append(c.asked, in)
	hold := c.hold
	c.mu.Unlock()
	if hold != nil {
		<-hold
	}
	if id == "busy" {
		return call.ErrIllegal{Phase: stamp.PhaseTalking, Input: in}
	}
	return nil
}

func (c *calls) Show(agent stamp.AgentID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shown = append(c.shown, agent)
}

func (c *calls) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.asked)
}

func (c *calls) inputs() []call.Input {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]call.Input(nil), c.asked...)
}

// floor answers with one presence and remembers what it was told.
type floor struct {
	mu       sync.Mutex
	presence *acd.Presence
	told     []acd.Input
	beats    int
	page     []string // here, away
	doubted  []stamp.AgentID
}

func (f *floor) Login(context.Context, stamp.AgentID, []stamp.QueueID) (acd.Presence, error) {
	return acd.Presence{}, nil
}

func (f *floor) Tell(_ context.Context, _ stamp.AgentID, in acd.Input) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = append(f.told, in)
	return nil
}

func (f *floor) Beat(time.Time, stamp.AgentID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.beats++
	f.page = append(f.page, "here")
}

func (f *floor) Away(stamp.AgentID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.page = append(f.page, "away")
}

func (f *floor) Presence(context.Context, stamp.AgentID) (acd.Presence, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.presence == nil {
		return acd.Presence{}, false, nil
	}
	return *f.presence, true, nil
}

// sound is connected, and tells the floor so when asked.
type sound struct{ floor *floor }

func (sound) Answer(_ stamp.AgentID, offer string) (string, error) {
	if offer == "bad" {
		return "", errors.New("no DTLS fingerprint")
	}
	return "answer to " + offer, nil
}
func (sound) Leave(stamp.AgentID) {}
func (s sound) Doubt(agent stamp.AgentID) {
	s.floor.mu.Lock()
	defer s.floor.mu.Unlock()
	s.floor.doubted = append(s.floor.doubted, agent)
}
func (s sound) Report(agent stamp.AgentID) {
	_ = s.floor.Tell(context.Background(), agent, acd.Seat{Up: true})
}

type directory struct{}

func (directory) Party(stamp.PartyID) wire.Party { return wire.Party{Number: "+84900000001"} }
func (directory) Queue(id stamp.QueueID) wire.Named {
	return wire.Named{ID: string(id), Name: "Support"}
}
func (directory) Campaign(id stamp.CampaignID) wire.Named {
	return wire.Named{ID: string(id), Name: "Renewal"}
}
func (directory) QueuesOf(stamp.AgentID) []wire.Named {
	return []wire.Named{{ID: "support", Name: "Support"}}
}
func (directory) Dispositions() []wire.Disposition {
	return []wire.Disposition{{Code: "resolved", Names: map[string]string{"en": "Resolved"}}}
}

type journal struct {
	mu    sync.Mutex
	sides []stamp.Side
}

func (j *journal) Record(_ []stamp.Stamp, sides []stamp.Side) uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sides = append(j.sides, sides...)
	return 0
}

func (j *journal) notes() []stamp.Side {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]stamp.Side(nil), j.sides...)
}

// pictures gives every watcher what is sent to the channel.
type pictures chan wire.Live

func (p pictures) Watch(ctx context.Context) <-chan wire.Live {
	out := make(chan wire.Live, 1)
	go func() {
		defer close(out)
		for {
			select {
			case <-ctx.Done():
				return
			case v, more := <-p:
				if !more {
					return
				}
				out <- v
			}
		}
	}()
	return out
}

// reports has one call, whose id is "there".
type reports struct{ asked *Query }

func (reports) Catalogue() []wire.KPI {
	return []wire.KPI{{ID: "in.wait", Names: map[string]string{"en": "Wait"}}}
}

func (r reports) Report(_ context.Context, q Query) (wire.Report, error) {
	if r.asked != nil {
		*r.asked = q
	}
	return wire.Report{Zone: q.Zone, Group: q.Group}, nil
}

func (r reports) Behind(_ context.Context, id string, q Query) ([]wire.CallRow, error) {
	if r.asked != nil {
		*r.asked = q
	}
	if id != "in.sl_off(T)" && id != "in.wait" {
		return nil, ErrUnknown("KPI", id)
	}
	return []wire.CallRow{{ID: "there", Party: "+84900000123"}}, nil
}

func (reports) Calls(context.Context, Query) ([]wire.CallRow, error) {
	return []wire.CallRow{{ID: "there", Party: "+84900000123"}}, nil
}

func (reports) Call(_ context.Context, id string) (wire.CallDetail, error) {
	switch id {
	case "there":
		return wire.CallDetail{CallRow: wire.CallRow{ID: id, Party: "+84900000123"}}, nil
	case "panic":
		panic("a fault")
	}
	return wire.CallDetail{}, ErrUnknown("call", id)
}

type runs struct{}

func (runs) List(context.Context) ([]wire.Campaign, error) { return []wire.Campaign{}, nil }
func (runs) Start(_ context.Context, id string) (wire.Campaign, error) {
	return wire.Campaign{ID: id, State: "running"}, nil
}
func (runs) Stop(_ context.Context, id string) (wire.Campaign, error) {
	return wire.Campaign{ID: id, State: "stopped"}, nil
}

type health struct {
	stuck    error
	degraded []wire.Degraded
}

func (h health) Alive() error              { return h.stuck }
func (h health) Degraded() []wire.Degraded { return h.degraded }

// house is a server on a socket with its neighbours at hand.
type house struct {
	*testing.T
	calls    calls
	floor    floor
	journal  journal
	book     book
	pictures pictures
	asked    Query
	tapes    tapesHere
	desks    *Desks
	server   *Server
	http     *httptest.Server
	log      *bytes.Buffer // read it after the server is closed
}

// open starts a server; change may put other neighbours in place.
func open(t *testing.T, change func(*Deps)) *house {
	t.Helper()
	h := &house{T: t, pictures: make(pictures), log: &bytes.Buffer{}}
	log := slog.New(slog.NewTextHandler(h.log, nil))
	h.desks = NewDesks(DeskDeps{
		Org: "acme", Clock: stamp.NewClock(time.Now(), 1), Calls: &h.calls, Floor: &h.floor, Sound: sound{&h.floor},
		Directory: directory{}, People: names{}, Lines: guarded{}, Reasons: reasons, Journal: &h.journal, Log: log, Version: "v1",
	})
	d := Deps{
		Accounts: everyRole(), Sessions: memstore.NewWithCleanupInterval(0), Desks: h.desks, Live: h.pictures, Reports: reports{&h.asked},
		Campaigns: runs{}, Recordings: &h.tapes, Policies: &h.tapes, Surveys: &survey{}, Asking: &survey{}, OptOuts: &survey{}, Routing: Routing{&h.book, &h.book, &h.book, &h.book}, Ways: Ways{&h.book, &h.book, &h.book, &h.book}, Front: Front{&h.book, &h.book}, Park: parkOf{}, Targets: targetsOf{}, Health: health{}, Metrics: http.NotFoundHandler(), Version: "v1", Log: log,
		Zone: func(context.Context) string { return "Asia/Ho_Chi_Minh" },
		Assets: fstest.MapFS{
			"index.html": {Data: []byte("<!doctype html>")}, "assets/app-1a2b.js": {Data: []byte("1")}, "mark.svg": {Data: []byte("<svg/>")},
		},
	}
	if change != nil {
		change(&d)
	}
	s, err := New(d)
	if err != nil {
		t.Fatal(err)
	}
	s.logins.dummy = passwordHash()
	h.server, h.http = s, httptest.NewUnstartedServer(s.Handler())
	h.http.Config.ReadTimeout = 30 * time.Second
	h.http.Start()
	t.Cleanup(h.http.Close)
	return h
}

var _ scs.Store = (*memstore.MemStore)(nil)

// request sends one request; cookie "" is nobody's.
func (h *house) request(method, path, cookie string, body any) *http.Response {
	h.Helper()
	var b io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			h.Fatal(err)
		}
		b = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(h.Context(), method, h.http.URL+path, b)
	if err != nil {
		h.Fatal(err)
	}
	r.Header.Set("X-Callstamp", "1")
	r.Header.Set("Content-Type", "application/json")
	return h.do(r, cookie)
}

func (h *house) do(r *http.Request, cookie string) *http.Response {
	h.Helper()
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	a, err := h.http.Client().Do(r)
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() { _ = a.Body.Close() })
	return a
}

// login returns the session's cookie.
func (h *house) login(login string) string {
	h.Helper()
	a := h.request(http.MethodPost, "/api/login", "", wire.Login{Login: login, Password: password})
	if a.StatusCode != http.StatusOK || len(a.Cookies()) != 1 {
		h.Fatalf("log in %s: %s, %d cookies", login, a.Status, len(a.Cookies()))
	}
	return a.Cookies()[0].Name + "=" + a.Cookies()[0].Value
}

// problem reads an answer that must be one of our problems.
func (h *house) problem(a *http.Response) Problem {
	h.Helper()
	var p Problem
	d := json.NewDecoder(a.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		h.Fatalf("%s: no problem: %v", a.Status, err)
	}
	if p.Status != a.StatusCode || p.Code == "" || p.Detail == "" || a.Header.Get("Content-Type") != "application/problem+json" {
		h.Errorf("%s (%s): an unfinished problem: %+v", a.Status, a.Header.Get("Content-Type"), p)
	}
	return p
}
