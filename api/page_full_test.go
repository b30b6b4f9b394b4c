package api

import (
	"net/http"
	"testing"

	"github.com/callstamp/callstamp/api/wire"
)

// A page that finds no room is told when to come back; the one that sits stays.
func TestNoRoomForAPage(t *testing.T) {
	h := open(t, nil)
	cookie := h.login(RoleAgent)
	page, _ := h.sit(cookie, wire.Hello{Desk: "d1"})
	short := "file descriptors are short"
	h.desks.deps.Full = func() string { return short }
	if _, answer, err := h.dial(cookie, nil); err == nil || answer == nil || answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") != fullRetry {
		t.Errorf("%v %v", answer, err)
	}
	page.write(frame(wire.TypeHeartbeat, wire.Heartbeat{ClientAt: 1}))
	page.want(wire.TypeHeartbeatAck)
	short = ""
	h.sit(cookie, wire.Hello{Desk: "d1"})
}
