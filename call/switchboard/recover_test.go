package switchboard

import (
	"context"
	"testing"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// past is the journal of a boot that has crashed.
type past struct {
	calls [][]stamp.Stamp
	alive stamp.Instant
	sides []stamp.Side
}

func (p past) OpenCalls() ([][]stamp.Stamp, error) { return p.calls, nil }
func (p past) Alive() stamp.Instant                { return p.alive }
func (p past) Dialogs() ([]stamp.Side, error)      { return p.sides, nil }

// After a crash: the talk is closed at the last proof of life and its dialog
// wants a BYE; Anna's mandatory disposition waits for her.
func TestRecover(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		plan := inboundPlan()
		plan.WrapUS = 0
		talking, _ := r.talking(plan)
		plan.WrapUS, plan.WrapNeeded = 30e6, true
		wrapping, leg := r.talking(plan)
		leg.gone(stamp.Customer)
		r.wait(5)
		crashed := past{alive: r.board.deps.Clock.Now(), sides: []stamp.Side{{ID: string(talking) + "/1"}, {ID: string(wrapping) + "/1"}}}
		for _, id := range []stamp.ID{talking, wrapping} {
			crashed.calls = append(crashed.calls, r.of(id))
		}

		r.wait(60) // the node starts again
		again := newRigOf(t, 3)
		got, err := again.board.Recover(crashed)
		if err != nil || got.Closed != 1 || got.Pending != 1 || len(got.Byes) != 1 || got.Byes[0].ID != string(talking)+"/1" {
			t.Fatalf("recovered %+v, %v", got, err)
		}
		if x := again.stamps[len(again.stamps)-1]; x.Kind() != "call.closed" || x.Instant != crashed.alive || x.Fact.(stamp.CallClosed).Outcome != "abnormal" {
			t.Errorf("closed by %+v", x)
		}
		again.expect("0.000 move anna wrap")
		if views := again.board.Views("anna"); len(views) != 1 || !views[0].Wrap || !views[0].WrapNeeded {
			t.Errorf("Anna finds %+v", views)
		}
		again.must(wrapping, call.Dispose{Agent: "anna", Segment: 1, Code: "sold"})
		again.expect("0.000 move anna ready") // her 30 s were over long ago
		again.wait(1)
		if len(again.board.Calls()) != 0 {
			t.Error("the wrap-up is still open")
		}
		done, cancel := context.WithCancel(t.Context())
		cancel()
		again.board.Drain(done)
	})
}

// A wrap-up with a limit ended at its time, though the node was down then.
func TestRecoverTimedWrap(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		id, leg := r.talking(inboundPlan()) // at 1.1
		leg.gone(stamp.Customer)
		r.wait(5)
		own := r.of(id)
		alive := r.board.deps.Clock.Now()
		r.wait(3600)
		again := newRigOf(t, 3)
		got, err := again.board.Recover(past{calls: [][]stamp.Stamp{own}, alive: alive})
		if err != nil || got.Closed != 0 || got.Pending != 1 || len(got.Byes) != 0 {
			t.Fatalf("recovered %+v, %v", got, err)
		}
		again.wait(1)
		x, at := again.find("wrap.ended")
		if at != 31.1 || x.Boot != 2 || x.Late != 0 {
			t.Errorf("ended at %v: %+v", at, x)
		}
		again.expect("0.000 move anna wrap", "0.000 move anna ready")
		done, cancel := context.WithCancel(t.Context())
		cancel()
		again.board.Drain(done)
	})
}

// A wrap-up whose limit is still to come ends at it, by the clock of the boot
// that sees it: instants of the boot before don't lie among this one's.
func TestRecoverRunningWrap(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		id, leg := r.talking(inboundPlan()) // at 1.1
		leg.gone(stamp.Customer)
		r.wait(10)
		own, alive := r.of(id), r.board.deps.Clock.Now()
		r.wait(12)
		again := newRigOf(t, 3)
		if got, err := again.board.Recover(past{calls: [][]stamp.Stamp{own}, alive: alive}); err != nil || got.Pending != 1 {
			t.Fatalf("recovered %+v, %v", got, err)
		}
		again.wait(19)
		again.expect("0.000 move anna wrap")
		again.wait(60)
		again.expect("19.100 move anna ready")
		for _, kind := range []stamp.Kind{"wrap.ended", "call.closed"} {
			if x, at := again.find(kind); x.Boot != 3 || at != 19.1 || x.At != r.start.UnixMicro()+31_100_000 {
				t.Errorf("%s at %v of boot %d, %d µs after the start", kind, at, x.Boot, x.At-r.start.UnixMicro())
			}
		}
		done, cancel := context.WithCancel(t.Context())
		cancel()
		again.board.Drain(done)
	})
}

// A talk that the crash has cut is followed by its wrap-up, from the estimated
// end on: with a limit it ends at its time, a mandatory disposition is waited for.
func TestRecoverCutTalk(t *testing.T) {
	for name, needed := range map[string]bool{"limited": false, "mandatory": true} {
		t.Run(name, func(t *testing.T) {
			inTime(t, func(t *testing.T, r *rig) {
				plan := inboundPlan()
				plan.WrapNeeded = needed
				id, _ := r.talking(plan) // at 1.1
				r.wait(5)
				crashed := past{calls: [][]stamp.Stamp{r.of(id)}, alive: r.board.deps.Clock.Now()}
				r.wait(3600)
				again := newRigOf(t, 3)
				got, err := again.board.Recover(crashed)
				if err != nil || got.Closed != 1 || got.Pending != 1 {
					t.Fatalf("recovered %+v, %v", got, err)
				}
				if x, _ := again.find("wrap.started"); x.Instant != crashed.alive {
					t.Errorf("it began at %+v, the node was last alive at %+v", x.Instant, crashed.alive)
				}
				again.wait(1)
				if needed {
					again.expect("0.000 move anna wrap")
					again.must(id, call.Dispose{Agent: "anna", Segment: 1, Code: "sold"})
					again.expect("1.000 move anna ready") // her 30 s were over long ago
				} else {
					again.expect("0.000 move anna wrap", "0.000 move anna ready")
					if x, _ := again.find("wrap.ended"); x.Instant != crashed.alive.Add(plan.WrapUS) {
						t.Errorf("it ended at %+v", x.Instant)
					}
				}
				if x, _ := again.find("call.closed"); len(again.board.Calls()) != 0 || x.Fact.(stamp.CallClosed).Outcome != "abnormal" {
					t.Errorf("%+v, %d calls left", x.Fact, len(again.board.Calls()))
				}
				done, cancel := context.WithCancel(t.Context())
				cancel()
				again.board.Drain(done)
			})
		})
	}
}

// A call that can't be read does not keep the others from being closed.
func TestRecoverBrokenCall(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		plan := inboundPlan()
		plan.WrapUS = 0
		id, _ := r.talking(plan)
		own := r.of(id)
		gap := append(append([]stamp.Stamp(nil), own[:2]...), own[3:]...)
		again := newRigOf(t, 3)
		got, err := again.board.Recover(past{calls: [][]stamp.Stamp{gap, own}, alive: own[len(own)-1].Instant})
		if err == nil || got.Closed != 1 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
