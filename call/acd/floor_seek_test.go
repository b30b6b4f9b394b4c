package acd

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// sought asks the floor and returns its word.
func (b *bench) sought(t *testing.T, s call.Sought) call.Input {
	t.Helper()
	b.floor.Seek(s)
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.posts) != 1 {
		t.Fatalf("%d words to %+v", len(b.posts), s)
	}
	in := b.posts[0]
	b.posts = nil
	return in
}

// An agent asked for by name is had at once or not at all, with the reason.
func TestAnAgentIsSoughtByName(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.ready(t, "lan")
		want := func(ask int, agent stamp.AgentID, why stamp.AskEnd) {
			t.Helper()
			if in, ok := b.sought(t, call.Sought{Call: "c2", Ask: ask, Agent: agent, OfferUS: 15e6}).(call.Unfound); !ok || in.Why != why || in.Ask != ask {
				t.Errorf("%s: %+v, want %s", agent, in, why)
			}
		}
		want(1, "nobody", stamp.AskAbsent)
		in, ok := b.sought(t, call.Sought{Call: "c1", Ask: 2, Agent: "lan", OfferUS: 15e6}).(call.Found)
		if !ok || in.Ask != 2 || in.Seat.Agent != "lan" {
			t.Fatalf("%+v", in)
		}
		want(3, "lan", stamp.AskBusy)
		b.floor.Move(call.Move{Seat: in.Seat, To: stamp.StateRinging, At: b.clock.Now(), Offer: in.Offer})
		b.floor.Move(call.Move{Seat: in.Seat, To: stamp.StateConsulting, At: b.clock.Now(), Offer: in.Offer, Segment: 2})
		if s := b.state(t, "lan"); s != stamp.StateConsulting {
			t.Errorf("she is %s", s)
		}
		want(4, "lan", stamp.AskBusy)
		b.floor.Move(call.Move{Seat: in.Seat, To: stamp.StateReady, At: b.clock.Now()})
		if err := b.floor.Tell(t.Context(), "lan", Pause{Reason: "lunch"}); err != nil {
			t.Fatal(err)
		}
		want(5, "lan", stamp.AskAbsent)
	})
}

// A reservation that the call has no use for ends; one that nobody speaks of
// again ends by itself.
func TestASoughtAgentIsGivenBack(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.ready(t, "lan")
		in := b.sought(t, call.Sought{Call: "c1", Ask: 1, Agent: "lan", OfferUS: 15e6}).(call.Found)
		b.floor.Move(call.Move{Seat: in.Seat, To: stamp.StateReady, At: b.clock.Now(), Offer: in.Offer, End: stamp.OfferWithdrawn})
		if _, ok := b.sought(t, call.Sought{Call: "c1", Ask: 2, Agent: "lan", OfferUS: 15e6}).(call.Found); !ok {
			t.Fatal("she is still held")
		}
		b.alive("lan", 18*time.Second)
		b.mu.Lock()
		b.posts = nil // the call was asked once more
		b.mu.Unlock()
		if _, ok := b.sought(t, call.Sought{Call: "c1", Ask: 3, Agent: "lan", OfferUS: 15e6}).(call.Found); !ok {
			t.Error("the reservation outlives its offer")
		}
	})
}

// The next agent of a queue is waited for, besides the calls that wait there.
func TestAQueuesNextAgentIsSought(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.floor.Seek(call.Sought{Call: "c1", Ask: 4, Queue: "care", Since: b.clock.Now(), OfferUS: 15e6})
		b.quiet(t, "nobody is there")
		b.ready(t, "lan")
		synctest.Wait()
		b.mu.Lock()
		in, ok := b.posts[0].(call.Found)
		b.mu.Unlock()
		if !ok || in.Ask != 4 || in.Seat.Agent != "lan" {
			t.Errorf("%+v", b.posts)
		}
	})
	run(t, func(t *testing.T, b *bench) {
		b.floor.Seek(call.Sought{Call: "c1", Ask: 4, Queue: "care", Since: b.clock.Now(), OfferUS: 15e6})
		b.floor.Dequeue("c1", 0)
		b.ready(t, "lan")
		b.quiet(t, "it was withdrawn")
	})
}
