package api

import (
	"testing"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// A mirror sees what the desk shows, commands nothing and proves no life; the
// page at the desk notices nothing of it.
func TestMirrorSeesAndCommandsNothing(t *testing.T) {
	h := open(t, nil)
	agent := h.login(RoleAgent)
	seat, _ := h.sit(agent, wire.Hello{Desk: "d1"})
	h.desks.Presence(acd.Presence{Seat: call.Seat{Agent: me}, State: stamp.StateReady, Sound: true})
	seat.want(wire.TypePresence)
	mirror, w := h.sit(agent, wire.Hello{Desk: "d2", Mirror: true})
	if !w.Mirror || w.Presence.State != stamp.StateReady {
		t.Errorf("welcome %+v", w)
	}
	beats := h.beats()
	mirror.write(frame(wire.TypeHeartbeat, wire.Heartbeat{ClientAt: 1, Mic: true}))
	mirror.want(wire.TypeHeartbeatAck)
	if h.beats() != beats {
		t.Error("a mirror proved life")
	}
	told := h.told()
	if code := mirror.command(wire.TypeLogout, nil); code != string(codeMirror) {
		t.Errorf("logout by a mirror: %q", code)
	}
	if h.told() != told {
		t.Error("a mirror's command reached the Floor")
	}
	h.desks.Ring(call.Seat{Agent: me}, "o1", stamp.Instant{}, call.View{Call: "c1"})
	seat.want(wire.TypeRing)
	mirror.want(wire.TypeRing)
	third, _ := h.sit(agent, wire.Hello{Desk: "d3", Mirror: true})
	third.want(wire.TypeRing)
	if code := seat.command(wire.TypePause, wire.Pause{Reason: "break"}); code != "" {
		t.Errorf("the page at the desk: %s", code)
	}
	taken, _ := h.sit(agent, wire.Hello{Desk: "d2", TakeOver: true})
	seat.want(wire.TypeTakenOver)
	taken.want(wire.TypeRing)
	if code := taken.command(wire.TypePause, wire.Pause{Reason: "break"}); code != "" {
		t.Errorf("after taking over: %s", code)
	}
}

// A mirror that leaves is forgotten, and more than a handful are not let in.
func TestMirrorsAreFew(t *testing.T) {
	h := open(t, nil)
	agent := h.login(RoleAgent)
	var tabs []*tab
	for range maxMirrors {
		m, _ := h.sit(agent, wire.Hello{Desk: "d2", Mirror: true})
		tabs = append(tabs, m)
	}
	k := h.desks.of(me)
	if !k.crowded() {
		t.Fatal("there is room for more mirrors than allowed")
	}
	tabs[0].conn.Close()
	h.until("the mirror is forgotten", func() bool { return !k.crowded() })
}

func (h *house) beats() int {
	h.floor.mu.Lock()
	defer h.floor.mu.Unlock()
	return h.floor.beats
}

func (h *house) told() int {
	h.floor.mu.Lock()
	defer h.floor.mu.Unlock()
	return len(h.floor.told)
}
