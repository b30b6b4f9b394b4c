package acd

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// bench is a Floor with a notebook for each neighbour.
type bench struct {
	floor *Floor
	clock *stamp.Clock

	mu     sync.Mutex
	posts  []call.Input
	stood  []call.Standing // apart: they come by themselves
	stamps []stamp.Stamp
	dead   bool // calls are gone
}

func (b *bench) Post(_ stamp.ID, _ time.Time, in call.Input) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s, ok := in.(call.Standing); ok {
		b.stood = append(b.stood, s)
		return !b.dead
	}
	b.posts = append(b.posts, in)
	return !b.dead
}

func (b *bench) Record(s []stamp.Stamp, _ []stamp.Side) uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stamps = append(b.stamps, s...)
	return uint64(len(b.stamps))
}

func (b *bench) Presence(Presence) {}

func (b *bench) lastOffer(t *testing.T) call.Matched {
	t.Helper()
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.posts) == 0 {
		t.Fatal("no offer")
	}
	m, ok := b.posts[len(b.posts)-1].(call.Matched)
	if !ok {
		t.Fatalf("got %T, want an offer", b.posts[len(b.posts)-1])
	}
	b.posts = nil
	return m
}

func (b *bench) quiet(t *testing.T, why string) {
	t.Helper()
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.posts) > 0 {
		t.Fatalf("%s, but %T was posted", why, b.posts[0])
	}
}

// offered lets Lan be ready and a call wait for her.
func (b *bench) offered(t *testing.T) call.Matched {
	t.Helper()
	b.ready(t, "lan")
	b.floor.Enqueue(waitingCall(b))
	return b.lastOffer(t)
}

// rung is the same, and the call rings her.
func (b *bench) rung(t *testing.T) call.Matched {
	t.Helper()
	m := b.offered(t)
	b.floor.Move(call.Move{Seat: m.Seat, To: stamp.StateRinging, At: b.clock.Now(), Offer: m.Offer})
	return m
}

func run(t *testing.T, story func(t *testing.T, b *bench)) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{clock: stamp.NewClock(time.Now(), 1)}
		o := Options{Org: "default", Unreachable: 6 * time.Second, Logout: time.Minute, Safety: 2 * time.Second, Rest: 5 * time.Second}
		b.floor = NewFloor(o, b.clock, b, b, b, slog.New(slog.DiscardHandler))
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { b.floor.Run(ctx) })
		story(t, b)
		stop()
		wg.Wait()
	})
}

func (b *bench) ready(t *testing.T, id stamp.AgentID) {
	t.Helper()
	if _, err := b.floor.Login(t.Context(), id, []stamp.QueueID{"care"}); err != nil {
		t.Fatal(err)
	}
	for _, in := range []Input{Ready{}, Seat{Up: true}} {
		if err := b.floor.Tell(t.Context(), id, in); err != nil {
			t.Fatal(err)
		}
	}
}

// alive beats for an agent every 2 s for so long.
func (b *bench) alive(id stamp.AgentID, d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(min(2*time.Second, time.Until(end)))
		b.floor.Beat(time.Now(), id)
	}
}

func (b *bench) state(t *testing.T, id stamp.AgentID) string {
	t.Helper()
	synctest.Wait() // a question of the same instant would come before what is due
	p, ok, err := b.floor.Presence(t.Context(), id)
	if err != nil || !ok {
		return stamp.StateOffline
	}
	return p.State
}

func waitingCall(b *bench) call.Waiting {
	return call.Waiting{Call: "c1", Entry: 1, Queue: "care", Since: b.clock.Now(), OfferUS: 20e6}
}

func TestAWaitingCallIsOfferedOnce(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		m := b.offered(t)
		if m.Seat.Agent != "lan" || m.Entry != 1 || m.Offer == "" {
			t.Fatalf("got %+v", m)
		}
		b.floor.Enqueue(call.Waiting{Call: "c2", Entry: 1, Queue: "care", Since: b.clock.Now(), OfferUS: 20e6})
		b.quiet(t, "the only agent is spoken for")
	})
}

// Who missed an offer rests; a call that comes back is offered afterwards.
func TestAMissedOfferRests(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		m := b.rung(t)
		b.alive("lan", 20*time.Second)
		b.floor.Move(call.Move{Seat: m.Seat, To: stamp.StateReady, At: b.clock.Now(), Offer: m.Offer, End: stamp.OfferTimedOut})
		b.floor.Enqueue(waitingCall(b))
		b.quiet(t, "the agent rests")
		b.alive("lan", 5*time.Second)
		b.lastOffer(t)
	})
}

// A call that dies without a word frees its agent 2 s after the offer's limit.
func TestAReservationExpires(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.offered(t)
		b.floor.Enqueue(call.Waiting{Call: "c2", Entry: 1, Queue: "care", Since: b.clock.Now(), OfferUS: 20e6})
		b.alive("lan", 22*time.Second-time.Millisecond)
		b.quiet(t, "the reservation stands")
		b.alive("lan", time.Millisecond)
		if m := b.lastOffer(t); m.Seat.Agent != "lan" {
			t.Fatalf("got %+v", m)
		}
	})
}

// Six seconds without a proof of life: unreachable, and since the last proof.
func TestSilenceIsUnreachableFromTheLastProofOn(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.ready(t, "lan")
		proof := b.clock.Now()
		b.floor.Beat(time.Now(), "lan")
		time.Sleep(6*time.Second - time.Millisecond)
		if s := b.state(t, "lan"); s != stamp.StateReady {
			t.Fatalf("after 5.999 s: %s", s)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		p, _, _ := b.floor.Presence(t.Context(), "lan")
		if p.State != stamp.StateUnreachable || p.Since != proof {
			t.Fatalf("got %s since %v, want unreachable since %v", p.State, p.Since, proof)
		}
		b.floor.Enqueue(waitingCall(b))
		b.quiet(t, "nobody is reachable")
		b.floor.Beat(time.Now(), "lan")
		b.lastOffer(t)
		time.Sleep(67 * time.Second)
		if s := b.state(t, "lan"); s != stamp.StateOffline {
			t.Fatalf("a minute unreachable: %s", s)
		}
	})
}

// An offer at a page that dies fails as unreachable; the call hears of it.
func TestAnOfferFailsAtADeadPage(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		m := b.offered(t)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.posts) != 1 || b.posts[0] != (call.OfferFailed{Offer: m.Offer, End: stamp.OfferUnreachable}) {
			t.Fatalf("got %v", b.posts)
		}
	})
}

// A recovered wrap-up waits for its agent's next login.
// A call that rings a desk after its page has fallen silent, as after a process
// was stopped, rings nobody: the agent stays unreachable and the call is told.
func TestASilentDeskIsNotRung(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		m := b.offered(t)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		b.mu.Lock()
		b.posts = nil
		b.mu.Unlock()
		b.floor.Move(call.Move{Seat: m.Seat, To: stamp.StateRinging, At: b.clock.Now(), Offer: m.Offer})
		if s := b.state(t, "lan"); s != stamp.StateUnreachable {
			t.Errorf("a silent desk is %s", s)
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.posts) != 1 || b.posts[0] != (call.OfferFailed{Offer: m.Offer, End: stamp.OfferUnreachable}) {
			t.Errorf("the call was told %v", b.posts)
		}
	})
}

func TestALeftOverWrapUpWaitsForTheAgent(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.floor.Move(call.Move{Seat: call.Seat{Agent: "lan", Session: "before"}, To: stamp.StateWrap, Call: "c0", At: b.clock.Now()})
		b.ready(t, "lan")
		if s := b.state(t, "lan"); s != stamp.StateWrap {
			t.Fatalf("got %s", s)
		}
		b.floor.Move(call.Move{Seat: call.Seat{Agent: "lan", Session: "before"}, To: stamp.StateReady, Call: "c0", At: b.clock.Now()})
		if s := b.state(t, "lan"); s != stamp.StateReady {
			t.Fatalf("got %s", s)
		}
	})
}

func TestReserve(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.ready(t, "lan")
		b.ready(t, "mai")
		got := make(chan []call.Seat, 1)
		b.floor.Reserve("care", 1, func(s []call.Seat) { got <- s }, func(call.Seat) { t.Error("lost") })
		seats := <-got
		left := make(chan int, 1)
		b.floor.Count("care", func(n int) { left <- n })
		if n := <-left; len(seats) != 1 || n != 1 || b.state(t, seats[0].Agent) != stamp.StateReserved {
			t.Fatalf("got %v, %d left", seats, n)
		}
		b.floor.Unreserve(seats[0].Agent)
		if s := b.state(t, seats[0].Agent); s != stamp.StateReady {
			t.Fatalf("given back, but %s", s)
		}
	})
}

// An agent who is lost while a line is dialed for them is lost to the line at
// once, from the last proof of life on; what the line says later moves nobody.
func TestAReservedAgentIsLost(t *testing.T) {
	for name, lose := range map[string]func(b *bench){
		"the page falls silent": func(*bench) { time.Sleep(6 * time.Second) },
		"the connection breaks": func(b *bench) { b.floor.Post(time.Now(), "lan", Seat{Up: false}) },
		"she leaves, then is lost": func(b *bench) {
			b.floor.Post(time.Now(), "lan", Logout{By: "agent"})
			b.floor.Post(time.Now(), "lan", Seat{})
		},
		"she pauses and falls away": func(b *bench) {
			b.floor.Post(time.Now(), "lan", Pause{Reason: "lunch"})
			b.floor.Post(time.Now(), "lan", Seat{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(t *testing.T, b *bench) {
				b.ready(t, "lan")
				var told []string
				b.floor.Reserve("care", 1, func(s []call.Seat) { told = append(told, "reserved "+string(s[0].Agent)) },
					func(s call.Seat) { told = append(told, "lost "+string(s.Agent)) })
				lose(b)
				if s := b.state(t, "lan"); s != stamp.StateUnreachable && s != stamp.StateOffline {
					t.Errorf("she is %s", s)
				}
				b.floor.Post(time.Now(), "lan", Seat{Up: true})
				b.floor.Beat(time.Now(), "lan")
				b.floor.Post(time.Now(), "lan", Seat{})
				synctest.Wait()
				if want := []string{"reserved lan", "lost lan"}; !slices.Equal(told, want) {
					t.Errorf("told %q, want %q", told, want)
				}
			})
		})
	}
}

// Whom a call has taken over is the call's affair.
func TestATakenReservationIsNotLost(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.ready(t, "lan")
		var seat call.Seat
		b.floor.Reserve("care", 1, func(s []call.Seat) { seat = s[0] }, func(call.Seat) { t.Error("lost") })
		synctest.Wait()
		b.floor.Move(call.Move{Seat: seat, To: stamp.StateConnecting, Call: "c1", At: b.clock.Now()})
		b.floor.Post(time.Now(), "lan", Seat{})
		if s := b.state(t, "lan"); s != stamp.StateConnecting {
			t.Errorf("she is %s", s)
		}
		b.floor.Move(call.Move{Seat: seat, To: stamp.StateReady, Call: "c1", At: b.clock.Now()})
		if s := b.state(t, "lan"); s != stamp.StateUnreachable {
			t.Errorf("then she is %s", s)
		}
	})
}

// A page that is gone gets no offer, from the first moment on; one that proves
// life again does.
func TestAnAwayPageIsNotRung(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.ready(t, "lan")
		b.floor.Away("lan")
		b.floor.Away("nobody")
		b.floor.Enqueue(waitingCall(b))
		b.quiet(t, "the page is away")
		if s := b.state(t, "lan"); s != stamp.StateReady {
			t.Errorf("after a moment she is %s", s)
		}
		none := make(chan int, 1)
		b.floor.Reserve("care", 1, func(s []call.Seat) { none <- len(s) }, nil)
		if n := <-none; n > 0 {
			t.Error("a line was to be dialed for her")
		}
		b.floor.Beat(time.Now(), "lan")
		b.lastOffer(t)
	})
}

// One whose page is gone is missed in half the time, from the last proof on; one
// whose page comes back in time is not.
func TestAnAwayPageIsMissedSooner(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.ready(t, "lan")
		b.floor.Away("lan")
		time.Sleep(3*time.Second - time.Millisecond)
		b.floor.Beat(time.Now(), "lan")
		proof := b.clock.Now()
		time.Sleep(time.Second)
		b.floor.Away("lan")
		time.Sleep(3*time.Second - time.Millisecond)
		if s := b.state(t, "lan"); s != stamp.StateReady {
			t.Errorf("before its time she is %s", s)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if p, _, _ := b.floor.Presence(t.Context(), "lan"); p.State != stamp.StateUnreachable || p.Since != proof {
			t.Errorf("then she is %s since %v, want since %v", p.State, p.Since, proof)
		}
	})
}

func TestTellTheAbsent(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		if err := b.floor.Tell(t.Context(), "nobody", Ready{}); !errors.Is(err, ErrAbsent) {
			t.Fatalf("got %v", err)
		}
	})
}

func (b *bench) recorded() []stamp.Stamp {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.stamps)
}
