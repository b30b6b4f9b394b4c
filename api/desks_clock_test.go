package api

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// The machine's clock is set an hour forward while an agent is being rung: the
// page counts the same seconds on.
func TestDesksFollowTheClock(t *testing.T) {
	const hour = int64(3_600_000_000)
	h := open(t, nil)
	turned := time.Duration(0)
	clock := stamp.NewClockBy(func() time.Time { return time.Now().Add(turned) }, 7)
	h.desks.deps.Clock = clock
	seat, now := call.Seat{Agent: me}, clock.Now()
	page, _ := h.sit(h.login(RoleAgent), wire.Hello{Desk: "d1"})
	var state wire.Presence
	h.desks.Presence(acd.Presence{Seat: seat, State: stamp.StateRinging, Since: now})
	page.body(wire.TypePresence, &state)
	h.desks.Ring(seat, "o1", now.Add(20_000_000), call.View{Call: "c1"})
	var ring, rung wire.Ring
	page.body(wire.TypeRing, &ring)

	turned = time.Hour
	clock.Rebase(func(stamp.Instant, int64) {})
	h.desks.Stepped(hour)
	page.body(wire.TypePresence, &state)
	if state.State != stamp.StateRinging || state.Since < now.At+hour-1000 || state.Since > now.At+hour+1000 {
		t.Errorf("presence %+v, began %d", state, now.At)
	}
	page.body(wire.TypeRing, &rung)
	if rung.Until != ring.Until+hour || rung.From != ring.From+hour || rung.Offer != "o1" {
		t.Errorf("ring %+v, was %+v", rung, ring)
	}
	h.desks.Show(seat, call.View{Call: "c1", Segment: 1, Phase: stamp.PhaseTalking, Since: now, WrapUntil: now.Add(5)})
	var c wire.Call
	page.body(wire.TypeCall, &c)
	if c.Since < now.At+hour-1000 || c.Since > now.At+hour+1000 || c.WrapUntil != c.Since+5 || c.Connected != 0 {
		t.Errorf("call since %d, wrap-up until %d, began %d", c.Since, c.WrapUntil, now.At)
	}
}

// body waits for a frame and reads its body.
func (t *tab) body(typ string, into any) {
	t.Helper()
	if err := decode(t.want(typ).Body, into); err != nil {
		t.Fatal(err)
	}
}
