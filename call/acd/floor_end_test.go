package acd

import (
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// posted takes what was posted to calls since the last look.
func (b *bench) posted() []call.Input {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	posts := b.posts
	b.posts = nil
	return posts
}

// An agent who leaves before the call has begun to ring is not rung: the
// customer need not wait for an empty desk.
func TestAnOfferFailsWhenItsAgentLeaves(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		m := b.offered(t)
		if err := b.floor.Tell(t.Context(), "lan", Logout{By: "agent"}); err != nil {
			t.Fatal(err)
		}
		want := []call.Input{call.OfferFailed{Offer: m.Offer, End: stamp.OfferUnreachable}}
		if got := b.posted(); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// The move of an offer that an agent has left is no claim on the next session.
func TestAnOldOfferDoesNotRingTheNextSession(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		m := b.offered(t)
		if err := b.floor.Tell(t.Context(), "lan", Logout{By: "agent"}); err != nil {
			t.Fatal(err)
		}
		b.floor.Move(call.Move{Seat: m.Seat, To: stamp.StateRinging, At: b.clock.Now(), Offer: m.Offer})
		b.ready(t, "lan")
		if s := b.state(t, "lan"); s != stamp.StateReady {
			t.Fatalf("got %s", s)
		}
	})
}

// A call that died while it rang an agent can't say so: 2 s after the offer's
// limit the agent is free.
func TestARingingAgentOutlivesTheCall(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.rung(t)
		b.mu.Lock()
		b.dead = true
		b.mu.Unlock()
		b.alive("lan", 22*time.Second)
		if s := b.state(t, "lan"); s != stamp.StateReady {
			t.Fatalf("got %s", s)
		}
	})
}

// A call that lives stays the judge of its offer: it is asked, not overruled.
func TestALivingCallIsAskedForItsOffer(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		m := b.rung(t)
		b.alive("lan", 25*time.Second)
		ask := call.OfferFailed{Offer: m.Offer, End: stamp.OfferTimedOut}
		if got := b.posted(); !slices.Equal(got, []call.Input{ask, ask}) {
			t.Fatalf("got %v", got)
		}
		if s := b.state(t, "lan"); s != stamp.StateRinging {
			t.Fatalf("got %s", s)
		}
	})
}

// A Floor that was late itself hears first what was said in time.
func TestWhatWasSaidInTimeComesBeforeTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{clock: stamp.NewClock(time.Now(), 1)}
		f := NewFloor(Options{Unreachable: 6 * time.Second}, b.clock, b, b, b, slog.New(slog.DiscardHandler))
		f.login(time.Now(), "lan", nil)
		time.Sleep(5 * time.Second)
		f.Beat(time.Now(), "lan")
		time.Sleep(5 * time.Second) // the Floor had no processor
		f.due(time.Now())
		if !f.agents["lan"].machine.beats {
			t.Fatal("a page that proved life 5 s ago is called silent")
		}
	})
}

// A node that stops ends its sessions at that instant; nothing is estimated.
func TestSessionsEndWithTheFloor(t *testing.T) {
	var b *bench
	run(t, func(t *testing.T, bench *bench) {
		b = bench
		b.ready(t, "lan")
		b.ready(t, "mai")
		b.floor.Move(call.Move{Seat: call.Seat{Agent: "mai"}, To: stamp.StateWrap, At: b.clock.Now()})
		time.Sleep(time.Second)
	})
	ended := map[stamp.AgentID]stamp.AgentLogout{}
	for _, s := range b.stamps {
		if f, ok := s.Fact.(stamp.AgentLogout); ok && s.Phase == stamp.StateOffline {
			ended[f.Agent] = f
		}
	}
	for _, id := range []stamp.AgentID{"lan", "mai"} {
		if got := ended[id]; got != (stamp.AgentLogout{Agent: id, By: "system"}) {
			t.Errorf("%s: %+v", id, got)
		}
	}
}
