package replay

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// size is how much happens in a day.
type size struct {
	span   time.Duration
	agents int
	calls  int // about so many
}

func tiny() size  { return size{25 * time.Minute, 3, 14} }
func small() size { return size{40 * time.Minute, 4, 25} }
func large() size { return size{90 * time.Minute, 6, 80} }

// live lets a node live a day with a crash in the middle, and returns what it
// wrote, in the order in which it was written. Its cuts are made by press.
func live(t *testing.T, node stamp.NodeID, seed uint64, z size) (lines []line) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(begins(seed)))
		h := newHouse(node, seed)
		first := h.open()
		work(first, z.span*2/5, z)
		alive := first.kill()
		time.Sleep(h.us(time.Second, 20*time.Second))
		second := h.open()
		if err := second.recover(alive); err != nil {
			t.Fatal(err)
		}
		work(second, z.span*3/5, z)
		time.Sleep(6 * time.Minute) // calls end, wrap-ups are over
		second.end()
		synctest.Wait()
		lines = h.lines
	})
	return lines
}

// begins is when a day begins: at different distances from a quarter hour's edge,
// in three of four days soon before summer time begins or ends somewhere. That
// changes nothing: quarter hours are UTC.
func begins(seed uint64) time.Time {
	soon := []time.Time{
		time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2000, 3, 26, 0, 50, 0, 0, time.UTC),  // Berlin 01:50, ten minutes before 03:00
		time.Date(2000, 10, 29, 0, 50, 0, 0, time.UTC), // Berlin 02:50, before its second 02:00
		time.Date(2000, 4, 2, 6, 50, 0, 0, time.UTC),   // New York 01:50
	}
	return soon[seed/2%4].Add(time.Duration(seed%8) * time.Minute)
}

// work lets agents and customers do what they do for a while.
func work(b *boot, span time.Duration, z size) {
	ctx, cancel := context.WithTimeout(context.Background(), span)
	defer cancel()
	for i := range z.agents {
		queue := stamp.QueueID("service")
		if i%3 == 2 {
			queue = "sales"
		}
		go b.sit(ctx, stamp.AgentID(fmt.Sprintf("agent%d-%s", i, b.node)), queue)
	}
	every := z.span / time.Duration(z.calls)
	for ctx.Err() == nil {
		if b.chance(75) {
			b.callIn()
		} else {
			b.callOut()
		}
		time.Sleep(b.us(0, 2*every))
	}
}

// The day is rich: whatever is proved of it is proved of all this.
func TestTheDayIsRich(t *testing.T) {
	t.Parallel()
	kinds := map[stamp.Kind]int{}
	for seed := range uint64(8) {
		for _, l := range live(t, "n1", seed, small()) {
			kinds[l.s.Kind()]++
			if f, ok := l.s.Fact.(stamp.CallReleased); ok && f.Estimated {
				kinds["estimated"]++
			}
		}
	}
	for _, want := range []stamp.Kind{"estimated", "agent.login", "agent.logout", "agent.state_changed", "call.closed", "dial.human", "dial.result",
		"disposition.set", "hold.ended", "leg.back", "leg.lost", "leg.rejected", "media.summary", "offer.accepted", "offer.ended", "queue.exited",
		"segment.connected", "survey.asked", "survey.ended", "survey.invalid", "survey.no_input", "survey.responded", "wrap.ended"} {
		if kinds[want] == 0 {
			t.Errorf("no %s in eight days: %v", want, kinds)
		}
	}
}
