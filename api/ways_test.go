package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/api/wire"
)

func (b *book) Trunks(context.Context) ([]wire.Trunk, error) {
	return []wire.Trunk{{ID: "there", Name: "There", HasPassword: true, Transport: "udp"}}, nil
}
func (b *book) PutTrunk(_ context.Context, t wire.Trunk) error { return b.write(t.ID, t) }
func (b *book) DeleteTrunk(_ context.Context, id string) error {
	if id == "used" {
		return ErrInUse("trunk")
	}
	return b.write(id, "deleted")
}
func (b *book) OutboundRoutes(context.Context) ([]wire.OutboundRoute, error) {
	return []wire.OutboundRoute{}, nil
}
func (b *book) PutOutboundRoute(_ context.Context, r wire.OutboundRoute) error {
	return b.write(r.ID, r)
}
func (b *book) DeleteOutboundRoute(_ context.Context, id string) error        { return b.write(id, "deleted") }
func (b *book) CallerSets(context.Context) ([]wire.CallerSet, error)          { return []wire.CallerSet{}, nil }
func (b *book) PutCallerSet(_ context.Context, c wire.CallerSet) error        { return b.write(c.ID, c) }
func (b *book) DeleteCallerSet(_ context.Context, id string) error            { return b.write(id, "deleted") }
func (b *book) SetDialing(_ context.Context, id string, d wire.Dialing) error { return b.write(id, d) }
func (b *book) SetCaps(_ context.Context, id string, c wire.Caps) error       { return b.write(id, c) }

const someTrunk = `{"name":"Carrier","password":"s3cret","host":"192.0.2.1","backups":[],"transport":"udp","addresses":[],"domain":"","nat":false,
	"username":"u","realm":"","register":true,"codecs":["pcma"],"caller_id":"+842812345678","caller_set":"","prefixes":["+84"],"sorts":[],
	"max_calls":30,"per_second":0,"per_minute":0,"per_day":0,"strip_plus":false,"signal_hold":true,"session_us":0,"options_us":0,"active":true,"reliable":"off","srtp":"off","tls_ca":"","tls_client":false}`

// A trunk is written whole; its password goes in and never comes out.
func TestTrunks(t *testing.T) {
	h := open(t, nil)
	admin := h.login(RoleAdmin)
	if a := h.request(http.MethodPut, "/api/trunks/there", admin, json.RawMessage(someTrunk)); a.StatusCode != http.StatusNoContent {
		t.Fatalf("%d: %+v", a.StatusCode, h.problem(a))
	}
	if got, ok := h.book.last().(wire.Trunk); !ok || got.ID != "there" || got.Password != "s3cret" || got.Prefixes[0] != "+84" {
		t.Errorf("written: %+v", h.book.last())
	}
	a := h.request(http.MethodGet, "/api/trunks", admin, nil)
	b, err := io.ReadAll(a.Body)
	if err != nil || strings.Contains(string(b), "password\"") && !strings.Contains(string(b), `"has_password":true`) || strings.Contains(string(b), `"password":`) {
		t.Errorf("read: %s, %v", b, err)
	}
	for name, body := range map[string]string{
		"another transport": strings.Replace(someTrunk, `"udp"`, `"sctp"`, 1), "no E.164": strings.Replace(someTrunk, "+842812345678", "0281", 1),
		"a sort that there is not": strings.Replace(someTrunk, `"sorts":[]`, `"sorts":["all"]`, 1), "half of it": `{"name":"x"}`,
	} {
		if p := h.problem(h.request(http.MethodPut, "/api/trunks/there", admin, json.RawMessage(body))); p.Code != string(codeBadFrame) {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if p := h.problem(h.request(http.MethodDelete, "/api/trunks/used", admin, nil)); p.Code != string(codeNotNow) {
		t.Errorf("a trunk that routes name: %+v", p)
	}
	if p := h.problem(h.request(http.MethodDelete, "/api/outbound-routes/gone", admin, nil)); p.Code != string(codeUnknown) {
		t.Errorf("a route that is not there: %+v", p)
	}
}
