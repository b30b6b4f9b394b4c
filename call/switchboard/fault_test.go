package switchboard

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// A panic in one call ends that call, in order, and nothing else.
func TestPanicOfOneCall(t *testing.T) {
	for _, broken := range []string{"mix", "hold", "record", "part"} {
		t.Run(broken, func(t *testing.T) {
			inTime(t, func(t *testing.T, r *rig) {
				other, _ := r.incoming(inboundPlan())
				plan := inboundPlan()
				plan.WrapUS = 0
				id, _ := r.talking(plan)
				r.panics = broken
				_ = r.ask(id, call.AgentHold{Agent: "anna", On: true})
				_ = r.ask(id, call.AgentHold{Agent: "anna"})
				_ = r.ask(id, call.AgentHangup{Agent: "anna"})
				r.wait(10)
				r.complete(id)
				if last := r.moves[len(r.moves)-1]; last.To != stamp.StateReady {
					t.Errorf("Anna is left %s", last.To)
				}
				if calls := r.board.Calls(); len(calls) != 1 || calls[0].Call != other {
					t.Errorf("calls left: %+v", calls)
				}
				if !r.post(other, call.Tick{}) {
					t.Error("the other call has died too")
				}
			})
		})
	}
}

// A call that can't even be ended lets go of whom it binds, and of nobody else:
// Anna, whose part was over, may be talking in another call.
func TestGivenUpCallFreesItsOwn(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		plan := inboundPlan()
		plan.WrapUS = 0
		id, _ := r.talking(plan)
		r.post(id, call.SeatLost{Agent: "anna"})
		r.wait(30) // after the grace the customer waits again
		bo := call.Seat{Agent: "bo", Session: "s2"}
		r.post(id, call.Matched{Offer: "o2", Entry: 2, Seat: bo})
		r.wait(31)
		before := len(r.moves)
		r.panics = "recordrecord"
		r.post(id, call.Accept{Offer: "o2"})
		r.wait(40)
		freed := r.moves[before:]
		if len(freed) != 1 || freed[0].Seat != bo || freed[0].To != stamp.StateReady {
			t.Errorf("moves %+v", freed)
		}
		r.complete(id)
	})
}

// A leg that panics when it is bound leaves nothing behind that a drain would
// wait for.
func TestPanicOnBind(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the caller is not told")
				}
			}()
			r.board.Incoming(time.Now(), brokenLeg{}, inboundPlan(), call.Arrived{}, stamp.Side{})
		}()
		r.board.Drain(t.Context())
		if len(r.board.Calls()) != 0 {
			t.Error("a call that never began lives")
		}
	})
}

type brokenLeg struct{ Leg }

func (brokenLeg) Bind(stamp.ID, stamp.LegNo, func(time.Time, call.Input)) { panic("no port") }

// An acceptance that was seen before the deadline counts, even when both are
// found at once.
func TestAcceptBeforeTheDeadline(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		for i := range 50 {
			id, _ := r.incoming(inboundPlan())
			begin := float64(i * 100)
			r.wait(begin + 1)
			r.post(id, call.Matched{Offer: "o1", Entry: 1, Seat: anna})
			r.wait(begin + 20)
			r.board.find(id).box.Put(message{do: func(*conversation, stamp.Instant) { time.Sleep(2 * time.Second) }}) // a busy machine
			r.wait(begin + 20.9)
			r.board.Post(id, time.Now(), call.Accept{Offer: "o1"})
			r.wait(begin + 30)
			if phase := r.board.Views("anna")[0].Phase; phase != stamp.PhaseTalking {
				t.Fatalf("round %d: %s", i, phase)
			}
			r.post(id, call.Abort{By: stamp.Supervisor})
			r.wait(begin + 90)
		}
	})
}

// complete asserts that the call's stamps are dense and closed.
func (r *rig) complete(id stamp.ID) {
	r.t.Helper()
	n, closed := uint64(0), false
	for _, x := range r.of(id) {
		if n++; x.N != n {
			r.t.Errorf("stamp %d %s has number %d", n, x.Kind(), x.N)
		}
		closed = x.Kind() == "call.closed"
	}
	if !closed {
		r.t.Error("the call is not closed")
	}
}

// Drain: calls finish first, new ones are refused, open wrap-ups stay open.
func TestDrainWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		_, leg := r.talking(inboundPlan()) // at 1.1
		drained := make(chan time.Duration, 1)
		go func() {
			r.board.Drain(t.Context())
			drained <- time.Since(r.start)
		}()
		r.wait(2)
		refused := &fakeLeg{r: r}
		if id := r.board.Incoming(time.Now(), refused, inboundPlan(), call.Arrived{}, stamp.Side{}); id != "" {
			t.Error("a new call while draining")
		}
		if _, err := r.board.Originate(time.Now(), Outgoing{Plan: inboundPlan()}); err != ErrDraining { //nolint:errorlint // the very value
			t.Errorf("dialed while draining: %v", err)
		}
		r.expect("2.000 release 503")
		r.wait(50)
		leg.gone(stamp.Customer)
		if at := <-drained; at != 50*time.Second {
			t.Errorf("drained at %v", at)
		}
		r.at("wrap.started", 50)
		for _, x := range r.stamps {
			if x.Kind() == "wrap.ended" || x.Kind() == "call.closed" {
				t.Errorf("%s: the wrap-up should wait for its agent", x.Kind())
			}
		}
		r.board.Drain(t.Context()) // twice
	})
}

// A call that is over but not accounted for is closed before its node stops:
// only wrap-ups wait for the next start.
func TestDrainClosesWhatIsOver(t *testing.T) {
	for name, account := range map[string]time.Duration{"accounted for": 100 * time.Millisecond, "never": time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.account = account
				plan := inboundPlan()
				plan.WrapUS = 0
				id, leg := r.talking(plan)
				r.wait(2)
				leg.gone(stamp.Customer)
				synctest.Wait()
				r.board.Drain(t.Context())
				if d := time.Since(r.start) - 2*time.Second; d != min(account, time.Second) {
					t.Errorf("drained after %v", d)
				}
				r.complete(id)
				time.Sleep(account)
			})
		})
	}
}

// The drain's patience ends: calls are released, one whose far end never
// confirms is given up.
func TestDrainEndsCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		plan := inboundPlan()
		plan.WrapUS = 0
		talking, _ := r.talking(plan)
		waiting, leg := r.incoming(plan)
		leg.stuck = true
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		r.wait(2)
		r.board.Drain(ctx)
		if d := time.Since(r.start); d != 11100*time.Millisecond+releaseWait {
			t.Errorf("drained at %v", d)
		}
		r.complete(talking)
		r.complete(waiting)
		if x, _ := r.find("queue.exited"); x.Fact.(stamp.QueueExited).Reason != stamp.ExitClosed {
			t.Errorf("%+v", x.Fact)
		}
	})
}

// A match that meets a closed call gives the agent back.
func TestMatchAfterTheEnd(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		id, leg := r.incoming(inboundPlan())
		r.wait(1)
		r.told()
		leg.gone(stamp.Customer)
		r.board.Post(id, time.Now(), call.Matched{Offer: "o1", Entry: 1, Seat: anna})
		r.wait(2)
		r.expect("1.000 dequeue 1", "1.000 forget", "1.000 move anna ready")
		if r.post(id, call.Matched{Offer: "o2", Entry: 1, Seat: anna}) {
			t.Error("the call still takes matches")
		}
	})
}

// So does a line's new agent who meets its end.
func TestReassignAfterTheEnd(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		id, err := r.board.Originate(time.Now(), Outgoing{Plan: call.Plan{RingUS: 25e6, Campaign: "spring"}, First: call.Originate{Attempt: "try", Seat: anna}})
		if err != nil {
			t.Fatal(err)
		}
		r.wait(1)
		r.told()
		r.legs[0].gone(stamp.Network)
		r.board.Post(id, time.Now(), call.Reassign{Lost: "anna", Seat: call.Seat{Agent: "bo"}})
		r.wait(2)
		r.expect("1.000 move anna ready", "1.000 forget", "1.000 move bo ready")
	})
}
