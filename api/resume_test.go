package api

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/internal/mailbox"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// show draws the call n times, each with another instant.
func (h *house) show(id stamp.ID, from, to int64) {
	for at := from; at <= to; at++ {
		h.desks.Show(call.Seat{Agent: me}, call.View{Call: id, Phase: stamp.PhaseTalking, Segment: 1, Since: stamp.Instant{At: at}})
	}
}

func (t *tab) since() int64 {
	t.Helper()
	var c wire.Call
	if err := decode(t.want(wire.TypeCall).Body, &c); err != nil {
		t.Fatal(err)
	}
	return c.Since
}

// A page that comes back gets exactly what it missed, under the old numbers.
func TestResume(t *testing.T) {
	h := open(t, nil)
	agent := h.login(RoleAgent)
	page, _ := h.sit(agent, wire.Hello{Desk: "d1"})
	h.show("c1", 1, 2)
	page.want(wire.TypeCall)
	seen := page.want(wire.TypeCall).Seq
	_ = page.conn.Close()
	h.show("c1", 3, 5)
	back, w := h.sit(agent, wire.Hello{Desk: "d1", LastSeq: seen})
	if !w.Resumed {
		t.Fatal("not resumed")
	}
	for want := int64(3); want <= 5; want++ {
		if got := back.since(); got != want {
			t.Errorf("frame of %d, want %d", got, want)
		}
	}
	h.show("c1", 6, 6)
	if f := back.want(wire.TypeCall); f.Seq != seen+4 {
		t.Errorf("then number %d, want %d", f.Seq, seen+4)
	}
}

// One that has missed too much, or knows numbers that we never gave, is
// welcomed anew and shown what stands.
func TestResumeIsNotPossible(t *testing.T) {
	for name, tt := range map[string]struct {
		missed int64
		last   uint64
	}{
		"missed too much":     {replayable + 10, 1},
		"a number to come":    {1, 1 << 40},
		"nothing seen before": {1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, nil)
			agent := h.login(RoleAgent)
			page, _ := h.sit(agent, wire.Hello{Desk: "d1"})
			_ = page.conn.Close()
			h.show("c1", 1, tt.missed)
			h.desks.Ring(call.Seat{Agent: me}, "o1", stamp.Instant{At: 9}, call.View{Call: "c2"})
			back, w := h.sit(agent, wire.Hello{Desk: "d1", LastSeq: tt.last})
			if w.Resumed {
				t.Fatal("resumed")
			}
			back.want(wire.TypeRing)
			if got := back.since(); got != tt.missed {
				t.Errorf("the call as of %d, want %d", got, tt.missed)
			}
		})
	}
}

// What is over is not shown to a page that comes.
func TestWelcomeShowsOnlyWhatStands(t *testing.T) {
	h := open(t, nil)
	seat := call.Seat{Agent: me}
	h.talk("c1")
	h.desks.Show(seat, call.View{Call: "c1", Segment: 1, Done: true})
	h.desks.Ring(seat, "o1", stamp.Instant{At: 9}, call.View{Call: "c2"})
	h.desks.Unring(seat, "o1", stamp.OfferCustomerGone)
	page, _ := h.sit(h.login(RoleAgent), wire.Hello{Desk: "d1"})
	page.write(frame(wire.TypeHeartbeat, wire.Heartbeat{}))
	page.want(wire.TypeHeartbeatAck) // and nothing before it
}

// Another tab takes the seat: the first is told, closed and left alone, and
// begins its own count of commands.
func TestTakeOver(t *testing.T) {
	h := open(t, nil)
	agent := h.login(RoleAgent)
	first, _ := h.sit(agent, wire.Hello{Desk: "d1"})
	if code := first.command(wire.TypeReady, nil); code != "" {
		t.Fatal(code)
	}
	second, w := h.sit(agent, wire.Hello{Desk: "d2", LastSeq: 1, TakeOver: true})
	if w.Resumed || w.NextID != 1 {
		t.Errorf("the second tab is welcomed with %+v", w)
	}
	first.want(wire.TypeTakenOver)
	if code := first.closed(); code != wire.CloseTakenOver {
		t.Errorf("the first is closed with %d", code)
	}
	h.talk("c1")
	second.want(wire.TypeCall)
	if code := second.command(wire.TypeHangup, wire.CallRef{Call: "c1"}); code != "" {
		t.Errorf("the second tab: %s", code)
	}
}

// A tab that comes beside another one takes nothing by mistake; a desk that
// nobody sits at is anybody's.
func TestSeatIsTaken(t *testing.T) {
	h := open(t, nil)
	agent := h.login(RoleAgent)
	first, _ := h.sit(agent, wire.Hello{Desk: "d1"})
	conn, _, err := h.dial(agent, nil)
	if err != nil {
		t.Fatal(err)
	}
	second := &tab{house: h, conn: conn}
	second.write(frame(wire.TypeHello, wire.Hello{Protocol: wire.Protocol, Desk: "d2"}))
	if code := second.answer(0); code != string(codeSeatTaken) {
		t.Errorf("refused by %s", code)
	}
	if code := second.closed(); code != wire.CloseTakenOver {
		t.Errorf("closed with %d", code)
	}
	if code := first.command(wire.TypeReady, nil); code != "" {
		t.Errorf("the first tab: %s", code)
	}
	_ = first.conn.Close()
	h.until("the first has left", func() bool {
		k := h.desks.of(me)
		k.mu.Lock()
		defer k.mu.Unlock()
		return k.socket == nil
	})
	h.until("the sound is doubted once, not for the tab that was refused", func() bool {
		h.floor.mu.Lock()
		defer h.floor.mu.Unlock()
		return slices.Equal(h.floor.doubted, []stamp.AgentID{me})
	})
	h.sit(agent, wire.Hello{Desk: "d2"})
	h.until("the floor knows when a page sat there, and nothing of the refused one", func() bool {
		h.floor.mu.Lock()
		defer h.floor.mu.Unlock()
		return slices.Equal(h.floor.page, []string{"here", "away", "here"})
	})
}

// The same tab that reconnects before its old connection was seen to be dead is
// not told that somebody took its seat.
func TestReconnectOfTheSameTab(t *testing.T) {
	h := open(t, nil)
	agent := h.login(RoleAgent)
	first, _ := h.sit(agent, wire.Hello{Desk: "d1"})
	_, _ = h.sit(agent, wire.Hello{Desk: "d1"})
	for {
		f, err := first.read()
		if err != nil {
			break
		}
		if f.Type == wire.TypeTakenOver {
			t.Error("told that it was taken over")
		}
	}
}

// A page that flaps a hundred times, at any moment of what it does: each command
// is carried out once and in its order, each frame is seen once and in its order.
func TestAHundredFlaps(t *testing.T) {
	h := open(t, nil)
	agent := h.login(RoleAgent)
	h.talk("c1")
	r := rand.New(rand.NewPCG(1, 2))
	var seen, next uint64 = 0, 1
	for flap := range 100 {
		page, w := h.sit(agent, wire.Hello{Desk: "d1", LastSeq: seen})
		if flap > 0 && (!w.Resumed || w.NextID > next) {
			t.Fatalf("flap %d: welcomed with %+v, the next command is %d", flap, w, next)
		}
		for again := w.NextID; again < next; again++ { // what the server has not taken yet
			page.write(numbered(again))
		}
		h.show("c1", int64(2*flap), int64(2*flap+1))
		fresh := r.IntN(4)
		for range fresh {
			page.write(numbered(next))
			next++
		}
		for range r.IntN(3 + fresh) { // of two frames and the answers; then the line breaks
			f, err := page.read()
			if err != nil {
				t.Fatal(err)
			}
			if f.Seq > 0 && seen > 0 && f.Seq != seen+1 {
				t.Fatalf("flap %d: frame %d after %d", flap, f.Seq, seen)
			}
			seen = max(seen, f.Seq)
		}
		_ = page.conn.Close()
	}
	last, w := h.sit(agent, wire.Hello{Desk: "d1", LastSeq: seen})
	for again := w.NextID; again < next; again++ {
		last.write(numbered(again))
	}
	h.until("all commands are carried out", func() bool { return h.calls.count() >= int(next-1) })
	for i, in := range h.calls.inputs() {
		if want := (call.AgentHold{Agent: me, On: (i+1)%2 == 0}); in != want {
			t.Fatalf("input %d is %+v, want %+v", i+1, in, want)
		}
	}
	if n := h.calls.count(); n != int(next-1) {
		t.Errorf("%d commands were carried out, %d were given", n, next-1)
	}
}

// numbered is the id-th command: a hold for the even ones, its end for the odd.
func numbered(id uint64) wire.Frame {
	f := frame(wire.TypeHold, wire.Switch{Call: "c1", On: id%2 == 0})
	f.ID = id
	return f
}

// leftAtWork is a house in which a page's first command is at work when its
// line goes down; the page has seen the server's frames up to seen.
func leftAtWork(t *testing.T) (h *house, agent string, seen uint64) {
	t.Helper()
	h = open(t, nil)
	h.calls.hold = make(chan struct{})
	agent = h.login(RoleAgent)
	page, _ := h.sit(agent, wire.Hello{Desk: "d1"})
	h.talk("c1")
	seen = page.want(wire.TypeCall).Seq
	page.write(numbered(1))
	h.until("the command is at work", func() bool { return h.calls.count() == 1 })
	_ = page.conn.Close()
	return h, agent, seen
}

// The command that a dead page has left at work goes before those of the next.
func TestTheNextPagesCommandsWait(t *testing.T) {
	h, agent, seen := leftAtWork(t)
	back, _ := h.sit(agent, wire.Hello{Desk: "d1", LastSeq: seen})
	back.write(numbered(1))
	back.write(numbered(2))
	back.write(frame(wire.TypeHeartbeat, wire.Heartbeat{})) // waits with the second
	if n := h.calls.count(); n != 1 {
		t.Errorf("%d are at work", n)
	}
	close(h.calls.hold)
	var order []uint64
	for len(order) == 0 || order[len(order)-1] != 2 {
		f, err := back.read()
		if err != nil {
			t.Fatal(err)
		}
		if f.ID > 0 {
			order = append(order, f.ID)
		}
	}
	if order = slices.Compact(order); !slices.Equal(order, []uint64{1, 2}) { // the first one's may be repeated
		t.Errorf("answered in the order %v", order)
	}
}

// Another tab takes the seat while the first one's line is down: what the first
// had given is carried out once, its answer is nobody else's, and it is refused
// until it asks for the seat.
func TestTakeOverDuringAFlap(t *testing.T) {
	h, agent, seen := leftAtWork(t)
	second, w := h.sit(agent, wire.Hello{Desk: "d2", TakeOver: true})
	if w.Resumed || w.NextID != 1 {
		t.Errorf("the second is welcomed with %+v", w)
	}
	second.want(wire.TypeCall)
	second.write(numbered(1))
	h.until("its own command is at work", func() bool { return h.calls.count() == 2 })
	close(h.calls.hold)
	if code := second.answer(1); code != "" {
		t.Errorf("the second's command: %s", code)
	}
	conn, _, err := h.dial(agent, nil)
	if err != nil {
		t.Fatal(err)
	}
	back := &tab{house: h, conn: conn}
	back.write(frame(wire.TypeHello, wire.Hello{Protocol: wire.Protocol, Desk: "d1", LastSeq: seen}))
	if code := back.answer(0); code != string(codeSeatTaken) {
		t.Errorf("the first is refused by %s", code)
	}
	third, w := h.sit(agent, wire.Hello{Desk: "d1", LastSeq: seen, TakeOver: true})
	if w.Resumed || w.NextID != 1 {
		t.Errorf("the first begins anew with %+v", w)
	}
	third.want(wire.TypeCall)
	if code := third.command(wire.TypeHold, wire.Switch{Call: "c1", On: true}); code != "" {
		t.Errorf("the first's command: %s", code)
	}
}

// A page that reads nothing is let go before it costs memory, and finds what
// stands when it comes back.
func TestASlowReader(t *testing.T) {
	h := open(t, nil)
	agent := h.login(RoleAgent)
	h.sit(agent, wire.Hello{Desk: "d1"})
	marks := make([]call.Mark, 500)
	k := h.desks.of(me)
	at := int64(0)
	h.until("the page is let go", func() bool {
		for range 100 {
			at++
			h.desks.Show(call.Seat{Agent: me}, call.View{Call: "c1", Phase: stamp.PhaseTalking, Segment: 1, Since: stamp.Instant{At: at}, Marks: marks})
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		return k.socket == nil
	})
	back, w := h.sit(agent, wire.Hello{Desk: "d1", LastSeq: 1})
	if w.Resumed || back.since() != at {
		t.Errorf("resumed: %t, not as of %d", w.Resumed, at)
	}
}

// Presence that changes while a page is being welcomed is not lost.
func TestWelcomeHasTheLatestPresence(t *testing.T) {
	h := open(t, nil)
	h.floor.presence = &acd.Presence{Seat: call.Seat{Agent: me}, State: stamp.StateReady}
	k := h.desks.of(me)
	shown := k.shown()
	h.desks.Presence(acd.Presence{Seat: call.Seat{Agent: me}, State: stamp.StateRinging})
	s := &socket{out: mailbox.New[outgoing]()}
	k.welcome(s, wire.Hello{Desk: "d1"}, shown, wire.Welcome{Presence: wire.Presence{State: stamp.StateReady}})
	var w wire.Welcome
	if err := decode(s.out.Take()[0].frame.Body, &w); err != nil || w.Presence.State != stamp.StateRinging {
		t.Errorf("welcomed as %+v, %v", w.Presence, err)
	}
}

// Logging out closes the desk.
func TestLogoutClosesTheDesk(t *testing.T) {
	h := open(t, nil)
	agent := h.login(RoleAgent)
	page, _ := h.sit(agent, wire.Hello{Desk: "d1"})
	if a := h.request(http.MethodPost, "/api/logout", agent, nil); a.StatusCode != http.StatusNoContent {
		t.Fatal(a.Status)
	}
	if code := page.closed(); code != wire.CloseUnauthorized {
		t.Errorf("closed with %d", code)
	}
	conn, _, err := h.dial(agent, nil)
	if err != nil {
		t.Fatal(err)
	}
	if code := (&tab{house: h, conn: conn}).closed(); code != wire.CloseUnauthorized {
		t.Errorf("then closed with %d", code)
	}
}
