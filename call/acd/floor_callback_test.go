package acd

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// A call-back stands where its customer stood, before who came later and after
// who came earlier; its agent is reserved, and one who is lost is told once.
func TestACallbackKeepsItsPlace(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		var told []string
		since := func(ago time.Duration) stamp.Instant { return b.clock.Now().Add(-ago.Microseconds()) } // of before this boot, too
		take := func(s call.Seat) { told = append(told, "take "+string(s.Agent)) }
		lost := func(s call.Seat) { told = append(told, "lost "+string(s.Agent)) }
		b.floor.Callback(call.Waiting{Call: "back", Queue: "care", Since: since(time.Hour)}, take, lost)
		b.floor.Callback(call.Waiting{Call: "gone", Queue: "care", Since: since(2 * time.Hour)}, func(call.Seat) { t.Error("a call-back that was withdrawn is taken") }, lost)
		b.floor.Forget("gone")
		b.floor.Forget("never there")
		w := waitingCall(b)
		w.Since = since(time.Minute)
		b.floor.Enqueue(w)
		b.ready(t, "lan")
		synctest.Wait()
		if !slices.Equal(told, []string{"take lan"}) || b.state(t, "lan") != stamp.StateReserved {
			t.Fatalf("told %v, Lan is %s", told, b.state(t, "lan"))
		}
		b.ready(t, "mai")
		if m := b.lastOffer(t); m.Seat.Agent != "mai" || m.Entry != 1 {
			t.Errorf("got %+v", m)
		}
		b.floor.Post(time.Now(), "lan", Seat{Up: false})
		synctest.Wait()
		if !slices.Equal(told, []string{"take lan", "lost lan"}) {
			t.Errorf("told %v", told)
		}
	})
}

// Who waits for a call-back takes none of the places that a queue has for calls.
func TestACallbackTakesNoLine(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.floor.Callback(call.Waiting{Call: "back", Queue: "care", Since: b.clock.Now()}, func(call.Seat) {}, func(call.Seat) {})
		if got := b.knock(t, "c1", 1, ""); got != "" {
			t.Errorf("refused: %q", got)
		}
	})
}
