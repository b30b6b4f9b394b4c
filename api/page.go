package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// page is one connected page of an agent, from hello to the end.
type page struct {
	desks  *Desks
	desk   *desk
	who    User
	socket *socket
	rate   rate
	tab    string
	mirror bool
	mic    mic // as the Floor was told last
}

// mic is whether the page has a microphone.
type mic int

const (
	unknown mic = iota
	there
	missing
)

// hears tells the Floor of the microphone where it did not know.
func (p *page) hears(ctx context.Context, has bool) {
	now := missing
	if has {
		now = there
	}
	if now == p.mic {
		return
	}
	if p.desks.deps.Floor.Tell(ctx, p.who.ID, acd.Mic{There: has}) == nil {
		p.mic = now
	}
}

// Serve speaks the desk protocol with one page until it goes.
func (d *Desks) Serve(w http.ResponseWriter, r *http.Request, who User, up *websocket.Upgrader) {
	if d.full(w) || d.elsewhere(w, who.ID) {
		return
	}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	p := &page{desks: d, desk: d.of(who.ID), who: who, socket: newSocket(conn)}
	go p.socket.write()
	if !d.enter() {
		p.socket.shut(wire.CloseRestart, stopsWhy)
		p.socket.end()
		return
	}
	defer d.pages.Done()
	p.serve(r.Context())
	p.desk.unmirror(p.socket)
	if p.desk.leave(p.socket, func() { d.deps.Floor.Away(who.ID) }) {
		d.deps.Sound.Doubt(who.ID)
	}
	p.socket.end()
}

// turnAway closes a page that has no session with a code that it can read.
func turnAway(w http.ResponseWriter, r *http.Request, up *websocket.Upgrader) {
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	s := newSocket(conn)
	go s.write()
	s.shut(wire.CloseUnauthorized, "log in first")
	s.end()
}

func (p *page) serve(ctx context.Context) {
	defer func() {
		if x := recover(); x != nil {
			p.desks.deps.Log.Error("desk handler panicked", "agent_id", p.who.ID, "panic", x)
			p.socket.shut(websocket.CloseInternalServerErr, "internal error")
		}
	}()
	if !p.hello(ctx) {
		return
	}
	for {
		f, err := p.socket.read(readWait)
		switch {
		case errors.Is(err, errFrame):
			p.socket.send(problem(0, codeBadFrame, "The message is not a frame of the desk protocol; reload the page."))
			if p.rate.over(time.Now()) {
				p.socket.shut(wire.CloseTooFast, "too many frames")
				return
			}
			continue
		case err != nil:
			return
		case p.rate.over(time.Now()):
			p.socket.shut(wire.CloseTooFast, "too many frames")
			return
		}
		if !p.take(ctx, f) {
			return
		}
	}
}

// hello waits for the first frame and answers it with all that a fresh page
// needs, or with what a returning one has missed.
func (p *page) hello(ctx context.Context) bool {
	f, err := p.socket.read(helloWait)
	var h wire.Hello
	if err != nil || f.Type != wire.TypeHello || decode(f.Body, &h) != nil || h.Desk == "" || len(h.Desk) > 64 {
		p.socket.shut(wire.CloseProtocol, "a hello must come first")
		return false
	}
	if h.Protocol != wire.Protocol {
		p.socket.shut(wire.CloseProtocol, "this server speaks protocol 1; reload the page")
		return false
	}
	if h.Mirror && p.desk.crowded() {
		p.socket.shut(wire.CloseTakenOver, "too many pages show this desk")
		return false
	}
	shown := p.desk.shown()
	state := wire.Presence{State: stamp.StateOffline}
	if here, ok, err := p.desks.deps.Floor.Presence(ctx, p.who.ID); err == nil && ok {
		state = p.desks.presence(here)
	}
	dir, aux, reasons := p.desks.deps.Directory, p.desks.deps.Reasons(), []string{}
	for _, r := range aux {
		reasons = append(reasons, r.Code)
	}
	w := wire.Welcome{
		Agent:  wire.Agent{ID: string(p.who.ID), Name: p.who.Name, Role: p.who.Role, Language: p.who.Language},
		Server: p.desks.deps.Version, Now: p.desks.deps.Clock.Now().At, Presence: state,
		Queues: dir.QueuesOf(p.who.ID), Dispositions: dir.Dispositions(), PauseReasons: reasons, AuxReasons: aux,
		MayDial: p.who.MayDial,
	}
	if h.Mirror {
		p.mirror = true
		p.desk.mirrored(p.socket, w)
		p.desks.noticed(p.desk)
		return true
	}
	seated := p.desk.welcome(p.socket, h, shown, w)
	if seated {
		p.tab = h.Desk
		p.desks.noticed(p.desk)
		p.desks.deps.Floor.Beat(time.Now(), p.who.ID) // AFTER the page before has left
		p.desks.deps.Calls.Show(p.who.ID)
	}
	return seated
}

// welcome seats a page at the desk; the page before it is told and closed. A
// tab that comes beside another one is refused unless it says that it means to
// take the seat: nobody loses a call to a window opened by mistake. What
// w says of presence was asked for when the desk had been shown it shown times:
// if it changed since, the desk knows better.
func (k *desk) welcome(s *socket, h wire.Hello, shown uint64, w wire.Welcome) (seated bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.socket != nil && k.tab != h.Desk && !h.TakeOver {
		s.send(problem(0, codeSeatTaken, "Your desk is open in another tab or on another device; you can take it over."))
		s.shut(wire.CloseTakenOver, "another page has the desk")
		return false
	}
	if k.presences != shown {
		w.Presence = k.presence
	}
	if k.socket != nil {
		if k.tab != h.Desk {
			k.socket.send(frame(wire.TypeTakenOver, nil))
		}
		k.socket.shut(wire.CloseTakenOver, "another page took the desk")
	}
	if k.tab != h.Desk {
		k.tab, k.lastID, k.doneID, k.answers = h.Desk, 0, 0, nil
		k.done.Broadcast()
		h.LastSeq = 0
	}
	missed, ok := k.sinceLocked(h.LastSeq)
	w.Resumed, w.NextID = ok, k.lastID+1
	k.presence = w.Presence
	k.socket = s
	f := frame(wire.TypeWelcome, w)
	if ok {
		s.send(f) // what follows carries its own numbers
		for _, m := range missed {
			s.send(m)
		}
		return true
	}
	f.Seq = k.seq
	s.send(f)
	if k.ring != nil {
		k.sendLocked(wire.TypeRing, k.ring)
	}
	if k.call != nil {
		k.sendLocked(wire.TypeCall, k.call)
	}
	return true
}

// sinceLocked returns the frames after seq; false when they are not all there.
func (k *desk) sinceLocked(seq uint64) ([]wire.Frame, bool) {
	if seq == 0 || seq > k.seq || k.seq-seq > uint64(len(k.frames)) {
		return nil, false
	}
	return k.frames[len(k.frames)-int(k.seq-seq):], true
}

// leave unseats a page that is gone; sat says that it still sat there, and then
// away is told, before another page can sit down.
func (k *desk) leave(s *socket, away func()) (sat bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if sat = k.socket == s; sat {
		k.socket = nil
		away()
	}
	return sat
}

// take carries out one frame; false ends the connection.
func (p *page) take(ctx context.Context, f wire.Frame) bool {
	if p.mirror {
		p.reflect(f)
		return true
	}
	if f.Type == wire.TypeHeartbeat {
		return p.heartbeat(ctx, f)
	}
	again, turn := p.desk.admit(f.ID)
	switch turn {
	case atWork:
		return true // its answer will come to whichever page sits here then
	case answered:
		p.socket.send(again)
		return true
	case outOfOrder:
		p.socket.send(problem(f.ID, codeBadFrame, "Commands must be counted 1, 2, 3 …; reload the page."))
		p.socket.shut(wire.CloseProtocol, "command out of order")
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	p.desk.await(p.tab, f.ID)
	p.desk.answer(p.tab, p.attempt(ctx, f))
	return true
}

// attempt carries a command out and always has an answer: the next command waits
// for it.
func (p *page) attempt(ctx context.Context, f wire.Frame) (answer wire.Frame) {
	defer func() {
		if x := recover(); x != nil {
			p.desks.deps.Log.Error("command panicked", "agent_id", p.who.ID, "command", f.Type, "panic", x)
			answer = problem(f.ID, codeInternal, "The server failed at this; it has been logged. Try again.")
		}
	}()
	return p.carryOut(ctx, f)
}

// turn says what is to be done with a command.
type turn int

const (
	outOfOrder turn = iota
	next
	answered // before; the answer is sent again
	atWork   // taken from a page that is gone, not answered yet
)

// admit counts a command; again is the answer to one that was answered before.
func (k *desk) admit(id uint64) (again wire.Frame, t turn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if id == k.lastID+1 {
		k.lastID = id
		return wire.Frame{}, next
	}
	for _, a := range k.answers {
		if a.ID == id && id != 0 {
			return a, answered
		}
	}
	if id != 0 && id == k.lastID {
		return wire.Frame{}, atWork
	}
	return wire.Frame{}, outOfOrder
}

func (p *page) heartbeat(ctx context.Context, f wire.Frame) bool {
	at := time.Now()
	h, ok := p.acknowledge(f)
	if ok {
		p.desks.deps.Floor.Beat(at, p.who.ID)
		p.hears(ctx, h.Mic)
	}
	return true
}

// acknowledge answers a heartbeat with both clocks.
func (p *page) acknowledge(f wire.Frame) (h wire.Heartbeat, ok bool) {
	at := time.Now()
	if decode(f.Body, &h) != nil {
		p.socket.send(problem(f.ID, codeBadFrame, "The heartbeat can't be read; reload the page."))
		return h, false
	}
	p.socket.send(frame(wire.TypeHeartbeatAck, wire.HeartbeatAck{ClientAt: h.ClientAt, ServerAt: p.desks.deps.Clock.Of(at).At}))
	return h, true
}

// decode reads JSON strictly: unknown fields and trailing bytes are errors.
func decode(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return errFrame
	}
	return nil
}
