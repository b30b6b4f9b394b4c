package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
)

// Managers see numbers whole, supervisors the last three digits.
func TestNumbersAreMasked(t *testing.T) {
	h := open(t, nil)
	for role, want := range map[string]string{RoleSupervisor: "•••••••••123", RoleManager: "+84900000123", RoleAdmin: "+84900000123"} {
		cookie := h.login(role)
		for _, path := range []string{"/api/calls", "/api/kpi/in.wait/calls", "/api/calls/there", "/api/kpi/" + url.PathEscape("in.sl_off(T)") + "/calls"} {
			a := h.request(http.MethodGet, path, cookie, nil)
			var rows []wire.CallRow
			if path == "/api/calls/there" {
				var d wire.CallDetail
				read(t, a, &d)
				rows = []wire.CallRow{d.CallRow}
			} else {
				read(t, a, &rows)
			}
			if len(rows) != 1 || rows[0].Party != want {
				t.Errorf("%s for a %s: %+v", path, role, rows)
			}
		}
	}
}

func read(t *testing.T, a *http.Response, into any) {
	t.Helper()
	d := json.NewDecoder(a.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v", a.Status, err)
	}
}

func TestMask(t *testing.T) {
	for number, want := range map[string]string{"": "", "12": "12", "123": "123", "1234": "•234", "sip:Bảo": "••••Bảo"} {
		if got := Mask(number); got != want {
			t.Errorf("Mask(%q) = %q, want %q", number, got, want)
		}
	}
}

func TestQuery(t *testing.T) {
	h := open(t, nil)
	supervisor := h.login(RoleSupervisor)
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	before := time.Now()
	read(t, h.request(http.MethodGet, "/api/kpi", supervisor, nil), &wire.Report{})
	q := h.asked
	y, m, d := q.To.In(zone).Date()
	if today := time.Date(y, m, d, 0, 0, 0, 0, zone); !q.From.Equal(today) || q.To.Before(before) || q.Zone != zone.String() || q.Group != "none" || q.Limit != 200 {
		t.Errorf("asked for nothing: %+v", q)
	}
	read(t, h.request(http.MethodGet, "/api/kpi?from=2026-11-01T00:00:00%2B07:00&to=2026-11-08T00:00:00%2B07:00&group=hour&key=k&ids=in.wait,v.csat&zone=UTC&limit=7", supervisor, nil), &wire.Report{})
	q = h.asked
	if q.Zone != "UTC" || q.Group != "hour" || q.Key != "k" || len(q.IDs) != 2 || q.IDs[1] != "v.csat" || q.Limit != 7 || q.To.Sub(q.From) != 7*24*time.Hour {
		t.Errorf("%+v", q)
	}
	read(t, h.request(http.MethodGet, "/api/kpi/in.wait/calls?from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z&zone=UTC&key=k&limit=500", supervisor, nil), &[]wire.CallRow{})
	if q = h.asked; q.Key != "k" || q.Limit != 500 || q.To.Sub(q.From) != 24*time.Hour {
		t.Errorf("the calls behind a number: %+v", q)
	}
	for query, status := range map[string]int{
		"zone=Mars/Olympus":         http.StatusNotFound,
		"from=yesterday":            http.StatusUnprocessableEntity,
		"group=colour":              http.StatusUnprocessableEntity,
		"limit=501":                 http.StatusUnprocessableEntity,
		"form=2026-11-01T00:00:00Z": http.StatusUnprocessableEntity,
		"from=2026-11-02T00:00:00Z&to=2026-11-02T00:00:00Z":                http.StatusBadRequest,
		"from=2026-01-01T00:00:00Z&to=2026-11-01T00:00:00Z&group=interval": http.StatusBadRequest,
		"from=2026-01-01T00:00:00Z&to=2026-11-01T00:00:00Z&group=hour":     http.StatusBadRequest,
	} {
		if p := h.problem(h.request(http.MethodGet, "/api/kpi?"+query, supervisor, nil)); p.Status != status {
			t.Errorf("%s: %+v, want %d", query, p, status)
		}
	}
	for _, path := range []string{"/api/calls/nobody", "/api/kpi/in.nothing/calls"} {
		if p := h.problem(h.request(http.MethodGet, path, supervisor, nil)); p.Status != http.StatusNotFound || p.Code != string(codeUnknown) {
			t.Errorf("%s: %+v", path, p)
		}
	}
}

// An agent sees the agent's own figures, whatever was asked for.
func TestAgentsSeeTheirOwnFigures(t *testing.T) {
	h := open(t, nil)
	read(t, h.request(http.MethodGet, "/api/kpi?group=queue&key=care", h.login(RoleAgent), nil), &wire.Report{})
	if q := h.asked; q.Group != "agent" || q.Key != "u-agent" {
		t.Errorf("asked for %+v", q)
	}
}
