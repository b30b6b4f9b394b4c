package api

import (
	"slices"

	"github.com/callstamp/callstamp/api/wire"
)

// A mirror is a page beside the one that sits at the desk: it sees what that one
// sees, and commands nothing. It proves no life and has no sound, so the agent
// is as reachable as the seat's page.

// mirrored shows a page the desk as it is, and all that follows.
func (k *desk) mirrored(s *socket, w wire.Welcome) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.presences > 0 {
		w.Presence = k.presence
	}
	w.Mirror = true
	f := frame(wire.TypeWelcome, w)
	f.Seq = k.seq
	s.send(f)
	for typ, body := range k.standingLocked() {
		s.send(frame(typ, body)) // without a number: those are the seat's, and nothing was shown anew there
	}
	k.mirrors = append(k.mirrors, s)
}

// standingLocked is what stands on the desk besides presence.
func (k *desk) standingLocked() map[string]any {
	now := map[string]any{}
	if k.ring != nil {
		now[wire.TypeRing] = k.ring
	}
	if k.call != nil {
		now[wire.TypeCall] = k.call
	}
	return now
}

// unmirror forgets a page that is gone.
func (k *desk) unmirror(s *socket) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.mirrors = slices.DeleteFunc(k.mirrors, func(m *socket) bool { return m == s })
}

// reflect carries out a frame of a mirror: it may ask for nothing.
func (p *page) reflect(f wire.Frame) {
	if f.Type == wire.TypeHeartbeat {
		p.acknowledge(f)
		return
	}
	p.socket.send(problem(f.ID, codeMirror, "This page only shows the desk that is open elsewhere; take it over to work here."))
}

// maxMirrors bounds the pages beside the seat's.
const maxMirrors = 8

func (k *desk) crowded() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.mirrors) >= maxMirrors
}
