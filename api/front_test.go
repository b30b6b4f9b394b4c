package api

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/api/wire"
)

func (b *book) Front(context.Context) (wire.Front, error) {
	return wire.Front{Routes: []wire.Route{}, Hours: []wire.Hours{}, Menus: []wire.Menu{}, Doors: []wire.Door{}, Problems: []wire.FrontProblem{{Where: "menu main", What: "mute"}}}, nil
}

func (b *book) Put(_ context.Context, thing any) error {
	switch w := thing.(type) {
	case wire.Route:
		return b.write(w.ID, w)
	case wire.Hours:
		return b.write(w.ID, w)
	case wire.Menu:
		return b.write(w.ID, w)
	case wire.Door:
		return b.write(w.Queue, w)
	}
	return ErrUnknown("thing", "")
}

func (b *book) Remove(_ context.Context, kind, id string) error { return b.write(id, kind+" removed") }

func (b *book) Prompts(context.Context) ([]wire.Prompt, error) { return []wire.Prompt{}, nil }

func (b *book) PutPrompt(_ context.Context, language, name string, wav []byte) (wire.Prompt, error) {
	return wire.Prompt{Language: language, Name: name, Version: 1, LengthUS: int64(len(wav))}, b.write("there", name)
}

const someDoor = `{"hours":"","closed":"hangup","max_size":3,"full":"","join":"","stay":"logged_in","empty":"","max_wait_us":0,"overflow":"",
	"keys":{},"welcome":"","music":"","announce_every_us":0,"announce_position":false,"announce_wait":false,"comfort":"",
	"callback":{"key":"1","trunk":"","tries":3,"gap_us":600000000}}`

// What managers put reaches who keeps it whole, under the id of its address.
func TestFrontIsWritten(t *testing.T) {
	h := open(t, nil)
	cookie := h.login(RoleManager)
	for _, c := range []struct {
		request, body string
		status        int
		want          any
	}{
		{"PUT /api/routes/there", `{"name":"Hotline","position":1,"trunk":"","pattern":"1900","to":"menu:main","head_start_us":0,"vip":false,"active":true}`,
			http.StatusNoContent, wire.Route{ID: "there", Name: "Hotline", Position: 1, Pattern: "1900", To: "menu:main", Active: true}},
		{"PUT /api/routes/there", `{"name":"Hotline","position":1,"trunk":"","pattern":"call me","to":"hangup","head_start_us":0,"vip":false,"active":true}`,
			http.StatusUnprocessableEntity, nil},
		{"PUT /api/hours/there", `{"name":"Shop","zone":"Asia/Ho_Chi_Minh","weekly":{"mon":["08:00-12:00"]},"dates":[{"date":"2027-02-06","name":"Tết","open":[]}]}`,
			http.StatusNoContent, wire.Hours{
				ID: "there", Name: "Shop", Zone: "Asia/Ho_Chi_Minh", Weekly: map[string][]string{"mon": {"08:00-12:00"}},
				Dates: []wire.HoursDate{{Date: "2027-02-06", Name: "Tết", Open: []string{}}},
			}},
		{"PUT /api/menus/there", `{"name":"Main","language":"","prompt":"hello","timeout_us":5000000,"retries":2,"invalid":"","silent":"","failed":"hangup","operator":"","options":{"1":"queue:sales"}}`,
			http.StatusNoContent, wire.Menu{ID: "there", Name: "Main", Prompt: "hello", TimeoutUS: 5e6, Retries: 2, Failed: "hangup", Options: map[string]string{"1": "queue:sales"}}},
		{"PUT /api/doors/there", someDoor, http.StatusNoContent,
			wire.Door{Queue: "there", Closed: "hangup", MaxSize: 3, Stay: "logged_in", Keys: map[string]string{}, Callback: wire.Callback{Key: "1", Tries: 3, GapUS: 600e6}}},
		{"PUT /api/doors/gone", someDoor, http.StatusNotFound, nil},
		{"DELETE /api/routes/there", "", http.StatusNoContent, "route removed"},
		{"DELETE /api/hours/there", "", http.StatusNoContent, "hours removed"},
		{"DELETE /api/menus/there", "", http.StatusNoContent, "menu removed"},
		{"DELETE /api/doors/there", "", http.StatusNoContent, "door removed"},
		{"DELETE /api/menus/gone", "", http.StatusNotFound, nil},
		{"PUT /api/prompts/zh-Hant?name=queue-closed", `"RIFF"`, http.StatusOK, "queue-closed"},
		{"PUT /api/prompts/zh-Hant?name=../secret", `"RIFF"`, http.StatusUnprocessableEntity, nil},
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
