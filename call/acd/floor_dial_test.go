package acd

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Who dials by hand is reserved, from ready or from a pause, and comes back to
// where they were; nobody rings meanwhile.
func TestReserveOwn(t *testing.T) {
	for name, before := range map[string]struct {
		do   func(b *bench)
		back string
	}{
		"from ready":   {func(*bench) {}, stamp.StateReady},
		"from a pause": {func(b *bench) { b.floor.Post(time.Now(), "lan", Pause{Reason: "lunch"}) }, stamp.StatePaused},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(t *testing.T, b *bench) {
				b.ready(t, "lan")
				before.do(b)
				seat, err := b.floor.ReserveOwn(t.Context(), "lan", func(call.Seat) { t.Error("lost") })
				if err != nil || seat.Agent != "lan" || b.state(t, "lan") != stamp.StateReserved {
					t.Fatalf("%+v, %v, %s", seat, err, b.state(t, "lan"))
				}
				if _, err := b.floor.ReserveOwn(t.Context(), "lan", nil); !errors.Is(err, ErrIllegal) {
					t.Errorf("reserved twice: %v", err)
				}
				b.floor.Enqueue(waitingCall(b))
				b.quiet(t, "she dials")
				b.floor.Dequeue("c1", 1)
				b.floor.Unreserve("lan")
				if s := b.state(t, "lan"); s != before.back {
					t.Errorf("given back, but %s", s)
				}
			})
		})
	}
}

// Nobody dials who is not here, is being rung, or can't be reached; and who is
// lost while dialing is lost to the line.
func TestReserveOwnRefused(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		if _, err := b.floor.ReserveOwn(t.Context(), "nobody", nil); !errors.Is(err, ErrAbsent) {
			t.Errorf("absent: %v", err)
		}
		b.offered(t)
		if _, err := b.floor.ReserveOwn(t.Context(), "lan", nil); !errors.Is(err, ErrIllegal) {
			t.Errorf("about to be rung: %v", err)
		}
		b.ready(t, "mai")
		lost := 0
		if _, err := b.floor.ReserveOwn(t.Context(), "mai", func(call.Seat) { lost++ }); err != nil {
			t.Fatal(err)
		}
		b.floor.Post(time.Now(), "mai", Seat{Up: false})
		synctest.Wait()
		if lost != 1 || b.state(t, "mai") != stamp.StateUnreachable {
			t.Errorf("lost %d times, %s", lost, b.state(t, "mai"))
		}
		if _, err := b.floor.ReserveOwn(t.Context(), "mai", nil); !errors.Is(err, ErrIllegal) {
			t.Errorf("unreachable: %v", err)
		}
	})
}
