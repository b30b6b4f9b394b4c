package api

import (
	"net/http"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/callstamp/callstamp/api/wire"
)

// TestMoveSendsAnAgentElsewhere: the page is told to come back at once, and is
// not let in here again, so that a proxy tries the next node. Others stay.
func TestMoveSendsAnAgentElsewhere(t *testing.T) {
	h := open(t, nil)
	agent := h.login(RoleAgent)
	page, _ := h.sit(agent, wire.Hello{Desk: "d1"})
	h.desks.Move("u-" + RoleAgent)
	if _, err := page.read(); !websocket.IsCloseError(err, wire.CloseRestart) {
		t.Errorf("the page reads %v", err)
	}
	_, res, err := h.dial(agent, nil)
	if err == nil || res == nil || res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("the page comes back: %v, %+v", err, res)
	}
	h.desks.Move("nobody")
}
