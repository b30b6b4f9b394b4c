package api

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// book remembers what was written; only what is called "there" is there.
type book struct {
	mu    sync.Mutex
	wrote []any
}

func (b *book) write(what string, v any) error {
	if what != "there" {
		return ErrUnknown("thing", what)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrote = append(b.wrote, v)
	return nil
}

func (b *book) last() any {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.wrote) == 0 {
		return nil
	}
	return b.wrote[len(b.wrote)-1]
}

func (b *book) QueueRules(context.Context) ([]wire.QueueRouting, error) {
	return []wire.QueueRouting{{Queue: wire.Named{ID: "there"}}}, nil
}

func (b *book) PutQueueRules(_ context.Context, id string, q wire.QueueRouting) (wire.QueueRouting, error) {
	return q, b.write(id, q)
}
func (b *book) Skills(context.Context) ([]wire.Skill, error)   { return []wire.Skill{}, nil }
func (b *book) PutSkill(_ context.Context, k wire.Skill) error { return b.write(k.ID, k) }
func (b *book) DeleteSkill(_ context.Context, id string) error { return b.write(id, "deleted") }
func (b *book) Agents(context.Context) ([]wire.AgentRouting, error) {
	return []wire.AgentRouting{}, nil
}
func (b *book) SetAgentSkills(_ context.Context, id string, s []wire.Able) error {
	return b.write(id, s)
}
func (b *book) Reasons(context.Context) ([]wire.AuxReason, error)   { return reasons(), nil }
func (b *book) PutReason(_ context.Context, r wire.AuxReason) error { return b.write(r.Code, r) }
func (b *book) Callers(context.Context) ([]wire.Caller, error)      { return []wire.Caller{}, nil }
func (b *book) PutCaller(_ context.Context, c wire.Caller) error    { return b.write("there", c) }
func (b *book) DeleteCaller(_ context.Context, number string) error { return b.write("there", number) }

// reasons are those of the tests.
func reasons() []wire.AuxReason {
	return []wire.AuxReason{{Code: "break", LimitUS: 900e6, Paid: true}, {Code: "lunch"}, {Code: "meeting", Paid: true}, {Code: "training", Paid: true}}
}

const someRouting = `{"strategy":"ring_all","head_start_us":0,"vip_us":0,"ring":2,"last_agent_us":0,
	"blend":{"max_wait_us":0,"min_level":0,"min_free":0},
	"wrap":{"missed_us":0,"transferred_us":-1,"most_us":0,"code":"","ready":true},"needs":[],"team":[{"agent":"an","position":0,"weight":1}]}`

// What managers write reaches the book as it was written, and what makes no
// sense does not reach it.
func TestRoutingIsWritten(t *testing.T) {
	h := open(t, nil)
	cookie := h.login(RoleManager)
	for _, c := range []struct {
		request, body string
		status        int
		want          any
	}{
		{"PUT /api/queues/there/routing", someRouting, http.StatusOK, wire.QueueRouting{
			Strategy: "ring_all", Ring: 2, Wrap: wire.WrapRule{TransferredUS: -1, Ready: true}, Needs: []wire.Need{}, Team: []wire.QueueMember{{Agent: "an", Weight: 1}},
		}},
		{"PUT /api/queues/gone/routing", someRouting, http.StatusNotFound, nil},
		{"PUT /api/queues/there/routing", `{"strategy":"loudest"}`, http.StatusUnprocessableEntity, nil},
		{"PUT /api/skills/there", `{"name":"English"}`, http.StatusNoContent, wire.Skill{ID: "there", Name: "English"}},
		{"PUT /api/skills/there", `{"name":""}`, http.StatusUnprocessableEntity, nil},
		{"DELETE /api/skills/gone", "", http.StatusNotFound, nil},
		{"PUT /api/agents/there/skills", `[{"skill":"en","level":7}]`, http.StatusNoContent, []wire.Able{{Skill: "en", Level: 7}}},
		{"PUT /api/agents/there/skills", `[{"skill":"en","level":11}]`, http.StatusUnprocessableEntity, nil},
		{"PUT /api/aux-reasons/there", `{"names":{"en":"Tea","vi":"Trà","zh-Hant":"茶"},"paid":true,"limit_us":600000000}`, http.StatusNoContent,
			wire.AuxReason{Code: "there", Names: map[string]string{"en": "Tea", "vi": "Trà", "zh-Hant": "茶"}, LimitUS: 600e6, Paid: true}},
		{"PUT /api/aux-reasons/there", `{"names":{"en":"Tea","vi":"Trà"},"paid":true}`, http.StatusBadRequest, nil},
		{"PUT /api/callers/+84900000001", `{"vip":true,"agent":"an"}`, http.StatusNoContent, wire.Caller{Number: "+84900000001", VIP: true, Agent: "an"}},
		{"PUT /api/callers/everybody", `{"vip":true}`, http.StatusUnprocessableEntity, nil},
		{"DELETE /api/callers/+84900000001", "", http.StatusNoContent, "+84900000001"},
	} {
		h.book.mu.Lock()
		h.book.wrote = nil
		h.book.mu.Unlock()
		method, path, _ := strings.Cut(c.request, " ")
		a := h.sent(method, path, cookie, c.body)
		if a.StatusCode != c.status {
			t.Errorf("%s %s: %d, want %d", c.request, c.body, a.StatusCode, c.status)
		}
		if got := h.book.last(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s wrote %+v, want %+v", c.request, got, c.want)
		}
	}
}

// A supervisor's word is told to the Floor with who said it.
func TestForce(t *testing.T) {
	h := open(t, nil)
	cookie := h.login(RoleSupervisor)
	for body, want := range map[string]acd.Force{
		`{"state":"ready"}`: {To: stamp.StateReady, By: "u-supervisor"},
		`{"state":"paused","reason":"lunch","after":true}`: {To: stamp.StatePaused, Pause: acd.Pause{Reason: "lunch", Unpaid: true}, By: "u-supervisor", After: true},
		`{"state":"paused","reason":"break"}`:              {To: stamp.StatePaused, Pause: acd.Pause{Reason: "break", LimitUS: 900e6}, By: "u-supervisor"},
		`{"state":"offline"}`:                              {To: stamp.StateOffline, By: "u-supervisor"},
	} {
		if a := h.sent(http.MethodPost, "/api/agents/an/state", cookie, body); a.StatusCode != http.StatusNoContent {
			t.Errorf("%s: %d", body, a.StatusCode)
		}
		h.floor.mu.Lock()
		got := h.floor.told[len(h.floor.told)-1]
		h.floor.mu.Unlock()
		if got != acd.Input(want) {
			t.Errorf("%s told %+v, want %+v", body, got, want)
		}
	}
	for body, status := range map[string]int{`{"state":"paused","reason":"siesta"}`: http.StatusNotFound, `{"state":"talking"}`: http.StatusUnprocessableEntity} {
		if a := h.sent(http.MethodPost, "/api/agents/an/state", cookie, body); a.StatusCode != status {
			t.Errorf("%s: %d, want %d", body, a.StatusCode, status)
		}
	}
}

// sent is request with the body as text.
func (h *house) sent(method, path, cookie, body string) *http.Response {
	h.Helper()
	if body == "" {
		return h.request(method, path, cookie, nil)
	}
	return h.request(method, path, cookie, json.RawMessage(body))
}
